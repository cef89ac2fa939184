// SPDX-License-Identifier: Apache-2.0
#include <updates/standing.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::updates {
namespace {

constexpr std::size_t max_standing = 64 << 10;
constexpr std::size_t max_text = 8 << 10;

void write(json::Writer& out, std::string_view name, const std::optional<base::TimePoint>& time) {
    if (time) out.member(name, base::unix_ms(*time));
}

base::Result<std::optional<base::TimePoint>> read_time(const json::Value& from, std::string_view name) {
    TRY_VALUE(const auto ms, from.optional_int_at(name));
    if (!ms) return std::optional<base::TimePoint>();
    return std::optional(base::from_unix_ms(*ms));
}

} // namespace

std::string encode(const Standing& standing) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("as_of", base::unix_ms(standing.as_of));
    write(out, "answered", standing.answered);
    write(out, "failing_since", standing.failing_since);
    out.member("failure", standing.failure.substr(0, max_text));
    write(out, "next_poll", standing.next_poll);
    write(out, "next_act", standing.next_act);
    out.member("slot", standing.slot).member("version", standing.version);
    out.member("healthy", standing.health.healthy);
    out.member("detail", standing.health.detail.substr(0, max_text));
    if (!standing.held.empty()) out.member("held", standing.held.substr(0, max_text));
    out.end_object();
    return text;
}

base::Result<Standing> decode_standing(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = max_standing;
    limits.max_depth = 2;
    TRY_VALUE(const json::Value from, json::parse(text, limits));
    Standing standing;
    TRY_VALUE(const auto as_of, read_time(from, "as_of"));
    TRY_VALUE(const auto next_poll, read_time(from, "next_poll"));
    if (!as_of || !next_poll) return from.wrong("as_of and next_poll are needed");
    standing.as_of = *as_of;
    standing.next_poll = *next_poll;
    TRY_VALUE(standing.answered, read_time(from, "answered"));
    TRY_VALUE(standing.failing_since, read_time(from, "failing_since"));
    TRY_VALUE(standing.failure, from.string_at("failure", max_text));
    TRY_VALUE(standing.next_act, read_time(from, "next_act"));
    TRY_VALUE(standing.slot, from.string_at("slot", 16));
    TRY_VALUE(standing.version, from.string_at("version", 256));
    TRY_VALUE(standing.health.healthy, from.bool_at("healthy"));
    TRY_VALUE(standing.health.detail, from.string_at("detail", max_text));
    TRY_VALUE(const auto held, from.optional_string_at("held", max_text));
    standing.held = held.value_or("");
    return standing;
}

bool says_the_same(const Standing& one, const Standing& other) {
    return one.failing_since == other.failing_since && one.slot == other.slot &&
           one.version == other.version && one.health.healthy == other.health.healthy &&
           one.held.empty() == other.held.empty();
}

} // namespace oakum::updates
