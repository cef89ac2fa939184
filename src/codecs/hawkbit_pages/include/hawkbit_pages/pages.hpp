// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::hawkbit_pages {

inline constexpr std::size_t kMaxPage = 32UL << 20; // bytes

// Records of one kind from one page. `asked`: how many stood in it, readable or not; zero: the list has
// ended.
template <class Record> struct Page {
    std::vector<Record> records;
    std::vector<std::string> unreadable; // why, of those that could not be read
    std::uint64_t total = 0;             // as it says; it may change while the list is read
    std::size_t asked = 0;
};

struct Target {
    std::string id; // controllerId
    std::string name, address;
};
struct DistributionSet {
    std::string id;
    std::string name, version, description;
};
struct SoftwareModule {
    std::string id;
    std::string name, version, type;
};
struct Filter {
    std::string id;
    std::string name, query;
};
struct Artifact {
    std::string id;
    std::string filename, sha256; // lower case hexadecimal
    std::uint64_t size = 0;
};

// Errors of all: invalid (no such document).
base::Result<Page<Target>> read_targets(std::string_view json);
base::Result<Page<DistributionSet>> read_sets(std::string_view json); // without deleted ones
base::Result<Page<SoftwareModule>> read_modules(std::string_view json);
base::Result<Page<Filter>> read_filters(std::string_view json);
base::Result<Page<Artifact>> read_artifacts(std::string_view json); // a list without paging
base::Result<std::map<std::string, std::string>> read_attributes(std::string_view json);

} // namespace oakum::hawkbit_pages
