// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <feed_sync/state.hpp>
#include <ports/clock.hpp>
#include <ports/feed_files.hpp>
#include <ports/fetcher.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::feed_sync {

// What a walk borrows.
struct Tools {
    ports::Fetcher& fetcher;
    ports::FeedFiles& files;
    ports::Clock& clock;
    ports::Random& random;
    std::function<void(base::Duration)> pause; // blocks; returns early when it is stopped
    std::function<bool()> stopped;
    // How far it is: what is fetched, and bytes or records of how many (zero: not known).
    std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)> tell;
    std::uint64_t largest = std::uint64_t{2} << 30; // bytes of one file
};

// A part that was asked for.
struct Fetched {
    std::string part;      // part_name
    std::string file_name; // as the publisher calls it
    std::string url;
    bool same = false;                           // as what is held
    std::string incoming;                        // else it is here
    PartState state;                             // to be kept once it is imported
    std::optional<std::uint64_t> records_before; // what its records are compared with
    bool whole = false;                          // everything, where changes are appended otherwise
    std::string failed;                          // why it could not be had
    bool operator==(const Fetched&) const = default;
};
struct Walked {
    std::vector<Fetched> parts;
    std::optional<base::Duration> retry_after; // the longest wait that a publisher asked for
};

// Fetches what is new of a source; blocks. Failures are told of each part.
Walked walk(Tools& tools, const source::Source& source, const SourceState& held);

// Asks for the beginning of its first part, without taking anything. A sentence of what answered. Errors: why
// it could not be had.
base::Result<std::string> try_out(Tools& tools, const source::Source& source);

} // namespace oakum::feed_sync
