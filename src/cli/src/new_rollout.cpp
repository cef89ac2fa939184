// SPDX-License-Identifier: Apache-2.0
#include "flows.hpp"

#include "floors.hpp"
#include "session.hpp"

#include <algorithm>
#include <charconv>
#include <cli/table.hpp>
#include <cmath>
#include <device/query.hpp>
#include <fmt/format.h>
#include <json/writer.hpp>
#include <rollout/place.hpp>

namespace oakum::cli {

using ports::Method;

namespace {

constexpr double kTolerated = 5; // percent

void write_gate(json::Writer& writer, const NewGate& gate) {
    const double tolerated = gate.tolerated_percent >= 0 ? gate.tolerated_percent : kTolerated;
    writer.key("gate")
        .begin_object()
        .member("minimum", std::max(gate.minimum, 0))
        .member("tolerated_failure_ppm", static_cast<std::int64_t>(std::llround(tolerated * 10'000)))
        .member("soak_seconds", 0);
    if (gate.hard_stop > 0) writer.member("hard_stop", gate.hard_stop);
    if (!gate.unproven.empty()) writer.member("unproven", gate.unproven);
    writer.end_object();
}

// "canary=5", "lab=tag.ring = lab", "Kiel=5 of site = Kiel".
base::Result<rollout::Wave> wave_of(const std::string& text) {
    const auto wrong = [&](const std::string& why) {
        return base::invalid(
            "a wave is NAME=PERCENT, cumulative, like canary=5; or NAME=QUERY, like 'lab=tag.ring = "
            "lab'; or both, like 'pilot=5 of site = Kiel'; not \"" +
            text + "\"" + why);
    };
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return wrong("");
    rollout::Wave wave;
    wave.name = text.substr(0, equals);
    wave.share_ppm = rollout::kWhole;
    wave.query = text.substr(equals + 1);
    // No query begins with a digit; nor is a share written as 0x5 or 5e1.
    if (wave.query.starts_with('.') ||
        (!wave.query.empty() && wave.query[0] >= '0' && wave.query[0] <= '9')) {
        constexpr std::string_view of = " of ";
        double percent = 0;
        const char* const last = wave.query.data() + wave.query.size();
        const auto [end, error] = std::from_chars(wave.query.data(), last, percent, std::chars_format::fixed);
        const std::string rest(end, last);
        if (error != std::errc() || percent <= 0 || percent > 100) return wrong("");
        if (!rest.empty() && !rest.starts_with(of)) return wrong("");
        wave.share_ppm = static_cast<std::uint32_t>(std::llround(percent * 10'000));
        wave.query = rest.empty() ? "" : rest.substr(of.size());
        if (rest.empty()) return wave;
    }
    if (wave.query.empty()) return wrong("");
    if (const auto query = device::parse_query(wave.query); !query.ok())
        return wrong(": " + query.error().message);
    return wave;
}

} // namespace

base::Status create_rollout(const Flow& flow, NewRollout rollout) {
    if (rollout.gate.given() && rollout.waves.empty())
        return base::invalid(
            "--minimum, --tolerated, --hard-stop and --unproven are of waves; give those with --wave "
            "NAME=PERCENT, or choose --care");
    if (!rollout.first.empty() && !rollout.waves.empty())
        return base::invalid(
            "--first comes before the waves of --care; with --wave, give it as the first of them: "
            "--wave 'lab=" +
            rollout.first + "'");
    if (!rollout.at.empty() && rollout.start) return base::invalid("say --at, or --start to start it now");
    if (!rollout.at.empty() && !base::parse_time(rollout.at).ok())
        return base::invalid(
            "--at is a time like 2026-11-30T22:00:00Z, or with an offset like +01:00; not \"" + rollout.at +
            "\"");
    if (rollout.release.empty() == rollout.floor.empty())
        return base::invalid("say --release, or --floor for phones");
    if (!flow.dry_run && rollout.floor.empty()) {
        TRY_VALUE(rollout.release, id_of(flow.api, "release", rollout.release));
    }
    Api::Body body;
    json::Writer writer(body.bytes);
    writer.begin_object().member("name", rollout.name);
    if (rollout.floor.empty())
        writer.member("release", rollout.release);
    else
        writer.member("floor", rollout.floor);
    if (!rollout.query.empty()) writer.member("query", rollout.query);
    if (!rollout.care.empty()) writer.member("care", rollout.care);
    if (!rollout.first.empty()) writer.member("first", rollout.first);
    if (!rollout.priority.empty()) writer.member("priority", rollout.priority);
    if (!rollout.at.empty()) writer.member("starts_at", rollout.at);
    if (!rollout.waves.empty()) {
        writer.key("waves").begin_array();
        for (const std::string& text : rollout.waves) {
            TRY_VALUE(const rollout::Wave wave, wave_of(text));
            writer.begin_object().member("name", wave.name).member("share_ppm", wave.share_ppm);
            if (!wave.query.empty()) writer.member("query", wave.query);
            if (rollout.gate.given()) write_gate(writer, rollout.gate);
            writer.end_object();
        }
        writer.end_array();
    }
    if (rollout.max_in_flight > 0 || rollout.per_minute > 0) {
        writer.key("pace").begin_object();
        if (rollout.max_in_flight > 0) writer.member("max_in_flight", rollout.max_in_flight);
        if (rollout.per_minute > 0) writer.member("per_minute", rollout.per_minute);
        writer.end_object();
    }
    if (rollout.soak_seconds >= 0) writer.member("soak_seconds", rollout.soak_seconds);
    if (rollout.step_timeout_seconds >= 0)
        writer.member("step_timeout_seconds", rollout.step_timeout_seconds);
    writer.end_object();
    if (flow.dry_run && !rollout.floor.empty()) return show_floor_calls(flow, rollout.floor, body.bytes);
    if (flow.dry_run) {
        TRY_VALUE(const json::Value preview,
                  flow.api.get(target("/api/v1/query/preview", {{"query", rollout.query}})));
        flow.console.out(fmt::format(
            "{} devices match, {} cannot be told. Nothing was created; the request would be:\n{}\n",
            static_cast<long long>(number_at(preview, "/count")),
            static_cast<long long>(number_at(preview, "/unknown")), body.bytes));
        return {};
    }
    TRY_VALUE(json::Value created, flow.api.call(Method::post, "/api/v1/rollouts", &body));
    if (rollout.start) {
        Api::Body why;
        json::Writer(why.bytes)
            .begin_object()
            .member("why", rollout.why.empty() ? "started with its creation" : rollout.why)
            .end_object();
        TRY_VALUE(created,
                  flow.api.call(Method::post,
                                "/api/v1/rollouts/" + text_at(created, "/id") + "/actions/start", &why));
    }
    flow.shown.object(
        {{"", "/sentence"}, {"id", "/id"}, {"state", "/state"}, {"in scope", "/in_scope", Format::integer}},
        created);
    const auto warnings = created.array_at("warnings");
    if (!warnings.ok()) return {};
    for (const json::Value& warning : warnings->items())
        flow.console.err("warning: " + printable(std::string(warning.text())) + "\n");
    return {};
}

base::Status watch_rollout(const Flow& flow, const std::string& given) {
    TRY_VALUE(const std::string id, id_of(flow.api, "rollout", given));
    std::string last;
    for (;;) {
        TRY_VALUE(const json::Value rollout, flow.api.get("/api/v1/rollouts/" + encode(id)));
        const std::string state = text_at(rollout, "/state");
        const std::string line =
            fmt::format("{}: {} started, {} verified, {} failed, {} rolled back, {} silent; {}\n", state,
                        static_cast<long long>(number_at(rollout, "/totals/started")),
                        static_cast<long long>(number_at(rollout, "/totals/verified")),
                        static_cast<long long>(number_at(rollout, "/totals/failed")),
                        static_cast<long long>(number_at(rollout, "/totals/rolled_back")),
                        static_cast<long long>(number_at(rollout, "/totals/silent")),
                        printable(text_at(rollout, "/sentence")));
        // As JSON one line a change, for programs that follow along.
        if (line != last)
            flow.console.out(flow.shown.output == Output::json ? std::string(rollout.source()) + "\n" : line);
        last = line;
        if (state == "settled" || state == "finished" || state == "rolled_back" || state == "aborted")
            return {};
        if (state == "halted")
            return base::conflict("the rollout is halted: " + text_at(rollout, "/state_reason"));
        flow.console.wait(std::chrono::seconds(1));
    }
}

} // namespace oakum::cli
