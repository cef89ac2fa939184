// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <schedule/rule.hpp>
#include <schedule/times.hpp>

namespace oakum::api {

// A window or a freeze, and what it says of the devices that it is for.
struct Schedule {
    struct Place {
        std::string zone; // as devices say; empty: they do not
        bool known = false;
        std::uint64_t devices = 0;
        std::optional<base::TimePoint> from, to; // the next of its times; nothing: never again
        std::optional<std::string> local;        // its beginning on the devices' clocks
    };
    schedule::Rule rule;
    std::string sentence;
    std::vector<std::string> times_in_words;
    std::uint64_t devices = 0;
    std::vector<Place> places; // the most frequent zones first
    std::vector<std::string> warnings;
};
struct Schedules {
    std::vector<Schedule> items;
};

// When a rule's times are, by one clock.
struct ScheduleDates {
    std::string name;
    schedule::Kind kind = schedule::Kind::window;
    std::string clock;
    std::uint64_t devices = 0;
    std::vector<schedule::Interval> times;
    std::uint64_t more = 0;
};
struct ScheduleCalendar {
    base::TimePoint from{}, to{};
    std::vector<ScheduleDates> items;
};

class SchedulesService {
  public:
    virtual ~SchedulesService() = default;
    virtual void list(const access::Actor& actor, std::optional<schedule::Kind> kind,
                      Answer<Schedules> answer) = 0;
    // What touches [from, to). Errors: invalid, at "to".
    virtual void dates(const access::Actor& actor, base::TimePoint from, base::TimePoint to,
                       Answer<ScheduleCalendar> answer) = 0;
    // Errors: invalid.
    virtual void preview(const access::Actor& actor, schedule::Rule rule, Answer<Schedule> answer) = 0;
    // Errors: invalid, conflict (the name is one of the other kind), too_large (how many there may be).
    virtual void put(const access::Actor& actor, schedule::Rule rule, Answer<Schedule> answer) = 0;
    // Errors: not_found.
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
