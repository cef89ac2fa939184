// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <floor_files/floor_json.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;
constexpr std::uint64_t kMostNumber = 1'000'000;

base::Result<floor::Exception> decode_exception(const json::Value& body) {
    TRY(body.only({"query", "until", "reason"}));
    floor::Exception wish;
    TRY_VALUE(wish.query, body.string_at("query", 4096));
    TRY_VALUE(wish.reason, body.string_at("reason", 1024));
    TRY_VALUE(const std::string until, body.string_at("until", 40));
    auto at = base::parse_time(until);
    if (!at.ok()) return std::move(at).error().at("/until");
    wish.until = *at;
    return wish;
}

base::Result<FloorDecision> decode_decision(const json::Value& body) {
    TRY(body.only({"number", "why"}));
    FloorDecision decision;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1024));
    decision.why = why.value_or("");
    TRY_VALUE(const std::uint64_t number, body.uint_at("number", kMostNumber));
    decision.number = static_cast<std::uint32_t>(number);
    return decision;
}

void decide(Context& context, const Call& call, exception::Event event) {
    BODY(decision, kSmall, decode_decision);
    context.services.floors.decide(call.actor(), call.path.front(), event, std::move(*decision),
                                   answer_json<Floor>(call));
}

} // namespace

void write(Out& o, const exception::Step& v); // as of other exceptions

void write(Out& o, const floor::Exception& v) {
    object(o, [&] {
        o("number", v.number)("query", v.query)("reason", v.reason)("asked_by", v.asked_by)("until", v.until);
        o("state", v.state)("history", v.history);
    });
}
void write(Out& o, const Floor::Reason& v) {
    object(o, [&] { o("reason", v.reason)("words", v.words)("devices", v.devices); });
}
void write(Out& o, const Floor::Model& v) {
    object(o, [&] { o("model", v.model)("devices", v.devices)("below", v.below)("newest", v.newest); });
}
void write(Out& o, const Floor::Device& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("model", v.model)("runs", v.runs)("wanted", v.wanted);
        o("standing", v.standing)("reason", v.reason)("words", v.words);
        o("deadline", v.deadline)("local", v.local);
    });
}
void write(Out& o, const Floor& v) {
    object(o, [&] {
        o("name", v.kept.policy.name);
        o.w.key("policy");
        floor_files::write_policy(o.w, v.kept.policy);
        o("version", v.kept.version)("set", v.kept.set)("since", v.kept.since)("by", v.kept.by);
        o("words", v.words)("sentence", v.sentence)("devices", v.devices)("total", v.total);
        o("keeps", v.keeps)("short", v.short_of_it)("overdue", v.overdue)("cannot", v.cannot);
        o("unknown", v.unknown)("excepted", v.excepted)("reasons", v.reasons)("models", v.models);
        o("below", v.below)("exceptions", v.kept.exceptions)("warnings", v.warnings);
        o("offered_as_of", v.offered_as_of);
    });
}

void list_floors(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.floors.list(call.actor(), [reply = call.reply, list = list_of(call),
                                                page = *page](base::Result<std::vector<Floor>> floors) {
        if (!floors.ok()) return reply.problem(floors.error());
        const Page<Floor> piece = cut(std::move(*floors), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void get_floor(Context& context, Call call) {
    context.services.floors.get(call.actor(), call.path.front(), answer_json<Floor>(call));
}

void preview_floor(Context& context, Call call) {
    BODY(policy, kSmall, floor_files::read_policy);
    context.services.floors.preview(call.actor(), std::move(*policy), answer_json<Floor>(call));
}

void put_floor(Context& context, Call call) {
    BODY(policy, kSmall, floor_files::read_policy);
    if (policy->name != call.path.front())
        return call.reply.problem(
            base::invalid("it is \"" + call.path.front() + "\" in the path").at("/name"));
    context.services.floors.put(call.actor(), std::move(*policy), answer_json<Floor>(call));
}

void remove_floor(Context& context, Call call) {
    context.services.floors.remove(call.actor(), call.path.front(),
                                   [reply = call.reply](base::Result<base::Nothing> done) {
                                       if (!done.ok()) return reply.problem(done.error());
                                       reply.nothing();
                                   });
}

void except_from_floor(Context& context, Call call) {
    BODY(wish, kSmall, decode_exception);
    context.services.floors.except(call.actor(), call.path.front(), std::move(*wish),
                                   answer_json<Floor>(call));
}

void approve_floor_exception(Context& context, Call call) {
    decide(context, call, exception::Event::approved);
}
void refuse_floor_exception(Context& context, Call call) {
    decide(context, call, exception::Event::refused);
}
void withdraw_floor_exception(Context& context, Call call) {
    decide(context, call, exception::Event::withdrawn);
}

} // namespace oakum::api
