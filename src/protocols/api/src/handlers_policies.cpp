// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <charconv>

namespace oakum::api {

namespace {

constexpr std::size_t kSmall = 65'536, kTable = 131'072;
constexpr int kMostDays = 3'650;

// "exploited=14,others=90" of a query; a name may hold anything but those two signs.
base::Result<std::vector<std::pair<std::string, int>>> days_of(std::string_view text) {
    std::vector<std::pair<std::string, int>> days;
    while (!text.empty()) {
        const std::string_view each = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), each.size() + 1));
        const std::size_t equals = each.rfind('=');
        int count = 0;
        const std::string_view number =
            equals == std::string_view::npos ? std::string_view() : each.substr(equals + 1);
        const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), count);
        if (number.empty() || failure != std::errc() || end != number.data() + number.size() || count < 1 ||
            count > kMostDays || days.size() == 32)
            return base::invalid("it is OUTCOME=DAYS, several with commas between, such as others=90")
                .at("days");
        days.emplace_back(each.substr(0, equals), count);
    }
    return days;
}

struct UseBody {
    DeadlineWish wish;
    std::string stamp, why;
};

base::Result<UseBody> decode_use(const json::Value& body) {
    TRY(body.only({"policy", "days", "stamp", "why"}));
    UseBody out;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1024));
    out.why = why.value_or("");
    TRY_VALUE(out.wish.policy, body.string_at("policy", 64));
    TRY_VALUE(out.stamp, body.string_at("stamp", 64));
    TRY_VALUE(const auto days, body.optional_object_at("days", 32));
    if (days)
        for (const json::Value& each : days->items()) {
            TRY_VALUE(const std::uint64_t count, each.as_uint(kMostDays));
            out.wish.days.emplace_back(each.key(), static_cast<int>(count));
        }
    return out;
}

struct TableBody {
    std::string name, table;
};

base::Result<TableBody> decode_table(const json::Value& body) {
    TRY(body.only({"name", "table"}));
    TableBody out;
    TRY_VALUE(out.name, body.string_at("name", 60));
    TRY_VALUE(out.table, body.string_at("table", kTable));
    return out;
}

} // namespace

void write(Out& o, const DeadlinePolicy::Outcome& v) {
    object(o, [&] {
        o("name", v.name)("days", v.days)("forensic_triage", v.forensic_triage)("adjustable", v.adjustable);
    });
}
void write(Out& o, const DeadlinePolicy::Row& v) {
    object(o, [&] {
        o("cells", v.cells)("outcome", v.outcome)("days", v.days)("forensic_triage", v.forensic_triage);
    });
}
void write(Out& o, const DeadlinePolicy& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("source", v.source)("in_use", v.in_use)("own", v.own);
        o("added_by", v.added_by)("added", v.added)("columns", v.columns)("outcomes", v.outcomes);
        o("rows", v.rows)("table", v.table);
    });
}
void write(Out& o, const DeadlinePolicies::Use& v) {
    object(o, [&] { o("from", v.from)("policy", v.policy)("by", v.by)("why", v.why); });
}
void write(Out& o, const DeadlinePolicies& v) {
    object(o, [&] { o("policies", v.policies)("uses", v.uses)("stamp", v.stamp); });
}
void write(Out& o, const DeadlinePreview::Row& v) {
    object(o, [&] {
        o("days", v.days)("forensic_triage", v.forensic_triage)("before", v.before)("after", v.after);
    });
}
void write(Out& o, const DeadlinePreview& v) {
    object(o, [&] {
        o("policy", v.policy)("stamp", v.stamp)("sentence", v.sentence)("devices", v.devices);
        o("overdue_before", v.overdue_before)("overdue_after", v.overdue_after);
        o("newly_overdue", v.newly_overdue)("no_longer_overdue", v.no_longer_overdue);
        o("findings", v.findings)("sooner", v.sooner)("later", v.later);
        o("on_assumption_before", v.on_assumption_before)("on_assumption_after", v.on_assumption_after);
        o("rows", v.rows);
    });
}

void list_deadline_policies(Context& context, Call call) {
    context.services.policies.list(call.actor(), answer_json<DeadlinePolicies>(call));
}

void get_deadline_policy(Context& context, Call call) {
    context.services.policies.get(call.actor(), call.path.front(), answer_json<DeadlinePolicy>(call));
}

void preview_deadline_policy(Context& context, Call call) {
    OR_PROBLEM(text, text_parameter(call, "days", 2048));
    OR_PROBLEM(days, days_of(*text));
    context.services.policies.preview(call.actor(), {call.path.front(), std::move(*days)},
                                      answer_json<DeadlinePreview>(call));
}

void test_deadline_table(Context& context, Call call) {
    BODY(table, kTable, decode_table);
    context.services.policies.test(call.actor(), std::move(table->name), std::move(table->table),
                                   answer_json<DeadlinePreview>(call));
}

void use_deadline_policy(Context& context, Call call) {
    BODY(use, kSmall, decode_use);
    context.services.policies.use(call.actor(), std::move(use->wish), std::move(use->stamp),
                                  std::move(use->why), answer_json<DeadlinePolicies>(call));
}

void add_deadline_policy(Context& context, Call call) {
    BODY(added, kTable, decode_table);
    context.services.policies.add(call.actor(), std::move(added->name), std::move(added->table),
                                  answer_json<DeadlinePolicy>(call, 201));
}

void remove_deadline_policy(Context& context, Call call) {
    context.services.policies.remove(call.actor(), call.path.front(),
                                     [reply = call.reply](base::Result<base::Nothing> done) {
                                         if (!done.ok()) return reply.problem(done.error());
                                         reply.nothing();
                                     });
}

} // namespace oakum::api
