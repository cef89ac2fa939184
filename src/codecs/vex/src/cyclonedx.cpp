// SPDX-License-Identifier: Apache-2.0
#include <vex/document.hpp>

#include <base/digest.hpp>
#include <json/writer.hpp>

#include <map>

namespace oakum::vex {
namespace {

using component::StatementStatus;

std::string_view state_of(StatementStatus status) {
    switch (status) {
    case StatementStatus::not_affected:
        return "not_affected";
    case StatementStatus::affected:
        return "exploitable";
    case StatementStatus::fixed:
        return "resolved";
    case StatementStatus::under_investigation:
        break;
    }
    return "in_triage";
}

// The word of CycloneDX that comes nearest; the other's own word stands in the detail.
std::string_view justification_of(std::string_view word) {
    if (word == "component_not_present" || word == "vulnerable_code_not_present") return "code_not_present";
    if (word == "vulnerable_code_not_in_execute_path") return "code_not_reachable";
    if (word == "vulnerable_code_cannot_be_controlled_by_adversary") return "protected_at_runtime";
    if (word == "inline_mitigations_already_exist") return "protected_by_mitigating_control";
    return {};
}

std::string_view type_of(component::Kind kind) {
    switch (kind) {
    case component::Kind::firmware:
        return "firmware";
    case component::Kind::operating_system:
    case component::Kind::kernel:
        return "operating-system";
    case component::Kind::application:
        return "application";
    case component::Kind::hardware:
        return "device";
    case component::Kind::package:
    case component::Kind::library:
        break;
    }
    return "library";
}

std::string uuid_of(std::string_view content) {
    std::string hex = base::sha256(content).hex().substr(0, 32);
    hex[12] = '5';
    hex[16] = '8';
    for (const std::size_t at : {20U, 16U, 12U, 8U})
        hex.insert(at, 1, '-');
    return hex;
}

} // namespace

std::string to_cyclonedx(const Document& document) {
    std::map<component::Component, std::string> references;
    for (const Statement& statement : document.statements)
        for (const component::Component& product : statement.products)
            references.try_emplace(product);
    std::size_t number = 0;
    for (auto& [component, reference] : references)
        reference = "component-" + std::to_string(++number);
    std::string body;
    json::Writer out(body);
    out.begin_object();
    out.key("metadata").begin_object().member("timestamp", base::to_iso8601(document.at));
    out.key("authors").begin_array().begin_object().member("name", document.author).end_object().end_array();
    out.end_object();
    out.key("components").begin_array();
    for (const auto& [component, reference] : references) {
        out.begin_object().member("type", type_of(component.kind)).member("bom-ref", reference);
        out.member("name", component.name.empty() ? "unnamed" : component.name);
        if (!component.version.empty()) out.member("version", component.version);
        if (!component.purl.empty()) out.member("purl", component.purl);
        if (!component.cpe.empty()) out.member("cpe", component.cpe);
        out.end_object();
    }
    out.end_array();
    out.key("vulnerabilities").begin_array();
    for (const Statement& statement : document.statements) {
        out.begin_object().member("id", statement.advisory);
        if (!statement.aliases.empty()) {
            out.key("references").begin_array();
            for (const std::string& alias : statement.aliases) {
                out.begin_object().member("id", alias);
                out.key("source")
                    .begin_object()
                    .member("name", alias.substr(0, alias.find('-')))
                    .end_object();
                out.end_object();
            }
            out.end_array();
        }
        out.key("analysis").begin_object().member("state", state_of(statement.status));
        std::string detail = statement.words;
        if (statement.status == StatementStatus::not_affected)
            if (const std::string_view word = justification_of(statement.justification); !word.empty()) {
                out.member("justification", word);
                detail = statement.justification + (detail.empty() ? "" : ": " + detail);
            }
        if (!detail.empty()) out.member("detail", detail);
        out.end_object();
        out.key("affects").begin_array();
        for (const component::Component& product : statement.products)
            out.begin_object().member("ref", references.at(product)).end_object();
        out.end_array().end_object();
    }
    out.end_array().end_object();
    return R"({"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:)" +
           uuid_of(document.author + body) + R"(","version":1,)" + body.substr(1) + "\n";
}

} // namespace oakum::vex
