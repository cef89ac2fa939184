// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

constexpr std::size_t kSmall = 65'536;
constexpr std::uint64_t kMostDays = 30;

base::Result<StickWish> decode_stick(const json::Value& body) {
    TRY(body.only({"query", "release", "days", "why"}));
    StickWish wish;
    TRY_VALUE(const auto query, body.optional_string_at("query", 4096));
    wish.query = query.value_or("");
    TRY_VALUE(const auto release, body.optional_string_at("release", 64));
    if (release) {
        const auto id = rollout::ReleaseId::parse(*release);
        if (!id.ok()) return base::invalid("it is the id of a release").at("/release");
        wish.release = *id;
    }
    TRY_VALUE(const auto days, body.optional_uint_at("days", kMostDays));
    if (days && *days == 0) return base::invalid("it is 1 to 30").at("/days");
    wish.days = static_cast<std::uint32_t>(days.value_or(wish.days));
    TRY_VALUE(const auto why, body.optional_string_at("why", 1024));
    wish.why = why.value_or("");
    return wish;
}

base::Result<ReceiptNew> decode_receipt(const json::Value& body) {
    TRY(body.only({"receipt", "certificate_pem", "signature"}));
    ReceiptNew receipt;
    TRY_VALUE(receipt.receipt, body.string_at("receipt", 16'384));
    TRY_VALUE(receipt.certificate_pem, body.string_at("certificate_pem", 16'384));
    TRY_VALUE(receipt.signature, body.string_at("signature", 1024));
    return receipt;
}

} // namespace

void write(Out& o, const Stick::Device& v) {
    object(o, [&] {
        o("device", v.device)("release", v.release)("deployment", v.deployment)("order", v.order);
        o("direction", v.direction);
    });
}
void write(Out& o, const Stick::LeftOut& v) {
    object(o, [&] { o("device", v.device)("why", v.why); });
}
void write(Out& o, const Stick::File& v) {
    object(o, [&] { o("name", v.name)("text", v.text); });
}
void write(Out& o, const Stick::Artifact& v) {
    object(o, [&] { o("sha256", v.sha256)("length", v.length)("name", v.name); });
}
void write(Out& o, const Stick& v) {
    object(o, [&] {
        o("sentence", v.sentence)("made", v.made)("expires", v.expires)("devices", v.devices);
        o("left_out", v.left_out)("nothing_asked", v.nothing_asked)("without_agent", v.without_agent);
        o("metadata", v.metadata)("artifacts", v.artifacts);
    });
}
void write(Out& o, const ReceiptTaken& v) {
    object(o, [&] {
        o("sentence", v.sentence)("outcome", v.outcome)("device", v.device)("deployment", v.deployment);
        o("state", v.state);
    });
}

void pack_stick(Context& context, Call call) {
    BODY(wish, kSmall, decode_stick);
    context.services.carried.pack(call.actor(), std::move(*wish), answer_json<Stick>(call));
}

void take_receipt(Context& context, Call call) {
    BODY(receipt, kSmall, decode_receipt);
    context.services.carried.take(call.actor(), std::move(*receipt), answer_json<ReceiptTaken>(call));
}

void get_artifact(Context& context, Call call) {
    const auto digest = base::Digest256::parse(call.path.front());
    if (!digest.ok()) return call.reply.problem(base::not_found("there is no such artifact").at("id"));
    context.services.carried.artifact(
        call.actor(), *digest,
        [reply = call.reply, name = digest->hex()](base::Result<CarriedService::Stored> file) {
            if (!file.ok()) return reply.problem(file.error());
            ports::HttpResponse response;
            response.headers = {{"Content-Type", "application/octet-stream"},
                                {"Content-Disposition", "attachment; filename=\"" + name + "\""}};
            response.body = ports::FileRange{.path = file->path, .offset = 0, .length = file->length};
            add_security_headers(response);
            reply.send(std::move(response));
        });
}

} // namespace oakum::api
