// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;
constexpr std::int64_t kLongestEvery = 31 * 86'400, kLongestPause = 300'000;

base::Result<SourcePatch> decode_source(const json::Value& body) {
    TRY(body.only({"kind", "walk", "url", "parts", "every_seconds", "pause_ms", "enabled", "key"}));
    SourcePatch patch;
    TRY_VALUE(patch.kind, body.optional_string_at("kind", 32));
    TRY_VALUE(const auto walk, body.optional_string_at("walk", 32));
    if (walk) {
        auto known = source::parse_walk(*walk);
        if (!known.ok()) return std::move(known).error().at("/walk");
        patch.walk = *known;
    }
    TRY_VALUE(patch.url, body.optional_string_at("url", 2048));
    TRY_VALUE(const auto parts, body.optional_array_at("parts", 100));
    if (parts) {
        patch.parts.emplace();
        for (const json::Value& part : parts->items()) {
            TRY_VALUE(std::string text, part.as_string(80));
            patch.parts->push_back(std::move(text));
        }
    }
    TRY_VALUE(const auto every, body.optional_int_at("every_seconds", 60, kLongestEvery));
    if (every) patch.every = std::chrono::seconds(*every);
    TRY_VALUE(const auto pause, body.optional_int_at("pause_ms", 0, kLongestPause));
    if (pause) patch.pause = std::chrono::milliseconds(*pause);
    TRY_VALUE(patch.enabled, body.optional_bool_at("enabled"));
    TRY_VALUE(patch.key, body.optional_string_at("key", 200));
    return patch;
}

base::Result<bool> decode_force(const json::Value& body) {
    TRY(body.only({"force"}));
    TRY_VALUE(const auto force, body.optional_bool_at("force"));
    return force.value_or(false);
}

} // namespace

void write(Out& o, const Source& v) {
    object(o, [&] {
        o("name", v.set.name)("kind", v.set.kind)("walk", source::to_string(v.set.walk))("url", v.set.url);
        o("parts", v.set.parts)("every_seconds", v.set.every.count())("pause_ms", v.set.pause.count());
        o("enabled", v.set.enabled)("has_key", v.has_key)("offered", v.offered);
        o("tried", v.tried)("synced", v.synced)("next", v.next)("failing", v.failing)("failures", v.failures);
        o("refused", v.refused)("error", v.error)("job", v.job)("feeds", v.feeds);
        o("accepted", v.accepted)("rejected", v.rejected)("newest", v.newest);
    });
}
void write(Out& o, const SourceTest& v) {
    object(o, [&] { o("reached", v.reached)("sentence", v.sentence); });
}

void list_sources(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.sources.list(call.actor(), [reply = call.reply, list = list_of(call),
                                                 page = *page](base::Result<std::vector<Source>> sources) {
        if (!sources.ok()) return reply.problem(sources.error());
        const Page<Source> piece = cut(std::move(*sources), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void set_source(Context& context, Call call) {
    BODY(patch, kSmall, decode_source);
    context.services.sources.set(call.actor(), call.path.front(), std::move(*patch),
                                 answer_json<Source>(call));
}

void remove_source(Context& context, Call call) {
    context.services.sources.remove(call.actor(), call.path.front(),
                                    [reply = call.reply](base::Result<base::Nothing> done) {
                                        if (!done.ok()) return reply.problem(done.error());
                                        reply.nothing();
                                    });
}

void test_source(Context& context, Call call) {
    context.services.sources.test(call.actor(), call.path.front(), answer_json<SourceTest>(call));
}

void sync_source(Context& context, Call call) {
    bool force = false;
    if (!call.request.body.empty()) {
        BODY(given, kSmall, decode_force);
        force = *given;
    }
    context.services.sources.sync(call.actor(), call.path.front(), force, answer_json<Job>(call, 202));
}

} // namespace oakum::api
