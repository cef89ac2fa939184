// SPDX-License-Identifier: Apache-2.0
#include <floor_files/floor_json.hpp>

#include <json/parse.hpp>

#include <array>

namespace oakum::floor_files {
namespace {

using floor::Exception;
using floor::Floor;
using floor::Hours;
using floor::Policy;

constexpr std::size_t kMostSteps = 16;

std::string two(std::uint32_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

base::Result<base::TimePoint> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const std::string text, value.string_at(name, 40));
    return base::parse_time(text);
}

void write_exception(json::Writer& writer, const Exception& one) {
    writer.begin_object()
        .member("number", one.number)
        .member("query", one.query)
        .member("reason", one.reason)
        .member("asked_by", one.asked_by)
        .member("until", base::to_iso8601(one.until))
        .member("state", exception::to_string(one.state))
        .key("history")
        .begin_array();
    for (const exception::Step& step : one.history)
        writer.begin_object()
            .member("at", base::to_iso8601(step.at))
            .member("to", exception::to_string(step.to))
            .member("actor", step.actor)
            .member("why", step.why)
            .end_object();
    writer.end_array().end_object();
}

base::Result<Exception> read_exception(const json::Value& value) {
    Exception one;
    TRY_VALUE(const std::uint64_t number, value.uint_at("number", 1'000'000));
    one.number = static_cast<std::uint32_t>(number);
    TRY_VALUE(one.query, value.string_at("query", 8192));
    TRY_VALUE(one.reason, value.string_at("reason", 1024));
    TRY_VALUE(one.asked_by, value.string_at("asked_by", 512));
    TRY_VALUE(one.until, time_at(value, "until"));
    TRY_VALUE(const std::string state, value.string_at("state", 32));
    TRY_VALUE(one.state, exception::parse_state(state));
    TRY_VALUE(const json::Value history, value.array_at("history", kMostSteps));
    for (const json::Value& each : history.items()) {
        exception::Step step;
        TRY_VALUE(step.at, time_at(each, "at"));
        TRY_VALUE(const std::string to, each.string_at("to", 32));
        TRY_VALUE(step.to, exception::parse_state(to));
        TRY_VALUE(step.actor, each.string_at("actor", 512));
        TRY_VALUE(step.why, each.string_at("why", 1024));
        one.history.push_back(std::move(step));
    }
    return one;
}

} // namespace

base::Result<Hours> parse_hours(std::string_view text) {
    std::array<std::uint32_t, 4> numbers{};
    constexpr std::string_view kShape = "00:00-00:00";
    bool sound = text.size() == kShape.size();
    for (std::size_t i = 0; sound && i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        sound = kShape[i] == '0' ? digit : text[i] == kShape[i];
        if (sound && digit) {
            std::uint32_t& number = numbers[i / 3];
            number = number * 10 + static_cast<std::uint32_t>(text[i] - '0');
        }
    }
    if (!sound || numbers[0] > 23 || numbers[2] > 23 || numbers[1] > 59 || numbers[3] > 59)
        return base::invalid("hours of the day are such as 22:00-05:00");
    return Hours{numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]};
}

std::string to_text(const Hours& hours) {
    return two(hours.from / 60) + ":" + two(hours.from % 60) + "-" + two(hours.to / 60) + ":" +
           two(hours.to % 60);
}

base::Result<Policy> read_policy(const json::Value& value) {
    TRY(value.only({"name", "platform", "query", "version", "patch_level", "latest", "days", "exploited_days",
                    "hour", "zone_if_unknown", "install", "accepts_unoffered", "why"}));
    Policy policy;
    struct Text {
        std::string_view name;
        std::string& into;
        std::size_t most;
    };
    for (const Text& text :
         {Text{"query", policy.query, 4096}, Text{"version", policy.version, 64},
          Text{"patch_level", policy.patch_level, 16}, Text{"zone_if_unknown", policy.zone_if_unknown, 64},
          Text{"why", policy.why, 1024}}) {
        TRY_VALUE(auto given, value.optional_string_at(text.name, text.most));
        if (given) text.into = *std::move(given);
    }
    TRY_VALUE(policy.name, value.string_at("name", 40));
    TRY_VALUE(policy.platform, value.string_at("platform", 16));
    struct Number {
        std::string_view name;
        std::uint32_t& into;
        std::uint64_t most;
    };
    for (const Number& number : {Number{"days", policy.days, 365}, Number{"hour", policy.hour, 23}}) {
        TRY_VALUE(const auto given, value.optional_uint_at(number.name, number.most));
        if (given) number.into = static_cast<std::uint32_t>(*given);
    }
    TRY_VALUE(const auto exploited, value.optional_uint_at("exploited_days", 365));
    policy.exploited_days =
        exploited ? static_cast<std::uint32_t>(*exploited) : std::min(policy.exploited_days, policy.days);
    TRY_VALUE(const auto latest, value.optional_bool_at("latest"));
    policy.latest = latest.value_or(false);
    TRY_VALUE(const auto accepts, value.optional_bool_at("accepts_unoffered"));
    policy.accepts_unoffered = accepts.value_or(false);
    TRY_VALUE(const auto install, value.optional_string_at("install", 16));
    if (install && !install->empty()) {
        auto hours = parse_hours(*install);
        if (!hours.ok()) return std::move(hours).error().at("/install");
        policy.install = *hours;
    }
    TRY(floor::check(policy));
    return policy;
}

void write_policy(json::Writer& writer, const Policy& policy) {
    writer.begin_object()
        .member("name", policy.name)
        .member("platform", policy.platform)
        .member("query", policy.query)
        .member("version", policy.version)
        .member("patch_level", policy.patch_level)
        .member("latest", policy.latest)
        .member("days", policy.days)
        .member("exploited_days", policy.exploited_days)
        .member("hour", policy.hour)
        .member("zone_if_unknown", policy.zone_if_unknown)
        .member("install", policy.install ? to_text(*policy.install) : "")
        .member("accepts_unoffered", policy.accepts_unoffered)
        .member("why", policy.why)
        .end_object();
}

base::Result<Floor> read_floor(std::string_view text) {
    TRY_VALUE(const json::Value value, json::parse(text));
    Floor floor;
    TRY_VALUE(const json::Value policy, value.object_at("policy"));
    TRY_VALUE(floor.policy, read_policy(policy));
    TRY_VALUE(const std::uint64_t version, value.uint_at("version", 0xFFFFFFFF));
    floor.version = static_cast<std::uint32_t>(version);
    TRY_VALUE(floor.set, time_at(value, "set"));
    TRY_VALUE(floor.since, time_at(value, "since"));
    TRY_VALUE(floor.by, value.string_at("by", 512));
    TRY_VALUE(const json::Value exceptions, value.array_at("exceptions", floor::kMostExceptions));
    for (const json::Value& each : exceptions.items()) {
        TRY_VALUE(Exception one, read_exception(each));
        floor.exceptions.push_back(std::move(one));
    }
    return floor;
}

std::string write_floor(const Floor& floor) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("policy");
    write_policy(writer, floor.policy);
    writer.member("version", floor.version)
        .member("set", base::to_iso8601(floor.set))
        .member("since", base::to_iso8601(floor.since))
        .member("by", floor.by)
        .key("exceptions")
        .begin_array();
    for (const Exception& one : floor.exceptions)
        write_exception(writer, one);
    writer.end_array().end_object();
    return text;
}

} // namespace oakum::floor_files
