// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;

base::Result<ChannelNew> decode_channel(const json::Value& body) {
    TRY(body.only({"name", "kind", "pace", "address", "secret", "account", "sender", "recipients"}));
    ChannelNew channel;
    TRY_VALUE(channel.name, body.string_at("name", 64));
    TRY_VALUE(const std::string kind, body.string_at("kind", 16));
    auto known = alarm::parse_channel_kind(kind);
    if (!known.ok()) return std::move(known).error().at("/kind");
    channel.kind = *known;
    TRY_VALUE(const auto pace, body.optional_string_at("pace", 16));
    if (pace) {
        auto parsed = alarm::parse_pace(*pace);
        if (!parsed.ok()) return std::move(parsed).error().at("/pace");
        channel.pace = *parsed;
    }
    TRY_VALUE(channel.address, body.string_at("address", 2048));
    const auto text = [&](std::string_view name, std::size_t max, std::string& to) -> base::Status {
        TRY_VALUE(auto given, body.optional_string_at(name, max));
        to = given.value_or("");
        return {};
    };
    TRY(text("secret", 512, channel.secret));
    TRY(text("account", 254, channel.account));
    TRY(text("sender", 254, channel.sender));
    TRY_VALUE(const auto recipients, body.optional_array_at("recipients", 50));
    if (recipients)
        for (const json::Value& each : recipients->items()) {
            TRY_VALUE(std::string address, each.as_string(254));
            channel.recipients.push_back(std::move(address));
        }
    return channel;
}

base::Result<ChannelPatch> decode_channel_patch(const json::Value& body) {
    TRY(body.only({"name", "pace", "address", "secret", "account", "sender", "recipients"}));
    ChannelPatch patch;
    TRY_VALUE(patch.name, body.optional_string_at("name", 64));
    TRY_VALUE(patch.address, body.optional_string_at("address", 2048));
    TRY_VALUE(patch.secret, body.optional_string_at("secret", 512));
    TRY_VALUE(patch.account, body.optional_string_at("account", 254));
    TRY_VALUE(patch.sender, body.optional_string_at("sender", 254));
    TRY_VALUE(const auto pace, body.optional_string_at("pace", 16));
    if (pace) {
        auto parsed = alarm::parse_pace(*pace);
        if (!parsed.ok()) return std::move(parsed).error().at("/pace");
        patch.pace = *parsed;
    }
    TRY_VALUE(const auto recipients, body.optional_array_at("recipients", 50));
    if (recipients) {
        patch.recipients.emplace();
        for (const json::Value& each : recipients->items()) {
            TRY_VALUE(std::string address, each.as_string(254));
            patch.recipients->push_back(std::move(address));
        }
    }
    return patch;
}

} // namespace

void write(Out& o, const Channel& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("kind", v.kind)("pace", v.pace)("server", v.server)(
            "account", v.account)("sender", v.sender)("recipients", v.recipients);
        o("created", v.created)("created_by", v.created_by)("delivered", v.delivered)("failed", v.failed)(
            "last_error", v.last_error);
    });
}
void write(Out& o, const ChannelCreated& v) {
    object(o, [&] { o("channel", v.channel)("secret", v.secret); });
}
void write(Out& o, const ChannelTest& v) {
    object(o, [&] { o("delivered", v.delivered)("sentence", v.sentence); });
}

void list_channels(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.channels.list(call.actor(), [reply = call.reply, list = list_of(call),
                                                  page = *page](base::Result<std::vector<Channel>> channels) {
        if (!channels.ok()) return reply.problem(channels.error());
        const Page<Channel> piece = cut(std::move(*channels), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void create_channel(Context& context, Call call) {
    BODY(channel, kSmall, decode_channel);
    context.services.channels.add(call.actor(), std::move(*channel), answer_json<ChannelCreated>(call, 201));
}

void change_channel(Context& context, Call call) {
    PATH_ID(id, alarm::ChannelId);
    BODY(patch, kSmall, decode_channel_patch);
    context.services.channels.change(call.actor(), *id, std::move(*patch), answer_json<Channel>(call));
}

void remove_channel(Context& context, Call call) {
    PATH_ID(id, alarm::ChannelId);
    context.services.channels.remove(call.actor(), *id,
                                     [reply = call.reply](base::Result<base::Nothing> done) {
                                         if (!done.ok()) return reply.problem(done.error());
                                         reply.nothing();
                                     });
}

void test_channel(Context& context, Call call) {
    PATH_ID(id, alarm::ChannelId);
    if (!call.request.body.empty()) {
        OR_PROBLEM(json, json_body(call, kSmall));
        OR_PROBLEM(why, decode_why(*json, WhyIs::optional));
    }
    context.services.channels.test(call.actor(), *id, answer_json<ChannelTest>(call));
}

} // namespace oakum::api
