// SPDX-License-Identifier: Apache-2.0
#include <risk/deadline_policy.hpp>

#include <algorithm>
#include <utility>

namespace oakum::risk {
namespace {

using Words = std::string_view;
constexpr std::array<Words, 2> no_yes{"no", "yes"};
constexpr std::array<Words, 3> exploitation{"none", "poc", "active"};
constexpr std::array<Words, 3> exposure{"small", "controlled", "open"};
constexpr std::array<Words, 2> technical{"partial", "total"};
constexpr std::array<Words, 4> human{"low", "medium", "high", "very high"};
constexpr std::array<Words, 6> severity{"not scored", "none", "low", "medium", "high", "critical"};
constexpr std::array<Words, 4> criticality{"low", "medium", "high", "critical"};

constexpr std::array<PointWords, kPoints> table{{
    {"known_exploited", no_yes, "CISA's list of what is exploited, or a source that says so"},
    {"ransomware", no_yes, "CISA's list: used by ransomware"},
    {"exploitation", exploitation, "what is listed as exploited is active, else CISA's SSVC; else none"},
    {"exposed", no_yes, "the device's exposure is internet, or not known"},
    {"exposure", exposure, "isolated is small, internal is controlled, internet and not known are open"},
    {"automatable", no_yes, "CISA's SSVC, else derived from the CVSS vector"},
    {"technical_impact", technical, "CISA's SSVC, else derived from what is lost and the kind of weakness"},
    {"human_impact", human,
     "SSVC's table of safety (critical when people can be hurt) and mission (the "
     "device's criticality)"},
    {"severity", severity, "of the CVSS base score"},
    {"criticality", criticality, "of the device; medium when nobody said"},
    {"safety_critical", no_yes, "of the device: people can be hurt"},
}};

std::size_t place(Point point) {
    return static_cast<std::size_t>(point);
}

std::uint8_t all_of(std::size_t point) {
    return static_cast<std::uint8_t>((1U << table[point].values.size()) - 1);
}

bool asks_about(const DeadlineRule& rule, std::size_t point) {
    return (rule.when[point] & all_of(point)) != all_of(point);
}

std::string in_words(const Answers& answers, std::span<const Point> points) {
    std::string text;
    for (const Point point : points) {
        const PointWords& words = words_of(point);
        text += (text.empty() ? "" : ", ") + std::string(words.name) + " = " +
                std::string(words.values[answers[point]]);
    }
    return text;
}

// Goes through every combination of answers to these points; stops when `visit` says false.
template <class Visit> void each_answer(std::span<const Point> points, Visit visit) {
    Answers answers;
    for (;;) {
        if (!visit(std::as_const(answers))) return;
        std::size_t i = points.size();
        for (; i > 0; --i) {
            std::uint8_t& value = answers.of[place(points[i - 1])];
            if (++value < words_of(points[i - 1]).values.size()) break;
            value = 0;
        }
        if (i == 0) return;
    }
}

} // namespace

const PointWords& words_of(Point point) {
    return table[place(point)];
}

std::optional<Point> point_named(std::string_view name) {
    for (std::size_t i = 0; i < kPoints; ++i)
        if (table[i].name == name) return static_cast<Point>(i);
    return std::nullopt;
}

bool DeadlineRule::holds(const Answers& answers) const {
    for (std::size_t i = 0; i < kPoints; ++i)
        if ((when[i] >> answers.of[i] & 1U) == 0) return false;
    return true;
}

DeadlinePolicy::DeadlinePolicy(Parts parts) : parts_(std::move(parts)) {
    for (std::size_t i = 0; i < kPoints; ++i)
        if (std::any_of(parts_.rules.begin(), parts_.rules.end(),
                        [i](const DeadlineRule& rule) { return asks_about(rule, i); }))
            points_.push_back(static_cast<Point>(i));
}

base::Result<DeadlinePolicy> DeadlinePolicy::make(Parts parts) {
    if (parts.rules.empty()) return base::invalid("a table of deadlines without a row");
    if (parts.rules.size() > kMaxRules || parts.outcomes.size() > kMaxOutcomes)
        return base::invalid("a table of deadlines has at most " + std::to_string(kMaxRules) + " rows and " +
                             std::to_string(kMaxOutcomes) + " different outcomes");
    for (const Outcome& outcome : parts.outcomes)
        if (outcome.days && (*outcome.days < 1 || *outcome.days > kMaxDays))
            return base::invalid("a deadline is of 1 to " + std::to_string(kMaxDays) + " days");
    DeadlinePolicy policy(std::move(parts));
    const std::vector<DeadlineRule>& rules = policy.rules();
    std::vector<bool> used(rules.size());
    std::string undecided;
    each_answer(policy.points(), [&](const Answers& answers) {
        const auto first = std::find_if(rules.begin(), rules.end(),
                                        [&](const DeadlineRule& rule) { return rule.holds(answers); });
        if (first == rules.end()) {
            undecided = in_words(answers, policy.points());
            return false;
        }
        used[static_cast<std::size_t>(first - rules.begin())] = true;
        return true;
    });
    if (!undecided.empty())
        return base::invalid("no row decides " + undecided + "; a last row of * decides what is left")
            .at(rules.back().line > 0 ? "line " + std::to_string(rules.back().line) : "");
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (!used[i])
            return base::invalid("this row never applies: the rows above it decide all that it names")
                .at(rules[i].line > 0 ? "line " + std::to_string(rules[i].line)
                                      : "row " + std::to_string(i + 1));
    return policy;
}

bool DeadlinePolicy::asks(Point point) const {
    return std::find(points_.begin(), points_.end(), point) != points_.end();
}

const Outcome& DeadlinePolicy::decide(const Answers& answers) const {
    const auto rule = std::find_if(parts_.rules.begin(), parts_.rules.end(),
                                   [&](const DeadlineRule& each) { return each.holds(answers); });
    // `make` has seen that there is one.
    return parts_.outcomes[(rule == parts_.rules.end() ? parts_.rules.back() : *rule).outcome];
}

std::uint32_t DeadlinePolicy::class_of(const Context& context) const {
    const bool human_impact = asks(Point::human_impact);
    std::uint32_t number = 0;
    if (asks(Point::exposed) || asks(Point::exposure)) {
        const bool open = context.exposure == Exposure::open || context.exposure == Exposure::unknown;
        number = open ? 3 : asks(Point::exposure) && context.exposure == Exposure::controlled ? 2 : 1;
    }
    number *= 4;
    if (human_impact || asks(Point::criticality)) number += static_cast<std::uint32_t>(context.criticality);
    number *= 2;
    if (human_impact || asks(Point::safety_critical)) number += context.safety_critical ? 1 : 0;
    return number;
}

base::Result<DeadlinePolicy> DeadlinePolicy::with(std::span<const Days> days) const {
    Parts parts = parts_;
    for (const Days& wish : days) {
        const auto outcome = std::find_if(parts.outcomes.begin(), parts.outcomes.end(),
                                          [&](const Outcome& each) { return each.name == wish.outcome; });
        if (outcome == parts.outcomes.end() || !outcome->adjustable) {
            std::string list;
            for (const Outcome& each : parts.outcomes)
                if (each.adjustable) list += (list.empty() ? "" : ", ") + each.name;
            return base::invalid(list.empty()
                                     ? "the days of \"" + parts.name +
                                           "\" are its own; nothing in it is to be chosen"
                                     : "\"" + wish.outcome +
                                           "\" is nothing whose days can be chosen; these are: " + list)
                .at(wish.outcome);
        }
        if (wish.days < 1 || wish.days > kMaxDays)
            return base::invalid("a deadline is of 1 to " + std::to_string(kMaxDays) + " days")
                .at(wish.outcome);
        outcome->days = wish.days;
    }
    return DeadlinePolicy(std::move(parts));
}

} // namespace oakum::risk
