// SPDX-License-Identifier: Apache-2.0
#include <schedule/rule.hpp>

#include <algorithm>

namespace oakum::schedule {

std::string_view to_string(Kind kind) {
    return kind == Kind::freeze ? "freeze" : "window";
}

base::Result<Kind> parse_kind(std::string_view text) {
    for (const Kind kind : {Kind::window, Kind::freeze})
        if (to_string(kind) == text) return kind;
    return base::invalid("it is a \"window\" or a \"freeze\", not \"" + std::string(text.substr(0, 40)) +
                         "\"");
}

base::Status check(const Rule& rule) {
    const bool good_name =
        !rule.name.empty() && rule.name.size() <= 60 && std::ranges::all_of(rule.name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        });
    if (!good_name) return base::invalid("a name of 1 to 60 of a-z, 0-9 and -").at("/name");
    if (rule.query.size() > 4096) return base::invalid("a query has at most 4096 characters").at("/query");
    if (rule.times.empty() || rule.times.size() > Rule::kMostTimes)
        return base::invalid("it has 1 to " + std::to_string(Rule::kMostTimes) + " times").at("/times");
    if (!rule.zone.empty() && !is_zone_name(rule.zone))
        return base::invalid("a time zone is a name such as Europe/Berlin; none: that of each device")
            .at("/zone");
    if (!rule.zone_if_unknown.empty() && !is_zone_name(rule.zone_if_unknown))
        return base::invalid("a time zone is a name such as Europe/Berlin").at("/zone_if_unknown");
    if (rule.zone_if_unknown.empty() && rule.kind == Kind::freeze && rule.zone.empty())
        return base::invalid(
                   "a freeze holds for devices without a known zone too: by the clock of which zone?")
            .at("/zone_if_unknown");
    if (rule.why.size() > 1024) return base::invalid("a reason has at most 1024 characters").at("/why");
    return {};
}

} // namespace oakum::schedule
