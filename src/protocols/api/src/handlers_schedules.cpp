// SPDX-License-Identifier: Apache-2.0
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <schedule_files/rule_json.hpp>

namespace oakum::api {

namespace {

constexpr std::size_t kSmall = 65'536;

} // namespace

void write(Out& o, const Schedule::Place& v) {
    object(o, [&] {
        o("zone", v.zone)("known", v.known)("devices", v.devices)("from", v.from)("to", v.to)("local",
                                                                                              v.local);
    });
}
void write(Out& o, const Schedule& v) {
    object(o, [&] {
        o("name", v.rule.name)("kind", v.rule.kind);
        o.w.key("rule");
        schedule_files::write_rule(o.w, v.rule);
        o("sentence", v.sentence)("times_in_words", v.times_in_words)("devices", v.devices)("places",
                                                                                            v.places);
        o("warnings", v.warnings);
    });
}
void write(Out& o, const Schedules& v) {
    object(o, [&] { o("items", v.items); });
}

void write(Out& o, const schedule::Interval& v) {
    object(o, [&] { o("from", v.from)("to", v.to); });
}
void write(Out& o, const ScheduleDates& v) {
    object(o, [&] {
        o("name", v.name)("kind", v.kind)("clock", v.clock)("devices", v.devices)("times", v.times)("more",
                                                                                                    v.more);
    });
}
void write(Out& o, const ScheduleCalendar& v) {
    object(o, [&] { o("from", v.from)("to", v.to)("items", v.items); });
}

void get_schedule_dates(Context& context, Call call) {
    OR_PROBLEM(from, time_parameter(call, "from"));
    OR_PROBLEM(to, time_parameter(call, "to"));
    const base::TimePoint begin = from->value_or(context.services.clock.now());
    context.services.schedules.dates(call.actor(), begin, to->value_or(begin + std::chrono::days(7)),
                                     answer_json<ScheduleCalendar>(call));
}

void list_schedules(Context& context, Call call) {
    std::optional<schedule::Kind> kind;
    if (const std::string text = call.parameter("kind"); !text.empty()) {
        const auto parsed = schedule::parse_kind(text);
        if (!parsed.ok()) return call.reply.problem(base::Error(parsed.error()).at("kind"));
        kind = *parsed;
    }
    context.services.schedules.list(call.actor(), kind, answer_json<Schedules>(call));
}

void preview_schedule(Context& context, Call call) {
    BODY(rule, kSmall, schedule_files::read_rule);
    context.services.schedules.preview(call.actor(), std::move(*rule), answer_json<Schedule>(call));
}

void put_schedule(Context& context, Call call) {
    BODY(rule, kSmall, schedule_files::read_rule);
    if (rule->name != call.path.front())
        return call.reply.problem(
            base::invalid("it is \"" + call.path.front() + "\" in the path").at("/name"));
    context.services.schedules.put(call.actor(), std::move(*rule), answer_json<Schedule>(call));
}

void remove_schedule(Context& context, Call call) {
    context.services.schedules.remove(call.actor(), call.path.front(),
                                      [reply = call.reply](base::Result<base::Nothing> done) {
                                          if (!done.ok()) return reply.problem(done.error());
                                          reply.nothing();
                                      });
}

} // namespace oakum::api
