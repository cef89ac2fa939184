// SPDX-License-Identifier: Apache-2.0
#include "connectors.hpp"

#include "session.hpp"
#include "settings.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

namespace {

constexpr std::size_t kLargestSecret = 16'384;

std::string place_of(const std::string& connector) {
    return "/api/v1/connectors/" + encode(connector);
}

void show(const Flow& flow, const json::Value& connector) {
    flow.shown.object({{"connector", "/name"},
                       {"system", "/title"},
                       {"on", "/enabled", Format::flag},
                       {"account", "/account"},
                       {"client", "/client"},
                       {"asked at", "/url"},
                       {"signed in at", "/sign_in"},
                       {"every (seconds)", "/every_seconds", Format::integer},
                       {"apps too", "/apps", Format::flag},
                       {"phones told through it", "/steers", Format::flag},
                       {"writes there", "/writes"}},
                      connector);
}

base::Result<json::Value> patch(const Flow& flow, const std::string& name, std::string json) {
    const Api::Body body{"application/json", std::move(json), {}};
    return flow.api.call(Method::patch, place_of(name), &body);
}

// The body of what was given; `on` where it is to be switched.
base::Result<std::string> body_of(const Flow& flow, const ConnectorSettings& settings, bool on) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    const std::pair<const char*, const std::string&> texts[] = {{"kind", settings.kind},
                                                                {"account", settings.account},
                                                                {"client", settings.client},
                                                                {"url", settings.url},
                                                                {"sign_in", settings.sign_in}};
    for (const auto& [name, value] : texts)
        if (!value.empty()) writer.member(name, value);
    if (settings.every_minutes >= 0) writer.member("every_seconds", settings.every_minutes * 60);
    if (settings.apps || settings.without_apps) writer.member("apps", settings.apps);
    if (on) writer.member("enabled", true);
    if (!settings.secret_file.empty()) {
        TRY_VALUE(const std::string secret, read_file(settings.secret_file, kLargestSecret));
        writer.member("secret", std::string_view(secret).substr(0, secret.find_last_not_of(" \r\n") + 1));
    } else if (settings.secret_stdin) {
        TRY_VALUE(const std::string secret, flow.console.ask("Secret: ", true));
        writer.member("secret", secret);
    }
    writer.end_object();
    return text;
}

base::Result<json::Value> kind_named(const Flow& flow, const std::string& kind) {
    TRY_VALUE(const json::Value page, flow.api.get("/api/v1/connector-kinds?limit=500"));
    std::string known;
    if (const auto items = page.find("items"))
        for (const json::Value& item : items->items()) {
            if (text_at(item, "/kind") == kind) return item;
            known += (known.empty() ? "" : ", ") + text_at(item, "/kind");
        }
    return base::not_found("there is no such system; there is " + known);
}

} // namespace

base::Status add_connector(const Flow& flow, const ConnectorSettings& settings) {
    if (settings.secret_stdin == !settings.secret_file.empty())
        return base::invalid("say --secret-file FILE, or --secret-stdin");
    if (flow.dry_run) {
        TRY_VALUE(const json::Value kind, kind_named(flow, settings.kind));
        return changed_nothing(
            flow, "Would connect " + text_at(kind, "/title") + " as " + printable(settings.name) +
                      ", and read its devices. It writes there: " + text_at(kind, "/writes"));
    }
    TRY_VALUE(std::string body, body_of(flow, settings, true));
    TRY_VALUE(const json::Value made, patch(flow, settings.name, std::move(body)));
    show(flow, made);
    if (flow.shown.output == Output::table)
        flow.console.out("\nWhether it answers: oakum connector test " + printable(settings.name) + "\n");
    return {};
}

base::Status change_connector(const Flow& flow, const ConnectorSettings& settings) {
    if (flow.dry_run) return changed_nothing(flow, "Would change the connector " + printable(settings.name));
    TRY_VALUE(std::string body, body_of(flow, settings, false));
    TRY_VALUE(const json::Value changed, patch(flow, settings.name, std::move(body)));
    show(flow, changed);
    return {};
}

base::Status switch_connector(const Flow& flow, const std::string& name, bool on) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would switch the connector " + printable(name) + (on ? " on" : " off"));
    TRY_VALUE(const json::Value changed,
              patch(flow, name, on ? R"({"enabled":true})" : R"({"enabled":false})"));
    show(flow, changed);
    return {};
}

base::Status steer_connector(const Flow& flow, const std::string& name, bool on) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would " + std::string(on ? "let" : "no longer let") +
                                         " rollouts write through the connector " + printable(name));
    TRY_VALUE(const json::Value changed,
              patch(flow, name, on ? R"({"steers":true})" : R"({"steers":false})"));
    show(flow, changed);
    return {};
}

