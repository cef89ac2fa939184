// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/cause.hpp>
#include <alarm/channel.hpp>
#include <alarm/ids.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::alarm {

enum class Telling : std::uint8_t { opened, worse, closed, digest, test };
std::string_view to_string(Telling telling);
base::Result<Telling> parse_telling(std::string_view text);

// An alarm as a channel tells it: the words of the moment when it was told.
struct Told {
    AlarmId id;
    Kind kind = Kind::feeds_stale;
    bool urgent = false;
    std::string what, remedy, page, concerns, owner;
    base::TimePoint opened{};
    std::optional<base::TimePoint> closed;
};

struct Message {
    Telling telling = Telling::test;
    std::vector<Told> alarms;
    std::uint64_t more = 0; // that are not among them
};

// At most so many in one message: the page has them all.
inline constexpr std::size_t kMostTold = 20;

// Whether a channel is told of it at once, and not only by the digest.
constexpr bool is_told_now(Pace pace, Urgency urgency) {
    return pace == Pace::at_once || urgency == Urgency::at_once;
}

// When the next digest is due after the last one: each day at this time, UTC.
inline constexpr base::Duration kDigestAt = std::chrono::hours(6);
base::TimePoint next_digest(base::TimePoint last);

// One line: "2 alarms opened", "Gateway 7 ..." of a single one; "Oakum: test".
std::string headline(const Message& message);

// How long to wait after so many attempts that failed; nothing: it is given up.
std::optional<base::Duration> wait_after(std::uint32_t attempts);

} // namespace oakum::alarm
