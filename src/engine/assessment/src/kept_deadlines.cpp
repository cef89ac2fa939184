// SPDX-License-Identifier: Apache-2.0
#include "kept_deadlines.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::assessment {
namespace {

base::Result<base::TimePoint> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const std::string text, value.string_at(name));
    return base::parse_time(text);
}

base::Result<KeptTable> read_table(const json::Value& value) {
    KeptTable table;
    TRY_VALUE(table.id, value.string_at("id"));
    TRY_VALUE(table.name, value.string_at("name"));
    TRY_VALUE(table.text, value.string_at("text", 65'536));
    TRY_VALUE(table.by, value.string_at("by"));
    TRY_VALUE(table.at, time_at(value, "at"));
    TRY_VALUE(table.removed, value.bool_at("removed"));
    return table;
}

base::Result<KeptUse> read_use(const json::Value& value) {
    KeptUse use;
    TRY_VALUE(use.from, time_at(value, "from"));
    TRY_VALUE(use.policy, value.string_at("policy"));
    TRY_VALUE(use.by, value.string_at("by"));
    TRY_VALUE(use.why, value.string_at("why"));
    TRY_VALUE(const json::Value days, value.array_at("days"));
    for (const json::Value& each : days.items()) {
        risk::DeadlinePolicy::Days& chosen = use.days.emplace_back();
        TRY_VALUE(chosen.outcome, each.string_at("outcome"));
        TRY_VALUE(const std::int64_t count, each.int_at("days", 1, risk::DeadlinePolicy::kMaxDays));
        chosen.days = static_cast<int>(count);
    }
    return use;
}

} // namespace

base::Result<DeadlinesDocument> read_deadlines(std::string_view text) {
    DeadlinesDocument document;
    if (text.empty()) return document;
    json::Limits limits;
    limits.max_bytes = 16 * 1024 * 1024;
    auto parsed = json::parse(text, limits);
    if (!parsed.ok()) return base::corrupt("the policies of deadlines: " + parsed.error().text());
    TRY_VALUE(const json::Value tables, parsed->array_at("tables"));
    for (const json::Value& each : tables.items()) {
        TRY_VALUE(KeptTable table, read_table(each));
        document.tables.push_back(std::move(table));
    }
    TRY_VALUE(const json::Value uses, parsed->array_at("uses"));
    for (const json::Value& each : uses.items()) {
        TRY_VALUE(KeptUse use, read_use(each));
        document.uses.push_back(std::move(use));
    }
    return document;
}

std::string write_deadlines(const DeadlinesDocument& document) {
    std::string text;
    json::Writer w(text);
    w.begin_object().key("tables").begin_array();
    for (const KeptTable& table : document.tables)
        w.begin_object()
            .member("id", table.id)
            .member("name", table.name)
            .member("text", table.text)
            .member("by", table.by)
            .member("at", base::to_iso8601(table.at))
            .member("removed", table.removed)
            .end_object();
    w.end_array().key("uses").begin_array();
    for (const KeptUse& use : document.uses) {
        w.begin_object()
            .member("from", base::to_iso8601(use.from))
            .member("policy", use.policy)
            .member("by", use.by)
            .member("why", use.why)
            .key("days")
            .begin_array();
        for (const risk::DeadlinePolicy::Days& each : use.days)
            w.begin_object().member("outcome", each.outcome).member("days", each.days).end_object();
        w.end_array().end_object();
    }
    w.end_array().end_object();
    return text;
}

} // namespace oakum::assessment
