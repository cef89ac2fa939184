// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::alarm {

// What can be wrong. Stored by number: a new one goes to the end.
enum class Kind : std::uint8_t {
    feeds_stale,      // advisory data is old
    expiry,           // a certificate or a signed list ends; subject: which
    offline_keys,     // the keys for publishing are still on the server
    rollout_waits,    // a rollout waits for a person; subject: its id
    exploited,        // known to be exploited, and devices are affected; subject: the first of them
    devices_quiet,    // subject: the site; "*": at too many to name
    disk_low,         // of the data folder
    backup_old,       // or there is none; detail: what is wrong with them
    identity_copied,  // two devices speak with one identity; subject: its id
    clock_jumped,     // the server's
    artifact_damaged, // on disk
    channel_fails,    // what it should have told did not arrive; subject: its id
    break_glass_used, // and its password was not made anew since; extent: how often; at: the last time
    exceptions_end,   // exceptions end soon; things: their ids; at: when the first of them does
    source_fails,     // of advisories; subject: its name; detail: why; at: since when
    epss_rose,        // likelier to be exploited than a month ago, and devices are affected; things: which
    attack_seen,      // devices refused what somebody tried on them; things: what it was
    floor_missed,     // phones are past their day; subject: the floor; things: they, when they can be named
    policy_idle,      // it does nothing, or does what nobody wants; subject: which; detail: why
};
inline constexpr std::size_t kKindCount = static_cast<std::size_t>(Kind::policy_idle) + 1;
std::string_view to_string(Kind kind);
base::Result<Kind> parse_kind(std::string_view text);

class Kinds {
  public:
    constexpr Kinds() = default;
    constexpr Kinds(std::initializer_list<Kind> members) {
        for (const Kind kind : members)
            add(kind);
    }
    constexpr void add(Kind kind) { bits_ |= 1U << static_cast<unsigned>(kind); }
    constexpr bool has(Kind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1U) != 0; }

  private:
    std::uint32_t bits_ = 0;
};

// One thing that is wrong, as it was observed. Kind and subject name it: the same cause is the same alarm.
struct Cause {
    Kind kind = Kind::feeds_stale;
    std::string subject;
    std::string name;                  // of the subject, for people
    std::string detail;                // what only the observer knows: a sentence, or the state of a rollout
    std::vector<std::string> things;   // feeds, advisories, artifacts, sorted; why a rollout is halted
    std::string query;                 // the devices that it concerns; empty: it is not about devices
    std::string owner;                 // of those devices, when they all have the same
    std::uint64_t extent = 0;          // how bad: devices, percent; grows as it gets worse
    std::optional<base::TimePoint> at; // when something ends, or how old it is
    bool operator==(const Cause&) const = default;
};

// Told at once on every channel; the rest waits for the daily digest.
enum class Urgency : std::uint8_t { can_wait, at_once };
Urgency urgency(const Cause& cause);

// Who can do something about it.
enum class Whom : std::uint8_t { operators, approvers, administrators };
std::string_view to_string(Whom whom);
Whom whom(const Cause& cause);

} // namespace oakum::alarm
