// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <transparency/tree.hpp>

#include <optional>
#include <string>
#include <variant>

namespace oakum::transparency {

// What a signed checkpoint says of a log: which one, since when it is kept without a loss, and what is in it.
// A server that was restored from a backup may have lost entries that others saw; it begins a new epoch.
struct Sight {
    std::string log;
    std::uint64_t epoch = 0; // unix seconds of its beginning; never falls
    std::uint64_t size = 0;
    Hash root;
    bool operator==(const Sight&) const = default;
};

// How what is shown now stands to what a reader kept of before.
enum class Meeting {
    first,      // nothing was kept
    same,       // not a bit changed
    grown,      // longer, when check_consistency says so too
    begun_anew, // a later epoch: what was before cannot be compared
};
struct Conflict {
    enum class Kind {
        older, // it was longer, or of a later epoch
        split  // another log, or other entries in the same place: somebody is shown another history
    };
    Kind kind = Kind::split;
    std::string sentence;
};
std::variant<Meeting, Conflict> meet(const std::optional<Sight>& kept, const Sight& shown);

} // namespace oakum::transparency
