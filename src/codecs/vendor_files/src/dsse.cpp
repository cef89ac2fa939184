// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/dsse.hpp>

#include <json/parse.hpp>

#include <algorithm>

namespace oakum::vendor_files {
namespace {

using base::Result;
using json::Value;

constexpr std::size_t kMostSignatures = 16, kMostSubjects = 4096, kMostParameters = 256, kLongest = 4096;
constexpr json::Limits kLimits{
    .max_bytes = kLargestEnvelope, .max_depth = 32, .max_values = 100'000, .floats = true};

std::string parameter_of(const Value& value) {
    return value.is_string() ? std::string(value.text()) : std::string(value.source());
}

base::Status read_subjects(const Value& statement, Provenance& out) {
    TRY_VALUE(const Value subjects, statement.array_at("subject", kMostSubjects));
    for (const Value& subject : subjects.items()) {
        TRY_VALUE(const Value digest, subject.object_at("digest"));
        TRY_VALUE(const auto sha256, digest.optional_string_at("sha256", 64));
        if (!sha256) continue;
        const auto read = base::from_hex(*sha256);
        if (!read.ok() || read->size() != 32) return digest.wrong("no SHA-256");
        out.subjects.push_back(base::to_hex(*read));
    }
    return {};
}

base::Status read_predicate(const Value& predicate, Provenance& out) {
    TRY_VALUE(const Value definition, predicate.object_at("buildDefinition"));
    TRY_VALUE(out.build_type, definition.string_at("buildType", kLongest));
    TRY_VALUE(const Value parameters, definition.object_at("externalParameters", kMostParameters));
    for (const Value& each : parameters.items())
        out.parameters[std::string(each.key())] = parameter_of(each);
    TRY_VALUE(const Value details, predicate.object_at("runDetails"));
    TRY_VALUE(const Value builder, details.object_at("builder"));
    TRY_VALUE(out.builder, builder.string_at("id", kLongest));
    return {};
}

} // namespace

Result<Envelope> Envelope::parse(std::string_view text) {
    TRY_VALUE(const Value value, json::parse(text, kLimits));
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
        envelope.signatures.push_back(std::move(*decoded));
    }
    if (envelope.signatures.empty()) return value.wrong("nobody signed it");
    return envelope;
}

bool Envelope::is_by(const base::PublicKey& key) const {
    const base::Bytes message = pre_authentication(payload_type, payload);
    return std::ranges::any_of(signatures,
                               [&](const base::Bytes& signature) { return key.verify(message, signature); });
}

base::Bytes pre_authentication(std::string_view type, base::ByteView body) {
    const std::string head = "DSSEv1 " + std::to_string(type.size()) + " " + std::string(type) + " " +
                             std::to_string(body.size()) + " ";
    base::Bytes message(head.begin(), head.end());
    message.insert(message.end(), body.begin(), body.end());
    return message;
}

Result<Provenance> read_provenance(const Envelope& envelope) {
    if (envelope.payload_type != "application/vnd.in-toto+json")
        return base::invalid("it is no statement of in-toto but " + envelope.payload_type.substr(0, 64));
    TRY_VALUE(const Value statement, json::parse(base::as_text(envelope.payload), kLimits));
    TRY_VALUE(const std::string type, statement.string_at("_type", 256));
    if (type != "https://in-toto.io/Statement/v1" && type != "https://in-toto.io/Statement/v0.1")
        return statement.wrong("a statement of a kind that is not known here");
    TRY_VALUE(const std::string predicate_type, statement.string_at("predicateType", 256));
    if (predicate_type != "https://slsa.dev/provenance/v1")
        return statement.wrong("it says nothing of how it was built, but " + predicate_type.substr(0, 64));
    Provenance provenance;
    TRY(read_subjects(statement, provenance));
    TRY_VALUE(const Value predicate, statement.object_at("predicate"));
    TRY(read_predicate(predicate, provenance));
    return provenance;
}

} // namespace oakum::vendor_files
