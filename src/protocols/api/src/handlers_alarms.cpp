// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <array>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

base::Result<Mute> decode_mute(const json::Value& body) {
    TRY(body.only({"until", "hours", "why"}));
    Mute mute;
    TRY_VALUE(const auto until, body.optional_string_at("until", 64));
    if (until) {
        auto time = base::parse_time(*until);
        if (!time.ok()) return base::invalid("it is a time like 2026-11-30T08:00:00Z").at("/until");
        mute.until = *time;
    }
    TRY_VALUE(const auto hours, body.optional_uint_at("hours", 8'784));
    if (hours) {
        if (*hours == 0) return base::invalid("at least one hour").at("/hours");
        mute.span = std::chrono::hours(*hours);
    }
    if (mute.until.has_value() == mute.span.has_value())
        return base::invalid("say until when, or for how many hours").at("/until");
    TRY_VALUE(const auto why, body.optional_string_at("why", 1024));
    mute.why = why.value_or("");
    return mute;
}

} // namespace

std::string_view to_string(AlarmState state) {
    constexpr std::array<std::string_view, 4> kNames{"open", "acknowledged", "muted", "closed"};
    return kNames[static_cast<std::size_t>(state)];
}

void write(Out& o, const Alarm& v) {
    object(o, [&] {
        o("id", v.id)("kind", v.kind)("state", v.state)("urgent", v.urgent);
        o("what", v.words.what)("remedy", v.words.remedy)("page", v.words.page);
        o("command", v.words.command.empty() ? std::nullopt : std::optional(v.words.command));
        o("concerns", v.concerns)("owner", v.owner)("devices", v.devices)("query", v.query)("things",
                                                                                            v.things);
        o("opened", v.opened)("closed", v.closed)("acknowledged", v.acknowledged)(
            "acknowledged_by", v.acknowledged_by)("muted_until", v.muted_until)("muted_by",
                                                                                v.muted_by)("why", v.why);
    });
}

void write_extra(Out& o, const AlarmPage& page) {
    o("checked", page.checked);
}

void list_alarms(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    AlarmFilter filter = AlarmFilter::open;
    const std::string state = call.parameter("state");
    if (state == "muted")
        filter = AlarmFilter::muted;
    else if (state == "closed")
        filter = AlarmFilter::closed;
    else if (state == "all")
        filter = AlarmFilter::all;
    else if (!state.empty() && state != "open")
        return call.reply.problem(base::invalid("it is open, muted, closed or all").at("state"));
    context.services.alarms.list(call.actor(), filter, *page, answer_page<AlarmPage>(call));
}

void get_alarm(Context& context, Call call) {
    PATH_ID(id, alarm::AlarmId);
    context.services.alarms.get(call.actor(), *id, answer_json<Alarm>(call));
}

void acknowledge_alarm(Context& context, Call call) {
    PATH_ID(id, alarm::AlarmId);
    OR_PROBLEM(why, why_of(call));
    context.services.alarms.acknowledge(call.actor(), *id, std::move(*why), answer_json<Alarm>(call));
}

void mute_alarm(Context& context, Call call) {
    PATH_ID(id, alarm::AlarmId);
    BODY(mute, kSmall, decode_mute);
    context.services.alarms.mute(call.actor(), *id, std::move(*mute), answer_json<Alarm>(call));
}

void unmute_alarm(Context& context, Call call) {
    PATH_ID(id, alarm::AlarmId);
    OR_PROBLEM(why, why_of(call));
    context.services.alarms.unmute(call.actor(), *id, std::move(*why), answer_json<Alarm>(call));
}

} // namespace oakum::api
