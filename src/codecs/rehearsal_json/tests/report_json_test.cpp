// SPDX-License-Identifier: Apache-2.0
#include <rehearsal_json/report_json.hpp>

#include <json/parse.hpp>
#include <rollout/preset.hpp>

#include <doctest/doctest.h>
#include <fstream>
#include <sstream>

using namespace oakum;

namespace {

json::Value parsed(const std::string& text) {
    return json::parse(text, {.max_bytes = 4 << 20, .max_values = 100'000, .floats = true}).value();
}

json::Value schema() {
    std::ostringstream text;
    text << std::ifstream(std::string(OAKUM_SOURCE_DIR) + "/docs/rehearsal.schema.json", std::ios::binary)
                .rdbuf();
    return parsed(text.str());
}

std::string type_of(const json::Value& value) {
    if (value.is_object()) return "object";
    if (value.is_array()) return "array";
    if (value.is_string()) return "string";
    const std::string source(value.source());
    if (source == "null") return "null";
    if (source == "true" || source == "false") return "boolean";
    return source.find_first_of(".eE") == std::string::npos ? "integer" : "number";
}

bool has_type(const json::Value& wanted, const std::string& type) {
    const auto is = [&](std::string_view word) {
        return word == type || (word == "number" && type == "integer");
    };
    if (wanted.is_string()) return is(wanted.text());
    for (const json::Value& each : wanted.items())
        if (is(each.text())) return true;
    return false;
}

// What of the schema's words the published one uses. Wrong places are told.
void hold(const json::Value& whole, const json::Value& rule, const json::Value& value,
          const std::string& place) {
    INFO(place);
    if (const auto reference = rule.find("$ref")) {
        const std::string name(reference->text());
        return hold(whole, whole.at("$defs")->at(name.substr(name.rfind('/') + 1)).value(), value, place);
    }
    if (const auto type = rule.find("type")) CHECK(has_type(*type, type_of(value)));
    if (const auto least = rule.find("minimum"))
        CHECK(value.as_double().value_or(0) >= least->as_double().value());
    if (value.is_array()) {
        if (const auto least = rule.find("minItems")) CHECK(value.size() >= least->as_double().value());
        if (const auto most = rule.find("maxItems")) CHECK(value.size() <= most->as_double().value());
        std::size_t i = 0;
        for (const json::Value& item : value.items())
            hold(whole, rule.find("items").value(), item, place + "/" + std::to_string(i++));
    }
    if (!value.is_object()) return;
    const json::Value properties = rule.find("properties").value();
    for (const json::Value& member : value.items()) {
        const auto known = properties.find(member.key());
        REQUIRE_MESSAGE(known.has_value(), place, " has ", std::string(member.key()));
        hold(whole, *known, member, place + "/" + std::string(member.key()));
    }
    for (const json::Value& name : rule.find("required")->items())
        CHECK_MESSAGE(value.find(name.text()).has_value(), place, " lacks ", std::string(name.text()));
}

} // namespace

TEST_CASE("what is written keeps the published schema, whatever came of the rehearsal") {
    const json::Value rules = schema();
    for (const std::uint32_t devices : {0U, 30U, 900U})
        for (const bool synthetic : {false, true}) {
            rehearsal::Report report;
            report.name = "spring \"1\"";
            report.release = "gateway@1.5.0";
            report.setting.plan = rollout::preset(rollout::Care::normal);
            report.fleet.synthetic = synthetic;
            if (devices == 30) report.conditions.person_after.reset();
            report.warnings = {"Only so many were read."};
            rehearsal::Scene scene;
            scene.plan = report.setting.plan;
            scene.horizon = 5 * 86'400;
            scene.models = {"A"};
            scene.openings.emplace_back();
            scene.openings[0].until = scene.openings[0].from + std::chrono::hours(24 * 90);
            scene.openings[0].open.push_back({scene.openings[0].from, scene.openings[0].until});
            scene.kinds.push_back({.turn = 300, .points = synthetic ? 0.0F : 2.5F});
            scene.kind_of.assign(devices, 0);
            report.play(scene, 2);
            std::string text;
            json::Writer writer(text);
            rehearsal_json::write_report(writer, report);
            CHECK(writer.complete());
            hold(rules, rules.at("$defs")->at("rehearsal").value(), parsed(text), "");
        }
}
