// SPDX-License-Identifier: Apache-2.0
#include <connectors/state.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::connectors {

using connector::Connector;

namespace {

std::optional<std::string> text_of(const std::optional<base::TimePoint>& at) {
    return at ? std::optional(base::to_iso8601(*at)) : std::nullopt;
}

base::Result<std::optional<base::TimePoint>> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const auto text, value.optional_string_at(name));
    if (!text) return std::optional<base::TimePoint>();
    TRY_VALUE(const base::TimePoint at, base::parse_time(*text));
    return std::optional(at);
}

// One list for reading and writing.
template <class F, class Each> void each_figure(F& figures, Each each) {
    each("devices", figures.devices);
    each("created", figures.created);
    each("changed", figures.changed);
    each("unchanged", figures.unchanged);
    each("refused", figures.refused);
    each("older", figures.older);
    each("left", figures.left);
    each("gone", figures.gone);
    each("pages", figures.pages);
}

} // namespace

std::string to_document(const Connector& connector) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("kind", connector::to_string(connector.kind))
        .member("url", connector.url)
        .member("sign_in", connector.sign_in)
        .member("account", connector.account)
        .member("client", connector.client)
        .member("every_seconds", connector.every.count())
        .member("enabled", connector.enabled)
        .member("apps", connector.apps)
        .member("steers", connector.steers)
        .member("secret", connector.secret)
        .end_object();
    return text;
}

base::Result<Connector> connector_of(std::string name, std::string_view document) {
    TRY_VALUE(const json::Value value, json::parse(document));
    Connector connector;
    connector.name = std::move(name);
    TRY_VALUE(const std::string kind, value.string_at("kind"));
    TRY_VALUE(connector.kind, connector::parse_kind(kind));
    TRY_VALUE(connector.url, value.string_at("url"));
    TRY_VALUE(connector.sign_in, value.string_at("sign_in"));
    TRY_VALUE(connector.account, value.string_at("account"));
    TRY_VALUE(connector.client, value.string_at("client"));
    TRY_VALUE(const std::int64_t every, value.int_at("every_seconds"));
    connector.every = std::chrono::seconds(every);
    TRY_VALUE(connector.enabled, value.bool_at("enabled"));
    TRY_VALUE(connector.apps, value.bool_at("apps"));
    TRY_VALUE(const auto steers, value.optional_bool_at("steers")); // older ones do not say
    connector.steers = steers.value_or(false);
    TRY_VALUE(connector.secret, value.string_at("secret"));
    return connector;
}

std::string to_document(const ConnectorState& state) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("tried", text_of(state.tried))
        .member("synced", text_of(state.synced))
        .member("next", text_of(state.next))
        .member("failing", text_of(state.failing))
        .member("failures", state.failures)
        .member("refused", state.refused)
        .member("error", state.error)
        .key("figures")
        .begin_object();
    each_figure(state.figures, [&](const char* name, std::uint64_t value) { writer.member(name, value); });
    writer.end_object().key("missing").begin_object();
    for (const auto& [device, missing] : state.missing)
        writer.key(device)
            .begin_object()
            .member("sweeps", missing.sweeps)
            .member("since", base::to_iso8601(missing.since))
            .end_object();
    writer.end_object().end_object();
    return text;
}

base::Result<ConnectorState> state_of(std::string_view document) {
    ConnectorState state;
    if (document.empty()) return state;
    json::Limits limits;
    limits.max_bytes = std::size_t{16} << 20; // what is missing may be a tenth of a large fleet
    limits.max_values = 1'000'000;
    TRY_VALUE(const json::Value value, json::parse(document, limits));
    TRY_VALUE(state.tried, time_at(value, "tried"));
    TRY_VALUE(state.synced, time_at(value, "synced"));
    TRY_VALUE(state.next, time_at(value, "next"));
    TRY_VALUE(state.failing, time_at(value, "failing"));
    TRY_VALUE(const std::uint64_t failures, value.uint_at("failures", 1'000'000));
    state.failures = static_cast<unsigned>(failures);
    TRY_VALUE(state.refused, value.bool_at("refused"));
    TRY_VALUE(state.error, value.string_at("error"));
    TRY_VALUE(const json::Value figures, value.object_at("figures"));
    each_figure(state.figures, [&](const char* name, std::uint64_t& into) {
        if (const auto found = figures.find(name)) into = found->as_uint().value_or(0);
    });
    TRY_VALUE(const json::Value missing, value.object_at("missing", 1'000'000));
    for (const json::Value& each : missing.items()) {
        connector::Missing one;
        TRY_VALUE(const std::uint64_t sweeps, each.uint_at("sweeps", 1'000));
        one.sweeps = static_cast<unsigned>(sweeps);
        TRY_VALUE(const std::string since, each.string_at("since"));
        TRY_VALUE(one.since, base::parse_time(since));
        state.missing.emplace(std::string(each.key()), one);
    }
    return state;
}

} // namespace oakum::connectors
