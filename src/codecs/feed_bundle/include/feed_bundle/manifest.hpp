// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::feed_bundle {

inline constexpr std::string_view kManifestName = "manifest.json", kFolder = "feeds/";
inline constexpr std::size_t kMostEntries = 1'000, kLongestManifest = 1 << 20;

struct Entry {
    std::string name; // of its file, plain
    std::string kind; // of its records; empty: the file tells
    std::string part; // of a source, by which it is kept; empty: by its file's name
    std::string url;  // from where it was fetched; empty: it was given
    base::TimePoint fetched{};
    std::uint64_t size = 0;
    base::Digest256 sha256;
    bool operator==(const Entry&) const = default;
};
struct Manifest {
    base::TimePoint made{};
    std::vector<Entry> entries;
    bool operator==(const Manifest&) const = default;
};

std::string to_json(const Manifest& manifest);
// Errors: invalid (no such manifest, a later form, a name that is no plain file name or stands twice),
// too_large.
base::Result<Manifest> read_manifest(std::string_view text);
// Letters, digits, '.', '-', '_' and '+'; no leading '.', at most 90.
bool is_plain_name(std::string_view name);

} // namespace oakum::feed_bundle
