// SPDX-License-Identifier: Apache-2.0
#include <schedule_files/rule_json.hpp>

#include <json/parse.hpp>

namespace oakum::schedule_files {
namespace {

using schedule::Rule;
using schedule::Times;

constexpr std::size_t kMaxDocument = 2 << 20;
constexpr std::int64_t kMostMinutes = 400 * 24 * 60;

base::Result<Times> read_times(const json::Value& value) {
    TRY(value.only({"start", "minutes", "rule"}));
    TRY_VALUE(const json::Value start_value, value.at("start"));
    TRY_VALUE(const std::string text, start_value.as_string(40));
    const auto start = schedule::parse_local(text);
    if (!start.ok()) return start_value.wrong(start.error().message);
    TRY_VALUE(const std::int64_t minutes, value.int_at("minutes", 1, kMostMinutes));
    std::optional<schedule::Recurrence> rule;
    TRY_VALUE(const auto written, value.optional_string_at("rule", 500));
    if (written && !written->empty()) {
        auto parsed = schedule::Recurrence::parse(*written);
        if (!parsed.ok()) {
            TRY_VALUE(const json::Value place, value.at("rule"));
            return place.wrong(parsed.error().where + (parsed.error().where.empty() ? "" : ": ") +
                               parsed.error().message);
        }
        rule = std::move(*parsed);
    }
    auto times = Times::make(*start, std::chrono::minutes(minutes), std::move(rule));
    if (!times.ok()) return value.wrong(times.error().message);
    return std::move(*times);
}

} // namespace

base::Result<Rule> read_rule(const json::Value& value) {
    TRY(value.only({"kind", "name", "query", "times", "zone", "zone_if_unknown", "yields_to", "why"}));
    Rule rule;
    for (const auto& [name, into, most] :
         {std::tuple("query", &rule.query, std::size_t{4096}),
          std::tuple("zone", &rule.zone, std::size_t{64}),
          std::tuple("zone_if_unknown", &rule.zone_if_unknown, std::size_t{64}),
          std::tuple("why", &rule.why, std::size_t{1024})}) {
        TRY_VALUE(auto text, value.optional_string_at(name, most));
        if (text) *into = std::move(*text);
    }
    TRY_VALUE(const std::string kind, value.string_at("kind", 20));
    const auto parsed_kind = schedule::parse_kind(kind);
    if (!parsed_kind.ok()) return value.find("kind")->wrong(parsed_kind.error().message);
    rule.kind = *parsed_kind;
    TRY_VALUE(rule.name, value.string_at("name", 60));
    TRY_VALUE(const auto yields, value.optional_string_at("yields_to", 20));
    if (yields && !yields->empty()) {
        const auto priority = schedule::parse_priority(*yields);
        if (!priority.ok() || *priority == schedule::Priority::normal)
            return base::invalid("a rule yields to \"urgent\" or \"emergency\" rollouts, or to none")
                .at("/yields_to");
        rule.yields_to = *priority;
    }
    TRY_VALUE(const json::Value times, value.array_at("times", Rule::kMostTimes));
    for (const json::Value& each : times.items()) {
        TRY_VALUE(Times read, read_times(each));
        rule.times.push_back(std::move(read));
    }
    TRY(schedule::check(rule));
    return rule;
}

void write_rule(json::Writer& w, const Rule& rule) {
    w.begin_object()
        .member("kind", schedule::to_string(rule.kind))
        .member("name", rule.name)
        .member("query", rule.query)
        .key("times")
        .begin_array();
    for (const Times& times : rule.times) {
        w.begin_object().member("start", schedule::to_text(times.start()));
        w.member("minutes", times.length().count() / 60);
        if (times.rule()) w.member("rule", times.rule()->text());
        w.end_object();
    }
    w.end_array().member("zone", rule.zone).member("zone_if_unknown", rule.zone_if_unknown);
    if (rule.yields_to) w.member("yields_to", schedule::to_string(*rule.yields_to));
    w.member("why", rule.why).end_object();
}

base::Result<std::vector<Rule>> read_rules(std::string_view text) {
    std::vector<Rule> rules;
    if (text.empty()) return rules;
    json::Limits limits;
    limits.max_bytes = kMaxDocument;
    limits.max_depth = 8;
    TRY_VALUE(const json::Value document, json::parse(text, limits));
    TRY_VALUE(const json::Value list, document.array_at("rules", kMostRules));
    for (const json::Value& each : list.items()) {
        TRY_VALUE(Rule rule, read_rule(each));
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::string write_rules(const std::vector<Rule>& rules) {
    std::string text;
    json::Writer w(text);
    w.begin_object().key("rules").begin_array();
    for (const Rule& rule : rules)
        write_rule(w, rule);
    w.end_array().end_object();
    return text;
}

} // namespace oakum::schedule_files
