// SPDX-License-Identifier: Apache-2.0
#include <attestations/provenance.hpp>

#include "statement.hpp"

namespace oakum::attestations {

using base::Result;
using json::Value;

namespace {

constexpr std::size_t kMostParameters = 256;

std::string parameter_of(const Value& value) {
    return value.is_string() ? std::string(value.text()) : std::string(value.source());
}

} // namespace

Result<Provenance> read_provenance(const Envelope& envelope) {
    TRY_VALUE(const Statement statement, read_statement(envelope, "https://slsa.dev/provenance/v1",
                                                        "it says nothing of how it was built, but "));
    Provenance provenance;
    for (const Statement::Subject& subject : statement.subjects)
        provenance.subjects.push_back(subject.sha256.hex());
    TRY_VALUE(const Value definition, statement.predicate.object_at("buildDefinition"));
    TRY_VALUE(provenance.build_type, definition.string_at("buildType", kLongestText));
    TRY_VALUE(const Value parameters, definition.object_at("externalParameters", kMostParameters));
    for (const Value& each : parameters.items())
        provenance.parameters[std::string(each.key())] = parameter_of(each);
    TRY_VALUE(const Value details, statement.predicate.object_at("runDetails"));
    TRY_VALUE(const Value builder, details.object_at("builder"));
    TRY_VALUE(provenance.builder, builder.string_at("id", kLongestText));
    return provenance;
}

} // namespace oakum::attestations
