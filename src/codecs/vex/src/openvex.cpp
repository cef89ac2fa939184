// SPDX-License-Identifier: Apache-2.0
#include <vex/document.hpp>

#include <base/digest.hpp>
#include <json/writer.hpp>

namespace oakum::vex {
namespace {

using component::StatementStatus;

std::string_view status_of(StatementStatus status) {
    switch (status) {
    case StatementStatus::not_affected:
        return "not_affected";
    case StatementStatus::affected:
        return "affected";
    case StatementStatus::fixed:
        return "fixed";
    case StatementStatus::under_investigation:
        break;
    }
    return "under_investigation";
}

void write_product(json::Writer& out, const component::Component& product) {
    out.begin_object();
    out.member("@id", product.purl.empty() ? product.name : product.purl);
    if (!product.purl.empty() || !product.cpe.empty()) {
        out.key("identifiers").begin_object();
        if (!product.purl.empty()) out.member("purl", product.purl);
        if (!product.cpe.empty()) out.member("cpe23", product.cpe);
        out.end_object();
    }
    out.end_object();
}

void write_statement(json::Writer& out, const Statement& statement, const std::string& at) {
    out.begin_object();
    out.key("vulnerability").begin_object().member("name", statement.advisory);
    if (!statement.aliases.empty()) {
        out.key("aliases").begin_array();
        for (const std::string& alias : statement.aliases)
            out.value(alias);
        out.end_array();
    }
    out.end_object();
    out.member("timestamp", at);
    out.key("products").begin_array();
    for (const component::Component& product : statement.products)
        write_product(out, product);
    out.end_array();
    out.member("status", status_of(statement.status));
    if (statement.status == StatementStatus::not_affected) {
        if (!statement.justification.empty()) out.member("justification", statement.justification);
        if (!statement.words.empty() || statement.justification.empty())
            out.member("impact_statement",
                       statement.words.empty() ? "The software is not affected." : statement.words);
    } else if (statement.status == StatementStatus::affected) {
        out.member("action_statement",
                   statement.words.empty() ? "No fix is known; see the advisory." : statement.words);
        out.member("action_statement_timestamp", at);
    } else if (!statement.words.empty()) {
        out.member("status_notes", statement.words);
    }
    out.end_object();
}

} // namespace

std::string to_openvex(const Document& document) {
    const std::string at = base::to_iso8601(document.at);
    std::string statements;
    json::Writer list(statements);
    list.begin_array();
    for (const Statement& statement : document.statements)
        write_statement(list, statement, at);
    list.end_array();
    std::string text;
    json::Writer out(text);
    out.begin_object();
    out.member("@context", "https://openvex.dev/ns/v0.2.0");
    // An IRI of its own for each content.
    out.member("@id", "https://openvex.dev/docs/public/vex-" +
                          base::sha256(document.author + at + statements).hex());
    out.member("author", document.author);
    out.member("role", "Operator of the fleet");
    out.member("timestamp", at);
    out.member("version", 1);
    out.member("tooling", "Oakum");
    out.key("statements").raw(statements);
    out.end_object();
    return text + "\n";
}

} // namespace oakum::vex
