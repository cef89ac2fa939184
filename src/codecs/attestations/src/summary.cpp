// SPDX-License-Identifier: Apache-2.0
#include <attestations/summary.hpp>

#include "statement.hpp"

#include <json/writer.hpp>

namespace oakum::attestations {

using base::Result;
using json::Value;

namespace {

constexpr std::string_view kPredicate = "https://slsa.dev/verification_summary/v1";
constexpr std::size_t kMostInputs = 256, kMostLevels = 64;

void write_file(json::Writer& writer, const Summary::File& file) {
    writer.begin_object().member("name", file.name).key("digest").begin_object();
    writer.member("sha256", file.sha256.hex()).end_object().end_object();
}

Result<std::vector<Summary::File>> read_inputs(const Value& predicate) {
    std::vector<Summary::File> inputs;
    TRY_VALUE(const auto list, predicate.optional_array_at("inputAttestations", kMostInputs));
    if (!list) return inputs;
    for (const Value& each : list->items()) {
        TRY_VALUE(const auto sha256, sha256_of(each));
        if (!sha256) continue;
        TRY_VALUE(const auto name, each.optional_string_at("name", kLongestText));
        inputs.push_back({name.value_or(""), *sha256});
    }
    return inputs;
}

// A policy is named; its digest is there only where whoever verified says it.
Result<base::Digest256> read_policy(const Value& predicate) {
    TRY_VALUE(const Value policy, predicate.object_at("policy"));
    if (const auto uri = policy.string_at("uri", kLongestText); !uri.ok()) return uri.error();
    if (!policy.find("digest")) return base::Digest256{};
    TRY_VALUE(const auto digest, sha256_of(policy));
    return digest.value_or(base::Digest256{});
}

} // namespace

std::string name_of(const base::Digest256& digest) {
    return "ni:///sha-256;" + base::to_base64url(digest.bytes);
}

std::string write_summary(const Summary& summary) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().member("_type", "https://in-toto.io/Statement/v1");
    writer.key("subject").begin_array();
    for (const Summary::File& subject : summary.subjects)
        write_file(writer, subject);
    writer.end_array().member("predicateType", kPredicate);
    writer.key("predicate").begin_object();
    writer.key("verifier").begin_object().member("id", summary.verifier).end_object();
    writer.member("timeVerified", base::to_iso8601(summary.verified)).member("resourceUri", summary.resource);
    writer.key("policy").begin_object().member("uri", name_of(summary.policy));
    writer.key("digest").begin_object().member("sha256", summary.policy.hex()).end_object().end_object();
    writer.key("inputAttestations").begin_array();
    for (const Summary::File& input : summary.inputs)
        write_file(writer, input);
    writer.end_array().member("verificationResult", summary.passed ? "PASSED" : "FAILED");
    writer.key("verifiedLevels").begin_array();
    for (const std::string& level : summary.levels)
        writer.value(level);
    writer.end_array().member("slsaVersion", "1.0").end_object().end_object();
    return text;
}

Result<Summary> read_summary(const Envelope& envelope) {
    TRY_VALUE(const Statement statement,
              read_statement(envelope, kPredicate, "it is no summary of what was verified, but "));
    const Value& predicate = statement.predicate;
    Summary summary;
    for (const Statement::Subject& subject : statement.subjects)
        summary.subjects.push_back({subject.name, subject.sha256});
    TRY_VALUE(const Value verifier, predicate.object_at("verifier"));
    TRY_VALUE(summary.verifier, verifier.string_at("id", kLongestText));
    TRY_VALUE(const std::string at, predicate.string_at("timeVerified", 64));
    TRY_VALUE(summary.verified, base::parse_time(at));
    TRY_VALUE(summary.resource, predicate.string_at("resourceUri", kLongestText));
    TRY_VALUE(summary.policy, read_policy(predicate));
    TRY_VALUE(summary.inputs, read_inputs(predicate));
    TRY_VALUE(const std::string result, predicate.string_at("verificationResult", 16));
    if (result != "PASSED" && result != "FAILED")
        return predicate.wrong("a verificationResult is PASSED or FAILED");
    summary.passed = result == "PASSED";
    TRY_VALUE(const Value levels, predicate.array_at("verifiedLevels", kMostLevels));
    for (const Value& each : levels.items()) {
        TRY_VALUE(std::string level, each.as_string(256));
        summary.levels.push_back(std::move(level));
    }
    return summary;
}

} // namespace oakum::attestations
