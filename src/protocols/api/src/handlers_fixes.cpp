// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <device/query_fields.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536, kTable = 2'097'152;

base::Result<FixFilter> filter_of(const std::string& state) {
    if (state.empty() || state == "all") return FixFilter::all;
    if (state == "updates") return FixFilter::updates;
    if (state == "ready") return FixFilter::ready;
    if (state == "vendor") return FixFilter::vendor;
    if (state == "none") return FixFilter::none;
    if (state == "cannot") return FixFilter::cannot;
    return base::invalid("it is one of ready, vendor, none, cannot, updates, all").at("state");
}

struct OwnerBody {
    std::string fix, owner;
};
base::Result<OwnerBody> decode_owner(const json::Value& body) {
    TRY(body.only({"fix", "owner"}));
    OwnerBody out;
    TRY_VALUE(out.fix, body.string_at("fix", 512));
    TRY_VALUE(const auto owner, body.optional_string_at("owner", 128));
    out.owner = owner.value_or("");
    return out;
}

base::Result<std::string> decode_table(const json::Value& body) {
    TRY(body.only({"table"}));
    return body.string_at("table", kTable);
}

} // namespace

void list_fixes(Context& context, Call call) {
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(filter, filter_of(call.parameter("state")));
    context.services.exposure.fixes(call.actor(), *query, *filter, *page, answer_page<FixPage>(call));
}

void get_deadline_record(Context& context, Call call) {
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    OR_PROBLEM(as_of, as_of_parameter(context, call));
    context.services.exposure.deadline_record(call.actor(), *query, *as_of,
                                              answer_json<DeadlineRecord>(call));
}

void choose_fixes(Context& context, Call call) {
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    OR_PROBLEM(windows, number_parameter<std::uint32_t>(call, "windows"));
    OR_PROBLEM(restarts, number_parameter<std::uint64_t>(call, "restarts"));
    context.services.exposure.choose_fixes(call.actor(), *query, {*windows, *restarts},
                                           answer_json<FixChoice>(call));
}

void get_fix_ends(Context& context, Call call) {
    OR_PROBLEM(fix, text_parameter(call, "fix", 512));
    if (fix->empty()) return call.reply.problem(base::invalid("the id of a row of the queue").at("fix"));
    OR_PROBLEM(query, text_parameter(call, "query", device::kMaxQuerySent));
    context.services.exposure.fix_ends(call.actor(), *fix, *query, answer_json<FixEnds>(call));
}

namespace {
Answer<base::Nothing> answer_done(const Call& call) {
    return [reply = call.reply](base::Result<base::Nothing> done) {
        if (!done.ok()) return reply.problem(done.error());
        reply.nothing();
    };
}
} // namespace

void assign_fix(Context& context, Call call) {
    BODY(given, kSmall, decode_owner);
    context.services.exposure.assign_fix(call.actor(), std::move(given->fix), std::move(given->owner),
                                         answer_done(call));
}

void list_support_ends(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.exposure.support_ends(call.actor(), *page, answer_page<Page<SupportEnd>>(call));
}

void replace_support_ends(Context& context, Call call) {
    BODY(table, kTable, decode_table);
    context.services.exposure.replace_support_ends(call.actor(), std::move(*table), answer_done(call));
}

} // namespace oakum::api
