// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/repository.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

// What the log of what was published is told of a repository (docs/log.md). Pure.
namespace oakum::releases {

// A repository as it is from now on, with the bytes of the roots and lists that are served.
struct Served {
    struct RootFile {
        trust::Root root;
        base::Bytes bytes;
    };
    std::vector<RootFile> roots; // by version
    struct List {
        trust::Targets list;
        base::Bytes bytes;
    };
    std::map<std::string, List> lists; // by role
};

// What was told before.
struct Known {
    std::set<std::uint64_t> roots;
    std::map<std::string, std::uint64_t> lists; // the newest version of each role
    std::set<std::string> paths;                // of releases that were not withdrawn since
    std::function<base::Result<bool>(const std::string& path, const trust::TargetFile& file)> has;
};
Known known_by(const trust::RepositoryState& before); // which outlives it
// Errors: corrupt (one of ours that cannot be read).
base::Result<Known> known_by(const std::vector<std::string>& entries);

// The entries that are missing: roots, lists, releases, withdrawals. Errors: invalid, too_large (a release
// that no entry can tell of).
base::Result<std::vector<std::string>> news(const Served& now, const Known& known, base::TimePoint at);

} // namespace oakum::releases