base::Status test_connector(const Flow& flow, const std::string& name) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would sign in with the connector " + printable(name) +
                                         " and ask for one device");
    TRY_VALUE(const json::Value told, flow.api.call(Method::post, place_of(name) + "/actions/test"));
    if (flow.shown.output != Output::table)
        flow.console.out(std::string(told.source()) + "\n");
    else if (flag_at(told, "/reached"))
        flow.console.out(printable(text_at(told, "/sentence")) + "\n");
    if (!flag_at(told, "/reached")) return base::unavailable(text_at(told, "/sentence"));
    return {};
}

base::Status sync_connector(const Flow& flow, const std::string& name, bool force) {
    if (flow.dry_run) return changed_nothing(flow, "Would read the devices of " + printable(name));
    const Api::Body body{"application/json", force ? R"({"force":true})" : "{}", {}};
    TRY_VALUE(const json::Value started,
              flow.api.call(Method::post, place_of(name) + "/actions/sync", &body));
    TRY_VALUE(const json::Value ended, wait_for_job(flow, text_at(started, "/id"), name));
    if (flow.shown.output != Output::table)
        flow.console.out(std::string(ended.source()) + "\n");
    else
        flow.console.out(printable(text_at(ended, "/detail")) + "\n");
    return {};
}

base::Status plan_floor(const Flow& flow, const FloorWish& wish) {
    Api::Body body{"application/json", {}, {}};
    json::Writer writer(body.bytes);
    writer.begin_object().member("platform", wish.platform).member("days", wish.days);
    if (!wish.version.empty()) writer.member("version", wish.version);
    if (!wish.patch_level.empty()) writer.member("patch_level", wish.patch_level);
    if (!wish.install.empty()) writer.member("install", wish.install);
    writer.end_object();
    TRY_VALUE(const json::Value plan,
              flow.api.call(Method::post, place_of(wish.name) + "/actions/plan-floor", &body));
    if (flow.shown.output != Output::table) {
        flow.console.out(std::string(plan.source()) + "\n");
        return {};
    }
    flow.shown.sentence(text_at(plan, "/sentence"));
    flow.console.out("\nWho falls short: oakum device list --query '" + printable(text_at(plan, "/below")) +
                     "'\n");
    if (const auto calls = plan.find("calls"); calls && calls->size() > 0) {
        flow.console.out("\nWhat would bring it about:\n");
        for (const json::Value& call : calls->items()) {
            flow.console.out("\n  " + printable(text_at(call, "/method")) + " " +
                             printable(text_at(call, "/url")) + "\n  " + printable(text_at(call, "/body")) +
                             "\n");
            flow.shown.sentence("  It " + text_at(call, "/what") + ".");
        }
    }
    if (const auto cannot = plan.find("cannot"); cannot && cannot->size() > 0) {
        flow.console.out("\nWhat it cannot do:\n");
        for (const json::Value& sentence : cannot->items())
            flow.shown.sentence("  " + std::string(sentence.text()));
    }
    return {};
}

base::Status show_connector_kind(const Flow& flow, const std::string& kind) {
    TRY_VALUE(const json::Value its, kind_named(flow, kind));
    if (flow.shown.output != Output::table) {
        flow.console.out(std::string(its.source()) + "\n");
        return {};
    }
    flow.console.out("To connect " + text_at(its, "/title") + ":\n");
    int number = 0;
    if (const auto steps = its.find("steps"))
        for (const json::Value& step : steps->items())
            flow.shown.sentence("  " + std::to_string(++number) + ". " + std::string(step.text()));
    flow.console.out("\nPermissions:\n");
    if (const auto all = its.find("permissions"))
        for (const json::Value& one : all->items())
            flow.shown.sentence("  " + text_at(one, "/name") +
                                (flag_at(one, "/only_for_apps")   ? " (only with --apps)"
                                 : flag_at(one, "/only_to_steer") ? " (only to have phones updated)"
                                                                  : "") +
                                ": " + text_at(one, "/reason") + ".");
    flow.console.out("\n");
    flow.shown.sentence("What it writes there: " + text_at(its, "/writes"));
    if (flag_at(its, "/can_steer"))
        flow.shown.sentence("Once `oakum connector steer NAME --on` lets it: " +
                            text_at(its, "/writes_when_steering"));
    flow.console.out("\nThen: oakum connector add NAME --kind " + kind +
                     " --account ... --client ... --secret-file FILE\n");
    return {};
}

} // namespace oakum::cli
