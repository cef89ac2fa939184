// SPDX-License-Identifier: Apache-2.0
#include "statement.hpp"

#include <json/parse.hpp>

namespace oakum::attestations {

using base::Result;
using json::Value;

namespace {

constexpr std::size_t kMostSubjects = 4096;
constexpr json::Limits kStatementLimits{
    .max_bytes = kLargestEnvelope, .max_depth = 32, .max_values = 100'000, .floats = true};

} // namespace

Result<std::optional<base::Digest256>> sha256_of(const Value& descriptor) {
    TRY_VALUE(const Value digest, descriptor.object_at("digest"));
    TRY_VALUE(const auto sha256, digest.optional_string_at("sha256", 64));
    if (!sha256) return std::optional<base::Digest256>();
    const auto read = base::Digest256::parse(*sha256);
    if (!read.ok()) return digest.wrong("no SHA-256");
    return std::optional(*read);
}

Result<Statement> read_statement(const Envelope& envelope, std::string_view predicate_type,
                                 std::string_view else_words) {
    if (envelope.payload_type != kInToto)
        return base::invalid("it is no statement of in-toto but " + envelope.payload_type.substr(0, 64));
    TRY_VALUE(const Value value, json::parse(base::as_text(envelope.payload), kStatementLimits));
    TRY_VALUE(const std::string type, value.string_at("_type", 256));
    if (type != "https://in-toto.io/Statement/v1" && type != "https://in-toto.io/Statement/v0.1")
        return value.wrong("a statement of a kind that is not known here");
    TRY_VALUE(const std::string said, value.string_at("predicateType", 256));
    if (said != predicate_type) return value.wrong(std::string(else_words) + said.substr(0, 64));
    TRY_VALUE(const Value subjects, value.array_at("subject", kMostSubjects));
    std::vector<Statement::Subject> named;
    for (const Value& subject : subjects.items()) {
        TRY_VALUE(const auto sha256, sha256_of(subject));
        if (!sha256) continue;
        TRY_VALUE(const auto name, subject.optional_string_at("name", kLongestText));
        named.push_back({name.value_or(""), *sha256});
    }
    TRY_VALUE(Value predicate, value.object_at("predicate"));
    return Statement{std::move(named), std::move(predicate)};
}

} // namespace oakum::attestations
