// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <backup/record.hpp>

namespace oakum::backup {

struct Schedule {
    base::Duration every = std::chrono::hours(24); // zero: never
    std::uint32_t keep = 7;                        // sound ones of the server's own
    bool with_files = true;
    bool operator==(const Schedule&) const = default;
};

// When the server makes its next backup by itself; nothing: never. A failed one is tried again after an hour
// or the usual time, whichever is less. The first of a folder waits a little after the start, which is
// `started`. A record of the future (the clock was wrong) counts as of now.
std::optional<base::TimePoint> next_due(const Schedule& schedule, const Record& record,
                                        base::TimePoint started, base::TimePoint now);

// The server's own backups that are one too many. Never the newest sound one, whatever is asked for, and
// never one that a person named.
std::vector<std::string> superfluous(const Schedule& schedule, const Record& record);

// Those of before an upgrade that go before another is made: all but the newest that did not fail, so that a
// start that is tried again and again neither fills the disk nor pushes out the way back.
std::vector<std::string> superfluous_before_upgrade(const Record& record);

// Room that a backup needs while it is made and read back, beside what the server goes on to need. Errors:
// unavailable, with figures and what to do.
base::Status check_room(std::uint64_t store_bytes, std::uint64_t other_bytes, std::uint64_t free_bytes);

// What somebody has to do soon, in a sentence; nothing when a backup that was verified is young enough:
// twice the time between two, a week when none are scheduled.
std::optional<std::string> warning(const Schedule& schedule, const Record& record, base::TimePoint started,
                                   base::TimePoint now);

} // namespace oakum::backup
