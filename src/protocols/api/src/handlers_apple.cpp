// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "encode.hpp"
#include "routes.hpp"

#include <api/apple_service.hpp>

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

base::Result<AppleProfileNew> decode_profile(const json::Value& body) {
    TRY(body.only({"label", "group", "personal", "trusted_already", "expires_in_hours"}));
    AppleProfileNew wish;
    TRY_VALUE(wish.label, body.string_at("label", 100));
    TRY_VALUE(const auto group, body.optional_string_at("group", 64));
    if (group && !group->empty()) {
        auto id = device::GroupId::parse(*group);
        if (!id.ok()) return std::move(id).error().at("/group");
        wish.group = *id;
    }
    TRY_VALUE(const auto personal, body.optional_bool_at("personal"));
    TRY_VALUE(const auto trusted, body.optional_bool_at("trusted_already"));
    TRY_VALUE(const auto hours, body.optional_int_at("expires_in_hours", 1, 720));
    wish.personal = personal.value_or(false);
    wish.trusted_already = trusted.value_or(false);
    if (hours) wish.hours = static_cast<std::uint32_t>(*hours);
    return wish;
}

} // namespace

void write(Out& o, const AppleManagement& v) {
    object(o, [&] {
        o("on", v.on)("weak_scep", v.weak_scep)("sentence", v.sentence)("address", v.address);
        o("topic", v.topic)("push_expires", v.push_expires)("phones", v.phones);
    });
}
void write(Out& o, const AppleProfile& v) {
    object(o,
           [&] { o("label", v.label)("profile", v.profile)("expires", v.expires)("warnings", v.warnings); });
}
void write(Out& o, const ApplePhone::Command& v) {
    object(o, [&] {
        o("kind", v.kind)("words", v.words)("made", v.made)("sent", v.sent)("put_off", v.put_off);
        o("times", v.times)("put_offs", v.put_offs);
    });
}
void write(Out& o, const ApplePhone::Answer& v) {
    object(o, [&] { o("kind", v.kind)("at", v.at)("error", v.error); });
}
void write(Out& o, const ApplePhone& v) {
    object(o, [&] {
        o("device", v.device)("state", v.state)("since", v.since)("personal", v.personal);
        o("wakes", v.wakes)("asked", v.asked)("certificate_expires", v.certificate_expires);
        o("waiting", v.waiting)("answers", v.answers);
    });
}

void get_apple(Context& context, Call call) {
    context.services.apple.get(call.actor(), answer_json<AppleManagement>(call));
}

void list_apple_phones(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.apple.phones(call.actor(), [reply = call.reply, list = list_of(call),
                                                 page = *page](base::Result<std::vector<ApplePhone>> phones) {
        if (!phones.ok()) return reply.problem(phones.error());
        const Page<ApplePhone> piece = cut(std::move(*phones), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void make_apple_profile(Context& context, Call call) {
    BODY(wish, kSmall, decode_profile);
    context.services.apple.make_profile(call.actor(), std::move(*wish), answer_json<AppleProfile>(call, 201));
}

void ask_apple_phone(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    context.services.apple.ask(call.actor(), *id, [reply = call.reply](base::Result<base::Nothing> done) {
        if (!done.ok()) return reply.problem(done.error());
        reply.nothing();
    });
}

void release_apple_phone(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    context.services.apple.release(call.actor(), *id, [reply = call.reply](base::Result<base::Nothing> done) {
        if (!done.ok()) return reply.problem(done.error());
        reply.nothing();
    });
}

} // namespace oakum::api
