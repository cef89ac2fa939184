// SPDX-License-Identifier: Apache-2.0
#include <messages/messages.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::messages {
namespace {

using alarm::Message;
using alarm::Told;

base::Result<Told> told_of(const json::Value& value) {
    Told told;
    TRY_VALUE(const std::string id, value.string_at("id"));
    TRY_VALUE(told.id, alarm::AlarmId::parse(id));
    TRY_VALUE(const std::string kind, value.string_at("kind"));
    TRY_VALUE(told.kind, alarm::parse_kind(kind));
    TRY_VALUE(told.urgent, value.bool_at("urgent"));
    TRY_VALUE(told.what, value.string_at("what"));
    TRY_VALUE(told.remedy, value.string_at("remedy"));
    TRY_VALUE(told.page, value.string_at("page"));
    TRY_VALUE(told.concerns, value.string_at("concerns"));
    TRY_VALUE(told.owner, value.string_at("owner"));
    TRY_VALUE(const std::string opened, value.string_at("opened"));
    TRY_VALUE(told.opened, base::parse_time(opened));
    TRY_VALUE(const auto closed, value.optional_string_at("closed"));
    if (closed) {
        TRY_VALUE(told.closed, base::parse_time(*closed));
    }
    return told;
}

} // namespace

std::string to_stored(const Message& message) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object()
        .member("telling", to_string(message.telling))
        .member("more", message.more)
        .key("alarms");
    writer.begin_array();
    for (const Told& told : message.alarms) {
        writer.begin_object()
            .member("id", told.id.text())
            .member("kind", to_string(told.kind))
            .member("urgent", told.urgent)
            .member("what", told.what)
            .member("remedy", told.remedy)
            .member("page", told.page)
            .member("concerns", told.concerns)
            .member("owner", told.owner)
            .member("opened", base::to_iso8601(told.opened));
        if (told.closed) writer.member("closed", base::to_iso8601(*told.closed));
        writer.end_object();
    }
    writer.end_array().end_object();
    return text;
}

base::Result<Message> from_stored(std::string_view text) {
    const auto read = [&]() -> base::Result<Message> {
        TRY_VALUE(const json::Value value, json::parse(text));
        Message message;
        TRY_VALUE(const std::string telling, value.string_at("telling"));
        TRY_VALUE(message.telling, alarm::parse_telling(telling));
        TRY_VALUE(message.more, value.uint_at("more"));
        TRY_VALUE(const json::Value alarms, value.at("alarms"));
        for (const json::Value& each : alarms.items()) {
            TRY_VALUE(Told told, told_of(each));
            message.alarms.push_back(std::move(told));
        }
        return message;
    };
    auto message = read();
    if (!message.ok())
        return base::corrupt("a message of the outbox cannot be read: " + message.error().text());
    return message;
}

} // namespace oakum::messages
