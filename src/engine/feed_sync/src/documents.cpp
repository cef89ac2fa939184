// SPDX-License-Identifier: Apache-2.0
#include <feed_sync/state.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::feed_sync {

using source::Source;

namespace {

std::optional<std::string> text_of(const std::optional<base::TimePoint>& at) {
    return at ? std::optional(base::to_iso8601(*at)) : std::nullopt;
}

base::Result<std::optional<base::TimePoint>> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const auto text, value.optional_string_at(name));
    if (!text) return std::optional<base::TimePoint>();
    TRY_VALUE(const base::TimePoint at, base::parse_time(*text));
    return std::optional(at);
}

void write(json::Writer& writer, const PartState& part) {
    writer.begin_object()
        .member("kept", part.kept)
        .member("url", part.url)
        .member("etag", part.etag)
        .member("last_modified", part.last_modified)
        .member("until", text_of(part.until))
        .member("whole_at", text_of(part.whole_at))
        .member("whole_records", part.whole_records)
        .member("mark", part.mark)
        .end_object();
}

base::Result<PartState> part_of(const json::Value& value) {
    PartState part;
    TRY_VALUE(part.kept, value.string_at("kept"));
    TRY_VALUE(part.url, value.string_at("url"));
    TRY_VALUE(part.etag, value.string_at("etag"));
    TRY_VALUE(part.last_modified, value.string_at("last_modified"));
    TRY_VALUE(part.until, time_at(value, "until"));
    TRY_VALUE(part.whole_at, time_at(value, "whole_at"));
    TRY_VALUE(part.whole_records, value.uint_at("whole_records"));
    TRY_VALUE(part.mark, value.string_at("mark"));
    return part;
}

} // namespace

std::string to_document(const Source& source) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("kind", source.kind)
        .member("walk", source::to_string(source.walk))
        .member("url", source.url)
        .key("parts")
        .begin_array();
    for (const std::string& part : source.parts)
        writer.value(part);
    writer.end_array()
        .member("every_seconds", source.every.count())
        .member("pause_ms", source.pause.count())
        .member("enabled", source.enabled)
        .member("key", source.key)
        .end_object();
    return text;
}

base::Result<Source> source_of(std::string name, std::string_view document) {
    TRY_VALUE(const json::Value value, json::parse(document));
    Source source;
    source.name = std::move(name);
    TRY_VALUE(source.kind, value.string_at("kind"));
    TRY_VALUE(const std::string walk, value.string_at("walk"));
    TRY_VALUE(source.walk, source::parse_walk(walk));
    TRY_VALUE(source.url, value.string_at("url"));
    TRY_VALUE(const json::Value parts, value.array_at("parts"));
    for (const json::Value& part : parts.items()) {
        TRY_VALUE(std::string text, part.as_string());
        source.parts.push_back(std::move(text));
    }
    TRY_VALUE(const std::int64_t every, value.int_at("every_seconds"));
    TRY_VALUE(const std::int64_t pause, value.int_at("pause_ms"));
    TRY_VALUE(source.enabled, value.bool_at("enabled"));
    TRY_VALUE(source.key, value.string_at("key"));
    source.every = std::chrono::seconds(every);
    source.pause = std::chrono::milliseconds(pause);
    return source;
}

std::string to_document(const SourceState& state) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("tried", text_of(state.tried))
        .member("synced", text_of(state.synced))
        .member("next", text_of(state.next))
        .member("failing", text_of(state.failing))
        .member("failures", state.failures)
        .member("refused", state.refused)
        .member("error", state.error)
        .key("parts")
        .begin_object();
    for (const auto& [name, part] : state.parts) {
        writer.key(name);
        write(writer, part);
    }
    writer.end_object().end_object();
    return text;
}

base::Result<SourceState> state_of(std::string_view document) {
    SourceState state;
    if (document.empty()) return state;
    TRY_VALUE(const json::Value value, json::parse(document));
    TRY_VALUE(state.tried, time_at(value, "tried"));
    TRY_VALUE(state.synced, time_at(value, "synced"));
    TRY_VALUE(state.next, time_at(value, "next"));
    TRY_VALUE(state.failing, time_at(value, "failing"));
    TRY_VALUE(const std::uint64_t failures, value.uint_at("failures", 1'000'000));
    state.failures = static_cast<unsigned>(failures);
    TRY_VALUE(state.refused, value.bool_at("refused"));
    TRY_VALUE(state.error, value.string_at("error"));
    TRY_VALUE(const json::Value parts, value.object_at("parts"));
    for (const json::Value& each : parts.items()) {
        TRY_VALUE(PartState part, part_of(each));
        state.parts.emplace(std::string(each.key()), std::move(part));
    }
    return state;
}

} // namespace oakum::feed_sync
