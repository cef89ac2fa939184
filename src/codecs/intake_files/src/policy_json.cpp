// SPDX-License-Identifier: Apache-2.0
#include <intake_files/policy_json.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::intake_files {

using base::Result;
using intake::Policy;
using intake::Signer;
using json::Value;

Result<Policy> read_policy(std::string_view text) {
    if (text.empty()) return Policy();
    TRY_VALUE(const Value value, json::parse(text));
    TRY_VALUE(const Value checks, value.object_at("checks", intake::kCheckCount));
    std::map<intake::Check, bool> changes;
    for (const Value& each : checks.items()) {
        const auto check = intake::parse_check(each.key());
        if (!check.ok()) return each.wrong(check.error().message);
        TRY_VALUE(changes[*check], each.as_bool());
    }
    TRY_VALUE(Policy policy, Policy().with(changes));
    TRY_VALUE(const auto signers, value.optional_object_at("signers", intake::kMostSigners));
    if (signers)
        for (const Value& each : signers->items()) {
            TRY_VALUE(Signer signer, read_signer(each, std::string(each.key())));
            TRY_VALUE(policy, policy.with(std::move(signer)));
        }
    return policy;
}

std::string write_policy(const Policy& policy) {
    if (policy == Policy()) return "";
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("checks").begin_object();
    for (const intake::Rule& rule : intake::rules())
        if (policy.asks(rule.check) != rule.asked) writer.member(rule.name, policy.asks(rule.check));
    writer.end_object();
    if (!policy.signers().empty()) {
        writer.key("signers").begin_object();
        for (const Signer& signer : policy.signers()) {
            writer.key(signer.name).begin_object();
            write_signer(writer, signer);
            writer.end_object();
        }
        writer.end_object();
    }
    writer.end_object();
    return text;
}

Result<Signer> read_signer(const Value& value, std::string name) {
    TRY(value.only({"kind", "key", "lines", "builder", "build_type", "parameters"}));
    Signer signer;
    signer.name = std::move(name);
    TRY_VALUE(const std::string kind, value.string_at("kind", 32));
    const auto known = intake::parse_signature_kind(kind);
    if (!known.ok()) return base::Error(known.error()).at("/kind");
    signer.kind = *known;
    TRY_VALUE(signer.key, value.string_at("key", intake::kLongestKey));
    TRY_VALUE(const auto lines, value.optional_array_at("lines", intake::kMostLines));
    if (lines)
        for (const Value& each : lines->items()) {
            TRY_VALUE(std::string line, each.as_string(64));
            signer.lines.push_back(std::move(line));
        }
    TRY_VALUE(auto builder, value.optional_string_at("builder", 2048));
    signer.builder = std::move(builder).value_or("");
    TRY_VALUE(auto build_type, value.optional_string_at("build_type", 2048));
    signer.build_type = std::move(build_type).value_or("");
    TRY_VALUE(const auto parameters, value.optional_object_at("parameters", intake::kMostParameters));
    if (parameters)
        for (const Value& each : parameters->items()) {
            TRY_VALUE(signer.parameters[std::string(each.key())], each.as_string(4096));
        }
    TRY(intake::check(signer));
    return signer;
}

void write_signer(json::Writer& writer, const Signer& signer) {
    writer.member("kind", intake::to_string(signer.kind))
        .member("key", signer.key)
        .key("lines")
        .begin_array();
    for (const std::string& line : signer.lines)
        writer.value(line);
    writer.end_array();
    if (signer.kind != intake::SignatureKind::provenance) return;
    writer.member("builder", signer.builder)
        .member("build_type", signer.build_type)
        .key("parameters")
        .begin_object();
    for (const auto& [name, value] : signer.parameters)
        writer.member(name, value);
    writer.end_object();
}

} // namespace oakum::intake_files
