// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <schedule/priority.hpp>
#include <schedule/times.hpp>

namespace oakum::schedule {

enum class Kind : std::uint8_t { window, freeze };
std::string_view to_string(Kind kind);
base::Result<Kind> parse_kind(std::string_view text);

// A named window or freeze, and whom it is for.
struct Rule {
    static constexpr std::size_t kMostTimes = 32;

    Kind kind = Kind::window;
    std::string name;  // "nights"
    std::string query; // whom, in the query language; empty: every device
    std::vector<Times> times;
    std::string zone; // whose clock; empty: that of each device
    std::string zone_if_unknown =
        "UTC"; // for devices without a known zone; empty: a window stays shut for them
    std::optional<Priority> yields_to; // rollouts of this priority or above need not keep it
    std::string why;
    bool operator==(const Rule&) const = default;
};

// Errors: invalid, with the field. The query is the caller's to read.
base::Status check(const Rule& rule);
constexpr bool binds(const Rule& rule, Priority priority) {
    return !rule.yields_to || priority < *rule.yields_to;
}

} // namespace oakum::schedule
