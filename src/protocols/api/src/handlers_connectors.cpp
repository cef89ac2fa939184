// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <connector/permissions.hpp>
#include <floor_files/floor_json.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;
constexpr std::int64_t kShortestEvery = 300, kLongestEvery = 7 * 86'400;

base::Result<ConnectorPatch> decode_connector(const json::Value& body) {
    TRY(body.only({"kind", "account", "client", "secret", "url", "sign_in", "every_seconds", "enabled",
                   "apps", "steers"}));
    ConnectorPatch patch;
    TRY_VALUE(const auto kind, body.optional_string_at("kind", 32));
    if (kind) {
        auto known = connector::parse_kind(*kind);
        if (!known.ok()) return std::move(known).error().at("/kind");
        patch.kind = *known;
    }
    TRY_VALUE(patch.account, body.optional_string_at("account", 256));
    TRY_VALUE(patch.client, body.optional_string_at("client", 256));
    TRY_VALUE(patch.secret, body.optional_string_at("secret", 16'384));
    TRY_VALUE(patch.url, body.optional_string_at("url", 256));
    TRY_VALUE(patch.sign_in, body.optional_string_at("sign_in", 256));
    TRY_VALUE(const auto every, body.optional_int_at("every_seconds", kShortestEvery, kLongestEvery));
    if (every) patch.every = std::chrono::seconds(*every);
    TRY_VALUE(patch.enabled, body.optional_bool_at("enabled"));
    TRY_VALUE(patch.apps, body.optional_bool_at("apps"));
    TRY_VALUE(patch.steers, body.optional_bool_at("steers"));
    return patch;
}

base::Result<bool> decode_force(const json::Value& body) {
    TRY(body.only({"force"}));
    TRY_VALUE(const auto force, body.optional_bool_at("force"));
    return force.value_or(false);
}

base::Result<connector::Floor> decode_floor(const json::Value& body) {
    TRY(body.only({"platform", "version", "patch_level", "days", "install"}));
    connector::Floor floor;
    TRY_VALUE(floor.platform, body.string_at("platform", 16));
    TRY_VALUE(const auto version, body.optional_string_at("version", 64));
    TRY_VALUE(const auto level, body.optional_string_at("patch_level", 16));
    floor.version = version.value_or("");
    floor.patch_level = level.value_or("");
    TRY_VALUE(const auto days, body.optional_int_at("days", 0, 365));
    if (days) floor.days = static_cast<std::uint32_t>(*days);
    TRY_VALUE(const auto install, body.optional_string_at("install", 16));
    if (install && !install->empty()) {
        auto hours = floor_files::parse_hours(*install);
        if (!hours.ok()) return std::move(hours).error().at("/install");
        floor.install_from = hours->from;
        floor.install_to = hours->to;
    }
    return floor;
}

} // namespace

void write(Out& o, const Connector::Sweep& v) {
    object(o, [&] {
        o("devices", v.devices)("created", v.created)("changed", v.changed)("unchanged", v.unchanged);
        o("refused", v.refused)("older", v.older)("left", v.left)("gone", v.gone)("pages", v.pages);
    });
}
void write(Out& o, const Connector& v) {
    object(o, [&] {
        o("name", v.set.name)("kind", connector::to_string(v.set.kind));
        o("title", connector::about(v.set.kind).title)("url", v.set.url)("sign_in", v.set.sign_in);
        o("account", v.set.account)("client", v.set.client)("every_seconds", v.set.every.count());
        o("enabled", v.set.enabled)("apps", v.set.apps)("steers", v.set.steers);
        o("tried", v.tried)("synced", v.synced)("next", v.next)("failing", v.failing)("failures", v.failures);
        o("refused", v.refused)("error", v.error)("job", v.job)("sweep", v.sweep)("missing", v.missing);
        o("writes", connector::writes(v.set.kind, v.set.steers ? connector::Writes::updates
                                                               : connector::Writes::nothing));
    });
}
void write(Out& o, const ConnectorTest& v) {
    object(o, [&] { o("reached", v.reached)("sentence", v.sentence); });
}
void write(Out& o, const connector::Permission& v) {
    object(o, [&] {
        o("name", v.name)("only_for_apps", v.only_for_apps)("only_to_steer", v.only_to_steer)("reason",
                                                                                              v.reason);
    });
}
void write(Out& o, const ConnectorKind& v) {
    const connector::About& about = connector::about(v.kind);
    const auto permissions = connector::permissions(v.kind);
    const auto steps = connector::steps(v.kind);
    object(o, [&] {
        o("kind", connector::to_string(v.kind))("title", about.title)("url", about.url);
        o("sign_in", about.sign_in)("account", about.account)("client", about.client);
        o("secret", about.secret);
        o("permissions", std::vector<connector::Permission>(permissions.begin(), permissions.end()));
        o("steps", std::vector<std::string>(steps.begin(), steps.end()));
        o("writes", connector::writes(v.kind, connector::Writes::nothing));
        o("can_steer", about.can_steer);
        o("writes_when_steering", connector::writes(v.kind, connector::Writes::updates));
    });
}

void list_connector_kinds(Context&, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    std::vector<ConnectorKind> all;
    for (const connector::Kind kind : connector::kinds())
        all.push_back({kind});
    const Page<ConnectorKind> piece = cut(std::move(all), *page);
    call.reply.json(200, page_json(piece, piece.items, list_of(call)));
}

void list_connectors(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.connectors.list(call.actor(), [reply = call.reply, list = list_of(call), page = *page](
                                                       base::Result<std::vector<Connector>> connectors) {
        if (!connectors.ok()) return reply.problem(connectors.error());
        const Page<Connector> piece = cut(std::move(*connectors), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void set_connector(Context& context, Call call) {
    BODY(patch, kSmall, decode_connector);
    context.services.connectors.set(call.actor(), call.path.front(), std::move(*patch),
                                    answer_json<Connector>(call));
}

void remove_connector(Context& context, Call call) {
    context.services.connectors.remove(call.actor(), call.path.front(),
                                       [reply = call.reply](base::Result<base::Nothing> done) {
                                           if (!done.ok()) return reply.problem(done.error());
                                           reply.nothing();
                                       });
}

void test_connector(Context& context, Call call) {
    context.services.connectors.test(call.actor(), call.path.front(), answer_json<ConnectorTest>(call));
}

void sync_connector(Context& context, Call call) {
    bool force = false;
    if (!call.request.body.empty()) {
        BODY(given, kSmall, decode_force);
        force = *given;
    }
    context.services.connectors.sync(call.actor(), call.path.front(), force, answer_json<Job>(call, 202));
}

void write(Out& o, const FloorPlan::Call& v) {
    object(o, [&] { o("method", v.method)("url", v.url)("body", v.body)("what", v.what); });
}
void write(Out& o, const FloorPlan& v) {
    object(o, [&] {
        o("words", v.words)("sentence", v.sentence)("devices", v.devices)("below", v.below);
        o("total", v.total)("short", v.short_of_it)("cannot_tell", v.cannot_tell);
        o("personal_short", v.personal_short)("calls", v.calls)("cannot", v.cannot);
    });
}

void plan_floor(Context& context, Call call) {
    BODY(floor, kSmall, decode_floor);
    context.services.connectors.floor(call.actor(), call.path.front(), std::move(*floor),
                                      answer_json<FloorPlan>(call));
}

} // namespace oakum::api
