// SPDX-License-Identifier: Apache-2.0
#include "plan_forms.hpp"

#include "api.hpp"

#include <budget_files/budget_json.hpp>
#include <device/query.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>
#include <rollout/preset.hpp>
#include <schedule_files/rule_json.hpp>

namespace oakum::cli {
namespace {

std::int64_t seconds(base::Duration duration) {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

rollout::Care care_of(const json::Value& body) {
    const std::string word = text_at(body, "/care");
    return word == "careful"  ? rollout::Care::careful
           : word == "urgent" ? rollout::Care::urgent
                              : rollout::Care::normal;
}

void write_gate(json::Writer& writer, const rollout::Gate& gate) {
    writer.begin_object()
        .member("minimum", gate.minimum)
        .member("tolerated_failure_ppm", gate.tolerated_failure_ppm)
        .member("halt_error_ppm", gate.halt_error_ppm)
        .member("proceed_error_ppm", gate.proceed_error_ppm)
        .member("hard_stop", gate.hard_stop)
        .member("unproven", rollout::to_string(gate.unproven))
        .member("soak_seconds", seconds(gate.soak))
        .end_object();
}

void write_pace(json::Writer& writer, const rollout::Pace& pace) {
    if (pace == rollout::Pace{}) return;
    writer.key("pace").begin_object();
    for (const auto& [name, limit] :
         {std::pair("max_in_flight", pace.max_in_flight), std::pair("per_minute", pace.per_minute),
          std::pair("doubles_after_minutes", pace.doubles_after_minutes),
          std::pair("up_to_per_minute", pace.up_to_per_minute)})
        if (limit > 0) writer.member(name, limit);
    writer.end_object();
}

// Of an object that may have one; without a pace: `otherwise`.
rollout::Pace pace_in(const json::Value& value, const rollout::Pace& otherwise = {}) {
    if (!value.find("pace")) return otherwise;
    const auto limit = [&](const char* name) {
        return static_cast<std::uint32_t>(number_at(value, std::string("/pace/") + name));
    };
    return {limit("max_in_flight"), limit("per_minute"), limit("doubles_after_minutes"),
            limit("up_to_per_minute")};
}

// A member as it stands, else what the plan's care says.
void take(json::Writer& writer, const json::Value& from, std::string_view name, std::int64_t otherwise) {
    const auto found = from.find(name);
    writer.key(name);
    if (found)
        writer.raw(found->source());
    else
        writer.value(otherwise);
}

void write_waves(json::Writer& writer, const json::Value& body, rollout::Plan preset) {
    if (const std::string first = text_at(body, "/first"); !first.empty())
        preset.waves.insert(preset.waves.begin(), rollout::first_wave(first, preset));
    const rollout::Pace pace = pace_in(body);
    writer.key("waves").begin_array();
    const auto waves = body.find("waves");
    if (waves) {
        for (const json::Value& wave : waves->items()) {
            writer.begin_object().member("name", text_at(wave, "/name"));
            writer.key("share_ppm").raw(wave.find("share_ppm")->source());
            if (const std::string query = text_at(wave, "/query"); !query.empty())
                writer.member("query", query);
            writer.key("gate");
            if (const auto gate = wave.find("gate"))
                writer.raw(gate->source());
            else
                write_gate(writer, preset.waves.front().gate);
            write_pace(writer, pace_in(wave, pace));
            writer.end_object();
        }
    } else {
        for (const rollout::Wave& wave : preset.waves) {
            writer.begin_object().member("name", wave.name).member("share_ppm", wave.share_ppm);
            if (!wave.query.empty()) writer.member("query", wave.query);
            writer.key("gate");
            write_gate(writer, wave.gate);
            write_pace(writer, pace);
            writer.end_object();
        }
    }
    writer.end_array();
}

json::Value full_rollout(const json::Value& body) {
    const rollout::Plan preset = rollout::preset(care_of(body));
    std::string bytes;
    json::Writer writer(bytes);
    writer.begin_object();
    for (const char* name : {"kind", "name", "release", "query", "priority"})
        writer.member(name, text_at(body, std::string("/") + name));
    write_waves(writer, body, preset);
    take(writer, body, "soak_seconds", seconds(preset.soak));
    take(writer, body, "step_timeout_seconds", seconds(preset.step_timeout));
    writer.key("max_attempts").raw(body.find("max_attempts")->source());
    writer.key("rollback_on_halt").raw(body.find("rollback_on_halt")->source());
    if (const auto starts = base::parse_time(text_at(body, "/starts_at")); starts.ok())
        writer.member("starts_at", base::to_iso8601(*starts));
    writer.end_object();
    return json::parse(bytes).value();
}

json::Value parsed(const std::string& bytes) {
    return json::parse(bytes).value();
}

json::Value with_kind(std::string_view kind, const std::string& object) {
    return parsed("{\"kind\":\"" + std::string(kind) + "\"," + object.substr(1));
}

void flatten(const json::Value& value, const std::string& place, std::map<std::string, std::string>& into) {
    if (!value.is_array() && !value.is_object()) {
        into.emplace(place, value.is_string() ? std::string(value.text()) : std::string(value.source()));
        return;
    }
    std::size_t i = 0;
    for (const json::Value& item : value.items())
        flatten(item, place + "/" + (value.is_object() ? std::string(item.key()) : std::to_string(i++)),
                into);
}

} // namespace

base::Result<json::Value> full_form(const plan_files::Document& document) {
    if (const auto query = device::parse_query(text_at(document.body, "/query")); !query.ok())
        return base::Error(query.error()).at("/query ");
    if (document.kind == "rollout") {
        const std::string starts = text_at(document.body, "/starts_at");
        if (!starts.empty() && !base::parse_time(starts).ok())
            return base::invalid("\"starts_at\" is a time like 2026-11-30T22:00:00Z, not \"" + starts + "\"")
                .at("/starts_at");
        const std::string first = text_at(document.body, "/first");
        if (const auto query = device::parse_query(first); !query.ok())
            return base::Error(query.error()).at("/first ");
        if (const auto waves = document.body.find("waves")) {
            if (!first.empty())
                return base::invalid(
                           "\"first\" comes before the waves of \"care\"; with waves of your own, make "
                           "it the first of them")
                    .at("/first");
            std::size_t i = 0;
            for (const json::Value& wave : waves->items()) {
                const auto query = device::parse_query(text_at(wave, "/query"));
                const std::string place = "/waves/" + std::to_string(i++) + "/query ";
                if (!query.ok()) return base::Error(query.error()).at(place);
            }
        }
        return full_rollout(document.body);
    }
    std::string bytes;
    json::Writer writer(bytes);
    if (document.kind == "budget") {
        TRY_VALUE(const budget::Budget budget,
                  budget_files::read_budget(parsed(request_of(document.body, ""))));
        budget_files::write_budget(writer, budget);
        return with_kind("budget", bytes);
    }
    TRY_VALUE(const schedule::Rule rule, schedule_files::read_rule(document.body));
    schedule_files::write_rule(writer, rule);
    return parsed(bytes);
}

base::Result<rollout::Plan> plan_of(const json::Value& form) {
    const auto number = [](const json::Value& from, std::string_view pointer) {
        return static_cast<std::uint32_t>(number_at(from, pointer));
    };
    const auto time = [](const json::Value& from, std::string_view pointer) {
        return std::chrono::seconds(static_cast<std::int64_t>(number_at(from, pointer)));
    };
    rollout::Plan plan;
    plan.name = text_at(form, "/name");
    plan.query = text_at(form, "/query");
    plan.soak = time(form, "/soak_seconds");
    plan.step_timeout = time(form, "/step_timeout_seconds");
    plan.max_attempts = number(form, "/max_attempts");
    plan.rollback_on_halt = flag_at(form, "/rollback_on_halt");
    if (const auto starts = base::parse_time(text_at(form, "/starts_at")); starts.ok()) plan.starts = *starts;
    for (const json::Value& each : form.find("waves")->items()) {
        rollout::Wave& wave = plan.waves.emplace_back();
        wave.name = text_at(each, "/name");
        wave.share_ppm = number(each, "/share_ppm");
        wave.query = text_at(each, "/query");
        wave.gate.minimum = number(each, "/gate/minimum");
        wave.gate.tolerated_failure_ppm = number(each, "/gate/tolerated_failure_ppm");
        wave.gate.halt_error_ppm = number(each, "/gate/halt_error_ppm");
        wave.gate.proceed_error_ppm = number(each, "/gate/proceed_error_ppm");
        wave.gate.hard_stop = number(each, "/gate/hard_stop");
        TRY_VALUE(wave.gate.unproven, rollout::parse_unproven(text_at(each, "/gate/unproven", "ask")));
        wave.gate.soak = time(each, "/gate/soak_seconds");
        wave.pace = pace_in(each);
    }
    // What a file leaves to the server is what the domain takes.
    plan.release = rollout::ReleaseId(base::Id128{0, 1});
    return plan;
}

json::Value form_of_rollout(const json::Value& rollout) {
    std::string bytes;
    json::Writer writer(bytes);
    writer.begin_object()
        .member("kind", "rollout")
        .member("name", text_at(rollout, "/name"))
        .member("release", text_at(rollout, "/release/name") + "@" + text_at(rollout, "/release/version"))
        .member("query", text_at(rollout, "/plan/query"))
        .member("priority", text_at(rollout, "/priority", "normal"));
    for (const char* name :
         {"waves", "soak_seconds", "step_timeout_seconds", "max_attempts", "rollback_on_halt", "starts_at"})
        if (const auto found = at(rollout, std::string("/plan/") + name))
            writer.key(name).raw(found->source());
    writer.end_object();
    return parsed(bytes);
}

json::Value form_of_schedule(const json::Value& schedule) {
    return *schedule.find("rule");
}
json::Value form_of_budget(const json::Value& budget) {
    return with_kind("budget", std::string(budget.find("rule")->source()));
}

std::string request_of(const json::Value& form, const std::string& release_id) {
    const std::string kind = text_at(form, "/kind");
    const bool scheduled = kind == "window" || kind == "freeze";
    std::string bytes;
    json::Writer writer(bytes);
    writer.begin_object();
    for (const json::Value& member : form.items()) {
        if (member.key() == "kind" && !scheduled) continue;
        writer.key(member.key());
        if (member.key() == "release" && !release_id.empty())
            writer.value(release_id);
        else
            writer.raw(member.source());
    }
    writer.end_object();
    return bytes;
}

std::vector<Difference> differences(const json::Value& now, const json::Value& file) {
    std::map<std::string, std::string> old, fresh;
    flatten(now, "", old);
    flatten(file, "", fresh);
    std::vector<Difference> all;
    for (const auto& [place, text] : old) {
        const auto found = fresh.find(place);
        if (found == fresh.end())
            all.push_back({place, text, ""});
        else if (found->second != text)
            all.push_back({place, text, found->second});
    }
    for (const auto& [place, text] : fresh)
        if (!old.contains(place)) all.push_back({place, "", text});
    return all;
}

} // namespace oakum::cli
