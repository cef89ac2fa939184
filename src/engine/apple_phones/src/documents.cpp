// SPDX-License-Identifier: Apache-2.0
#include <apple_phones/documents.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::apple_phones {
namespace {

using apple::Command;
using apple::Ended;
using apple::Phone;

constexpr std::size_t kMostItems = 64;

std::int64_t ms(base::TimePoint at) {
    return base::unix_ms(at);
}
std::optional<std::int64_t> ms(const std::optional<base::TimePoint>& at) {
    return at ? std::optional(base::unix_ms(*at)) : std::nullopt;
}

void write(json::Writer& out, const Command& command) {
    out.begin_object()
        .member("uuid", command.uuid)
        .member("kind", apple::to_string(command.kind))
        .member("priority", command.priority)
        .member("made", ms(command.made))
        .member("sent", ms(command.sent))
        .member("put_off", ms(command.put_off))
        .member("times", command.times)
        .member("put_offs", command.put_offs)
        .member("waits", command.waits)
        .end_object();
}
void write(json::Writer& out, const Ended& one) {
    out.begin_object()
        .member("kind", apple::to_string(one.kind))
        .member("at", ms(one.at))
        .member("words", one.words)
        .end_object();
}

base::Result<base::TimePoint> time_at(const json::Value& value, std::string_view name) {
    TRY_VALUE(const std::int64_t at, value.int_at(name));
    return base::from_unix_ms(at);
}
base::Result<std::optional<base::TimePoint>> optional_time_at(const json::Value& value,
                                                              std::string_view name) {
    TRY_VALUE(const auto at, value.optional_int_at(name));
    return at ? std::optional(base::from_unix_ms(*at)) : std::nullopt;
}
base::Result<apple::Kind> kind_at(const json::Value& value) {
    TRY_VALUE(const std::string name, value.string_at("kind"));
    const auto kind = apple::parse_kind(name);
    if (!kind) return value.wrong("a command of a kind that is not known");
    return *kind;
}

base::Result<Command> command_of(const json::Value& value) {
    Command command;
    TRY_VALUE(command.uuid, value.string_at("uuid"));
    TRY_VALUE(command.kind, kind_at(value));
    TRY_VALUE(const auto priority, value.uint_at("priority", 1000));
    TRY_VALUE(const auto times, value.uint_at("times", 1'000'000));
    TRY_VALUE(const auto put_offs, value.uint_at("put_offs", UINT32_MAX));
    command.priority = static_cast<std::uint32_t>(priority);
    command.times = static_cast<std::uint32_t>(times);
    command.put_offs = static_cast<std::uint32_t>(put_offs);
    TRY_VALUE(command.made, time_at(value, "made"));
    TRY_VALUE(command.sent, optional_time_at(value, "sent"));
    TRY_VALUE(command.put_off, optional_time_at(value, "put_off"));
    TRY_VALUE(command.waits, value.bool_at("waits"));
    return command;
}
base::Result<Ended> ended_of(const json::Value& value) {
    Ended one;
    TRY_VALUE(one.kind, kind_at(value));
    TRY_VALUE(one.at, time_at(value, "at"));
    TRY_VALUE(one.words, value.string_at("words"));
    return one;
}

base::Result<apple::State> state_at(const json::Value& value) {
    TRY_VALUE(const std::string name, value.string_at("state"));
    for (const auto state : {apple::State::begun, apple::State::enrolled, apple::State::left})
        if (apple::to_string(state) == name) return state;
    return value.wrong("a state that is not known");
}

base::Result<Phone> read_phone(const json::Value& value) {
    Phone phone;
    TRY_VALUE(phone.enrolment, value.string_at("enrolment"));
    TRY_VALUE(phone.profile, value.string_at("profile"));
    TRY_VALUE(phone.certificate, value.string_at("certificate"));
    TRY_VALUE(phone.personal, value.bool_at("personal"));
    TRY_VALUE(phone.by_user, value.bool_at("by_user"));
    TRY_VALUE(phone.state, state_at(value));
    TRY_VALUE(phone.since, time_at(value, "since"));
    TRY_VALUE(phone.topic, value.string_at("topic"));
    TRY_VALUE(phone.token, value.string_at("token"));
    TRY_VALUE(phone.magic, value.string_at("magic"));
    TRY_VALUE(phone.asked, optional_time_at(value, "asked"));
    TRY_VALUE(phone.signed_at, optional_time_at(value, "signed_at"));
    TRY_VALUE(phone.declared, optional_time_at(value, "declared"));
    apple::Enforced enforced;
    TRY_VALUE(enforced.version, value.string_at("version"));
    TRY_VALUE(enforced.until, value.string_at("until"));
    if (!enforced.version.empty()) phone.enforced = std::move(enforced);
    TRY_VALUE(const json::Value signatures, value.array_at("signatures", kMostItems));
    for (const json::Value& one : signatures.items()) {
        TRY_VALUE(std::string text, one.as_string());
        phone.signatures.push_back(std::move(text));
    }
    TRY_VALUE(const json::Value queue, value.array_at("queue", kMostItems));
    for (const json::Value& one : queue.items()) {
        TRY_VALUE(Command command, command_of(one));
        phone.queue.push_back(std::move(command));
    }
    TRY_VALUE(const json::Value ended, value.array_at("ended", kMostItems));
    for (const json::Value& one : ended.items()) {
        TRY_VALUE(Ended last, ended_of(one));
        phone.ended.push_back(std::move(last));
    }
    return phone;
}

// What is in the store is ours: what cannot be read is damage.
template <class T>
base::Result<T> kept(std::string_view document, base::Result<T> (*read)(const json::Value&),
                     const char* what) {
    auto value = json::parse(document);
    auto made = value.ok() ? read(*value) : base::Result<T>(value.error());
    if (!made.ok())
        return base::corrupt(std::string("the record of ") + what +
                             " cannot be read: " + made.error().text());
    return made;
}

base::Result<ProfileRecord> read_profile(const json::Value& value) {
    ProfileRecord record;
    TRY_VALUE(record.label, value.string_at("label"));
    TRY_VALUE(record.group, value.string_at("group"));
    TRY_VALUE(record.by, value.string_at("by"));
    TRY_VALUE(record.identifier, value.string_at("identifier"));
    TRY_VALUE(record.personal, value.bool_at("personal"));
    TRY_VALUE(record.made, time_at(value, "made"));
    TRY_VALUE(record.expires, time_at(value, "expires"));
    TRY_VALUE(record.key, value.string_at("key"));
    TRY_VALUE(record.certificate, value.string_at("certificate"));
    return record;
}

base::Result<CertificateRecord> read_certificate(const json::Value& value) {
    CertificateRecord record;
    TRY_VALUE(record.profile, value.string_at("profile"));
    TRY_VALUE(record.name, value.string_at("name"));
    TRY_VALUE(record.group, value.string_at("group"));
    TRY_VALUE(record.personal, value.bool_at("personal"));
    TRY_VALUE(record.not_after, time_at(value, "not_after"));
    TRY_VALUE(record.enrolment, value.string_at("enrolment"));
    TRY_VALUE(record.device, value.string_at("device"));
    TRY_VALUE(record.serial, value.string_at("serial"));
    return record;
}

} // namespace

