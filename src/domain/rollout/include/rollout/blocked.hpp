// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::rollout {

// Why a device in a rollout's scope is not asked by it, or does not go on: in the order in which it is looked
// for, so that each device counts once, under the first that holds. A new one gets its row in blocked.cpp.
enum class Blocked : std::uint8_t {
    unmanaged,         // only seen on the network; it is not in the rollout's figures
    managed_elsewhere, // another management system speaks to it
    cannot_comply,     // a phone that nobody can bring to the level, with why
    not_steered,       // a phone whose management system is only read
    set_there,         // a phone of a system that Oakum has nothing updated through
    not_enrolled,      // known from an import
    revoked,
    pending,
    quiet,
    held,
    hardware,      // its revision is another one, or not known
    too_old,       // for the release's oldest version to start from, or of no known version
    needs,         // it lacks, or does not tell, what the release's artifact asks for beside these
    newer_rollout, // that asked something of it since
    busy,          // with the update of another rollout
    left_out,      // the last wave ends before its place
    window,        // of an open wave, and no window is open to it, or a freeze holds
    window_ahead,  // the same, with its files there already
    crowded,       // its redundancy group has as many out of service as its budget allows
    paced,         // its wave is open, and goes no faster
    user           // somebody at the device has to agree
};
inline constexpr std::size_t kBlockedCount = static_cast<std::size_t>(Blocked::user) + 1;
std::string_view to_string(Blocked by);

// It was reached, and goes on by itself when its time comes.
constexpr bool waits_for_time(Blocked by) {
    return by == Blocked::window || by == Blocked::window_ahead;
}

// It is in reach, and asked as soon as others of its group, or of its wave, are through.
constexpr bool waits_for_room(Blocked by) {
    return by == Blocked::crowded || by == Blocked::paced;
}

struct BlockedDevices {
    Blocked by = Blocked::held;
    std::uint64_t devices = 0;
    std::string needs; // of hardware, too_old and needs: what the release asks for; of
                       // cannot_comply: why; of not_steered: the connector
    std::vector<std::string> windows, freezes; // by name, of those that wait for a time
    std::optional<base::TimePoint> until;      // of those; nothing: no opening can be seen. Of paced by
                                               // a rate: when the next may begin
    std::string query;                         // exactly those devices; empty: no query can name them
    std::string example{}; // of crowded: the first group without room that was found, of paced: which limit;
                           // in words
    bool operator==(const BlockedDevices&) const = default;
};
// For after the count of devices: "on hold by an operator", "wait for window "nights", which opens ...".
std::string in_words(const BlockedDevices& blocked);

} // namespace oakum::rollout
