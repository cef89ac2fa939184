// SPDX-License-Identifier: Apache-2.0
#include "schedules.hpp"

#include <json/writer.hpp>

namespace oakum::cli {

using ports::Method;

namespace {

// What a rule says of its devices: a sentence, what to mind, and each time zone.
void show(const Flow& flow, const json::Value& said) {
    if (flow.shown.output == Output::table) {
        flow.shown.sentence(text_at(said, "/sentence"));
        if (const auto warnings = said.find("warnings"))
            for (const json::Value& warning : warnings->items())
                flow.shown.sentence("Mind: " + std::string(warning.as_string(1000).value_or("")));
    }
    std::vector<json::Value> places;
    if (const auto list = said.find("places"))
        for (const json::Value& place : list->items())
            places.push_back(place);
    if (flow.shown.output == Output::json) return flow.shown.object({}, said);
    flow.shown.page({{"TIME ZONE", "/zone"},
                     {"KNOWN", "/known", Format::flag},
                     {"DEVICES", "/devices", Format::integer},
                     {"NEXT, THERE", "/local"},
                     {"NEXT", "/from", Format::time},
                     {"UNTIL", "/to", Format::time}},
                    places, "No device is in it yet.");
}

} // namespace

base::Result<std::int64_t> minutes_of(std::string_view text) {
    const auto wrong = [&] {
        return base::invalid("a length is such as 90m, 3h, 14d or 1d12h, not \"" +
                             std::string(text.substr(0, 20)) + "\"");
    };
    std::int64_t total = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::int64_t number = 0;
        std::size_t digits = 0;
        for (; digits < rest.size() && digits < 6 && rest[digits] >= '0' && rest[digits] <= '9'; ++digits)
            number = number * 10 + (rest[digits] - '0');
        if (digits == 0 || digits == rest.size()) return wrong();
        const char unit = rest[digits];
        if (unit != 'm' && unit != 'h' && unit != 'd') return wrong();
        total += number * (unit == 'm' ? 1 : unit == 'h' ? 60 : 24 * 60);
        rest.remove_prefix(digits + 1);
    }
    if (total == 0) return wrong();
    return total;
}

base::Status list_schedules(const Flow& flow, std::string_view kind) {
    TRY_VALUE(const json::Value all, flow.api.get("/api/v1/schedules?kind=" + std::string(kind)));
    std::vector<json::Value> items;
    if (const auto list = all.find("items"))
        for (const json::Value& item : list->items())
            items.push_back(item);
    flow.shown.page({{"NAME", "/name", Format::id},
                     {"WHEN", "/times_in_words", Format::list},
                     {"FOR", "/rule/query"},
                     {"DEVICES", "/devices", Format::integer},
                     {"YIELDS TO", "/rule/yields_to", Format::text, 2},
                     {"ZONE", "/rule/zone", Format::text, 1},
                     {"MIND", "/warnings", Format::list, 3}},
                    items,
                    kind == "window" ? "No window: devices may be changed at any time."
                                     : "No freeze holds, or will.");
    return {};
}

base::Status set_schedule(const Flow& flow, std::string_view kind, const NewSchedule& schedule) {
    TRY_VALUE(const std::int64_t minutes, minutes_of(schedule.length));
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("kind", kind).member("name", schedule.name).member("query", schedule.query);
    writer.key("times").begin_array();
    std::vector<std::string> beginnings{schedule.from};
    beginnings.insert(beginnings.end(), schedule.dates.begin(), schedule.dates.end());
    for (const std::string& start : beginnings) {
        writer.begin_object().member("start", start).member("minutes", minutes);
        if (!schedule.repeat.empty()) writer.member("rule", schedule.repeat);
        writer.end_object();
    }
    writer.end_array()
        .member("zone", schedule.zone)
        .member("zone_if_unknown", schedule.zone_if_unknown)
        .member("yields_to", schedule.yields_to)
        .member("why", schedule.why)
        .end_object();
    if (flow.dry_run) {
        TRY_VALUE(const json::Value said, flow.api.call(Method::post, "/api/v1/schedules/preview", &body));
        show(flow, said);
        return changed_nothing(flow, "Would set the " + std::string(kind) + " \"" + schedule.name + "\"");
    }
    TRY_VALUE(const json::Value said,
              flow.api.call(Method::put, "/api/v1/schedules/" + encode(schedule.name), &body));
    show(flow, said);
    return {};
}

} // namespace oakum::cli
