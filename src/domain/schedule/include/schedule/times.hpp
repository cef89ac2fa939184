// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/recurrence.hpp>

namespace oakum::schedule {

struct Interval {
    base::TimePoint from{}, to{}; // to is outside
    bool operator==(const Interval&) const = default;
};

// A span of local time, once or again and again. Its length is elapsed time, whatever the clocks do within
// it.
class Times {
  public:
    static constexpr std::chrono::seconds kShortest = std::chrono::minutes(1);
    static constexpr std::chrono::seconds kLongest = std::chrono::days(400),
                                          kLongestOfMany = std::chrono::days(31);

    // Errors: invalid, with "start", "length" or "rule".
    static base::Result<Times> make(LocalTime start, std::chrono::seconds length,
                                    std::optional<Recurrence> rule);

    LocalTime start() const { return start_; }
    std::chrono::seconds length() const { return length_; }
    const std::optional<Recurrence>& rule() const { return rule_; }

    // Those that touch [from, to), appended in the order in which they begin. O(days between).
    void add(const ZoneRules& zone, base::TimePoint from, base::TimePoint to,
             std::vector<Interval>& out) const;

    bool operator==(const Times&) const = default;

  private:
    bool begins_on(LocalDay day) const;

    LocalTime start_{};
    std::chrono::seconds length_{};
    std::optional<Recurrence> rule_;
    std::optional<LocalDay> last_; // on which one begins; nothing: without end
};

// "every Sunday 02:00 for 4 h", "from 2026-12-20 00:00 for 14 days"
std::string in_words(const Times& times);

} // namespace oakum::schedule
