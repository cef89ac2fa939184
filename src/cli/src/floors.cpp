// SPDX-License-Identifier: Apache-2.0
#include "floors.hpp"

#include "connectors.hpp"

#include <cli/table.hpp>
#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

namespace {

std::string place_of(const std::string& name) {
    return "/api/v1/floors/" + encode(name);
}

std::vector<json::Value> items_of(const json::Value& value, std::string_view member) {
    std::vector<json::Value> items;
    if (const auto list = value.find(member))
        for (const json::Value& item : list->items())
            items.push_back(item);
    return items;
}

void show(const Flow& flow, const json::Value& floor) {
    if (flow.shown.output == Output::json) return flow.shown.object({}, floor);
    if (flow.shown.output == Output::table) {
        flow.shown.sentence(text_at(floor, "/sentence"));
        for (const json::Value& warning : items_of(floor, "warnings"))
            flow.shown.sentence("Mind: " + std::string(warning.text()));
        for (const json::Value& reason : items_of(floor, "reasons"))
            flow.shown.sentence("  " + text_at(reason, "/devices") + ": " + text_at(reason, "/words"));
        for (const json::Value& one : items_of(floor, "exceptions"))
            flow.shown.sentence("Exception " + text_at(one, "/number") + " (" + text_at(one, "/state") +
                                ") for " + text_at(one, "/query") + " until " +
                                text_at(one, "/until").substr(0, 10) + ": " + text_at(one, "/reason") +
                                ", asked by " + text_at(one, "/asked_by"));
    }
    flow.shown.page({{"DEVICE", "/name"},
                     {"MODEL", "/model", Format::text, 3},
                     {"RUNS", "/runs"},
                     {"HAS TO RUN", "/wanted"},
                     {"STANDS", "/standing"},
                     {"UNTIL, THERE", "/local", Format::text, 1},
                     {"WHY", "/words", Format::text, 2}},
                    items_of(floor, "below"), "Every device that it is about keeps it.");
}

Api::Body body_of(const NewFloor& floor) {
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object()
        .member("name", floor.name)
        .member("platform", floor.platform)
        .member("query", floor.query)
        .member("version", floor.version)
        .member("patch_level", floor.patch_level)
        .member("latest", floor.latest)
        .member("days", floor.days)
        .member("exploited_days", std::min(floor.exploited_days, floor.days))
        .member("hour", floor.hour)
        .member("zone_if_unknown", floor.zone_if_unknown)
        .member("install", floor.install)
        .member("accepts_unoffered", floor.accepts_unoffered)
        .member("why", floor.why)
        .end_object();
    return body;
}

} // namespace

base::Status set_floor(const Flow& flow, const NewFloor& floor, Keep keep) {
    const Api::Body body = body_of(floor);
    if (keep == Keep::no || flow.dry_run) {
        TRY_VALUE(const json::Value said, flow.api.call(Method::post, "/api/v1/floors/preview", &body));
        show(flow, said);
        if (keep == Keep::no && flow.shown.output != Output::table) return {}; // one document, or one table
        return changed_nothing(flow, "Would set the floor \"" + printable(floor.name) + "\"");
    }
    TRY_VALUE(const json::Value said, flow.api.call(Method::put, place_of(floor.name), &body));
    show(flow, said);
    return {};
}

base::Status show_floor(const Flow& flow, const std::string& name) {
    TRY_VALUE(const json::Value floor, flow.api.get(place_of(name)));
    show(flow, floor);
    return {};
}

base::Status show_floor_calls(const Flow& flow, const std::string& name, const std::string& request) {
    TRY_VALUE(const json::Value floor, flow.api.get(place_of(name)));
    if (flow.shown.output == Output::table) flow.shown.sentence(text_at(floor, "/sentence"));
    TRY_VALUE(const json::Value all, flow.api.get("/api/v1/connectors?limit=500"));
    for (const json::Value& connector : items_of(all, "items")) {
        const std::string its = text_at(connector, "/name");
        FloorWish wish;
        wish.name = its;
        wish.platform = text_at(floor, "/policy/platform");
        wish.version = text_at(floor, "/policy/version");
        wish.patch_level = text_at(floor, "/policy/patch_level");
        wish.install = text_at(floor, "/policy/install");
        if (flag_at(floor, "/policy/latest")) // any of them: the calls are the same
            (wish.platform == "android" ? wish.patch_level : wish.version) =
                wish.platform == "android" ? "2000-01-01" : "1";
        if (flow.shown.output == Output::table) {
            flow.console.out("\nThrough " + printable(its) + ":\n");
            if (!flag_at(connector, "/steers"))
                flow.shown.sentence("Writing there is off, so its phones would wait: oakum connector steer " +
                                    printable(its) + " --on");
        }
        TRY(plan_floor(flow, wish));
    }
    return changed_nothing(flow, "Would plan a rollout: " + request);
}

base::Status except_from_floor(const Flow& flow, const FloorException& wish) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would ask that " + printable(wish.query) + " need not keep the floor " +
                                         printable(wish.name));
    Api::Body body;
    json::Writer(body.bytes)
        .begin_object()
        .member("query", wish.query)
        .member("until", wish.until)
        .member("reason", wish.reason)
        .end_object();
    TRY_VALUE(const json::Value floor,
              flow.api.call(Method::post, place_of(wish.name) + "/exceptions", &body));
    show(flow, floor);
    return {};
}

base::Status decide_floor_exception(const Flow& flow, const std::string& name, int number,
                                    std::string_view deed, const std::string& why) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would " + std::string(deed) + " exception " + std::to_string(number) +
                                         " of the floor " + printable(name));
    Api::Body body;
    json::Writer(body.bytes).begin_object().member("number", number).member("why", why).end_object();
    TRY_VALUE(const json::Value floor,
              flow.api.call(Method::post, place_of(name) + "/actions/" + std::string(deed), &body));
    show(flow, floor);
    return {};
}

} // namespace oakum::cli
