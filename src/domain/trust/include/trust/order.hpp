// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <string>

// What lets a device take metadata from a folder that people carry to it (docs/sticks.md). A timestamp lives
// for a day, which is no time for a journey; so who signs timestamps says to one device until when it may
// take this one from a folder, and what is asked of it.
namespace oakum::trust {

struct Order {
    Header header;         // version: when it was made, in unix seconds; expires: until when it holds
    std::string device;    // id
    FileVersion timestamp; // the timestamp.json beside it, with its length and SHA-256
    base::Digest256
        artifact;       // for whoever reads the folder before anything is begun; the signed targets count
    std::string answer; // what is asked of the device: a poll's answer, an object of JSON
};

// How long a folder may be good at most: as long as devices go without a word that something was withdrawn.
inline constexpr base::Duration kMostCarried = std::chrono::hours(24 * 30);

// Pure: not signed yet. `timestamp`: the bytes as served.
Order draft_order(std::string device, std::uint64_t timestamp_version, base::ByteView timestamp,
                  const base::Digest256& artifact, std::string answer, base::TimePoint now,
                  base::Duration life);

} // namespace oakum::trust