std::string to_document(const ProfileRecord& record) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("label", record.label)
        .member("group", record.group)
        .member("by", record.by)
        .member("identifier", record.identifier)
        .member("personal", record.personal)
        .member("made", ms(record.made))
        .member("expires", ms(record.expires))
        .member("key", record.key)
        .member("certificate", record.certificate)
        .end_object();
    return text;
}

std::string to_document(const CertificateRecord& record) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("profile", record.profile)
        .member("name", record.name)
        .member("group", record.group)
        .member("personal", record.personal)
        .member("not_after", ms(record.not_after))
        .member("enrolment", record.enrolment)
        .member("device", record.device)
        .member("serial", record.serial)
        .end_object();
    return text;
}

std::string to_document(const Phone& phone) {
    std::string text;
    json::Writer out(text);
    out.begin_object()
        .member("enrolment", phone.enrolment)
        .member("profile", phone.profile)
        .member("certificate", phone.certificate)
        .member("personal", phone.personal)
        .member("by_user", phone.by_user)
        .member("state", apple::to_string(phone.state))
        .member("since", ms(phone.since))
        .member("topic", phone.topic)
        .member("token", phone.token)
        .member("magic", phone.magic)
        .member("asked", ms(phone.asked))
        .member("signed_at", ms(phone.signed_at))
        .member("declared", ms(phone.declared))
        .member("version", phone.enforced ? phone.enforced->version : "")
        .member("until", phone.enforced ? phone.enforced->until : "");
    out.key("signatures").begin_array();
    for (const std::string& one : phone.signatures)
        out.value(one);
    out.end_array().key("queue").begin_array();
    for (const Command& one : phone.queue)
        write(out, one);
    out.end_array().key("ended").begin_array();
    for (const Ended& one : phone.ended)
        write(out, one);
    out.end_array().end_object();
    return text;
}

base::Result<ProfileRecord> profile_of(std::string_view document) {
    return kept(document, read_profile, "a profile");
}
base::Result<CertificateRecord> certificate_of(std::string_view document) {
    return kept(document, read_certificate, "a phone's certificate");
}
base::Result<Phone> phone_of(std::string_view document) {
    return kept(document, read_phone, "a phone");
}

} // namespace oakum::apple_phones
