// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace oakum::backup {

// What a backup says of itself in its first lines.
struct About {
    std::string program; // version that made it
    std::string server;  // fingerprint of its CA
    base::TimePoint made{};
    std::uint64_t devices = 0;
    bool with_files = true; // artifacts and feeds are in it
};

// Writes .FILE.part beside it, syncs it and names it FILE; what is in the data folder may go on changing, but
// for the copy of the store, which is the caller's. Returns the size. Errors: conflict (FILE is there),
// invalid (a name that does not fit), unavailable (no room; what was written is removed).
base::Result<std::uint64_t> write(const std::filesystem::path& data, const std::filesystem::path& store_copy,
                                  const About& about, const std::filesystem::path& file);

} // namespace oakum::backup
