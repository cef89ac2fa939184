// SPDX-License-Identifier: Apache-2.0
#include <attestations/envelope.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::attestations {

using base::Result;
using json::Value;

namespace {

constexpr std::size_t kMostSignatures = 16, kLongest = 4096;
constexpr json::Limits kAroundLimits{.max_bytes = kLargestEnvelope, .max_depth = 32, .floats = true};

} // namespace

Result<Envelope> Envelope::parse(std::string_view text) {
    TRY_VALUE(const Value value, json::parse(text, kAroundLimits));
    Envelope envelope;
    TRY_VALUE(envelope.payload_type, value.string_at("payloadType", 256));
    TRY_VALUE(const std::string payload, value.string_at("payload", kLargestEnvelope));
    auto bytes = base::from_base64(payload);
    if (!bytes.ok()) return value.at("payload").value().wrong("no base64");
    envelope.payload = std::move(*bytes);
    TRY_VALUE(const Value signatures, value.array_at("signatures", kMostSignatures));
    for (const Value& each : signatures.items()) {
        TRY_VALUE(const std::string signature, each.string_at("sig", kLongest));
        auto decoded = base::from_base64(signature);
        if (!decoded.ok()) return each.wrong("no base64");
        TRY_VALUE(const auto key, each.optional_string_at("keyid", kLongest));
        envelope.signatures.push_back({key.value_or(""), std::move(*decoded)});
    }
    if (envelope.signatures.empty()) return value.wrong("nobody signed it");
    return envelope;
}

std::string Envelope::text() const {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("payloadType", payload_type).member("payload", base::to_base64(payload));
    writer.key("signatures").begin_array();
    for (const Signature& each : signatures)
        writer.begin_object()
            .member("keyid", each.key)
            .member("sig", base::to_base64(each.bytes))
            .end_object();
    writer.end_array().end_object();
    return out + "\n";
}

bool Envelope::is_by(const base::PublicKey& key) const {
    const base::Bytes message = pre_authentication(payload_type, payload);
    return std::ranges::any_of(
        signatures, [&](const Signature& signature) { return key.verify(message, signature.bytes); });
}

base::Bytes pre_authentication(std::string_view type, base::ByteView body) {
    const std::string head = "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                             std::to_string(body.size()) + " ";
    base::Bytes message(head.begin(), head.end());
    message.insert(message.end(), body.begin(), body.end());
    return message;
}

} // namespace oakum::attestations
