// SPDX-License-Identifier: Apache-2.0
#include <json/parse.hpp>
#include <openvex/document.hpp>

#include <algorithm>

namespace oakum::openvex {
namespace {

using base::Result;
using base::Status;
using component::StatementStatus;
using json::Value;

constexpr std::size_t kLongest = 4096;

Result<StatementStatus> status_of(const Value& statement) {
    TRY_VALUE(const std::string word, statement.string_at("status", 64));
    if (word == "not_affected") return StatementStatus::not_affected;
    if (word == "affected") return StatementStatus::affected;
    if (word == "fixed") return StatementStatus::fixed;
    if (word == "under_investigation") return StatementStatus::under_investigation;
    return statement.find("status")->wrong("\"" + word + "\" is no status");
}

// Before 0.2.0 a vulnerability and a product were a text each.
Status read_vulnerability(const Value& statement, Statement& out) {
    TRY_VALUE(const Value vulnerability, statement.at("vulnerability"));
    if (vulnerability.is_string()) {
        TRY_VALUE(out.vulnerabilities.emplace_back(), vulnerability.as_string(kLongest));
        return {};
    }
    TRY_VALUE(const auto name, vulnerability.optional_string_at("name", kLongest));
    TRY_VALUE(const auto id, vulnerability.optional_string_at("@id", kLongest));
    if (!name && !id) return vulnerability.wrong("a vulnerability has a name");
    out.vulnerabilities.push_back(name ? *name : *id);
    TRY_VALUE(const auto aliases, vulnerability.optional_array_at("aliases", 100));
    if (aliases)
        for (const Value& alias : aliases->items()) {
            TRY_VALUE(out.vulnerabilities.emplace_back(), alias.as_string(kLongest));
        }
    return {};
}

// The id of a product or subcomponent: its purl, which may stand beside an @id that says nothing here.
Result<std::string> id_of(const Value& product) {
    if (product.is_string()) return product.as_string(kLongest);
    TRY_VALUE(const auto id, product.optional_string_at("@id", kLongest));
    if (id && id->starts_with("pkg:")) return *id;
    TRY_VALUE(const auto identifiers, product.optional_object_at("identifiers", 100));
    if (identifiers) {
        TRY_VALUE(const auto purl, identifiers->optional_string_at("purl", kLongest));
        if (purl) return *purl;
    }
    if (id) return *id;
    return product.wrong("a product has an @id or a purl");
}

Status read_products(const Value& statement, Statement& out) {
    TRY_VALUE(const auto products, statement.optional_array_at("products", most_about));
    if (!products) return {};
    for (const Value& product : products->items()) {
        std::optional<Value> parts;
        if (product.is_object()) {
            TRY_VALUE(parts, product.optional_array_at("subcomponents", most_about));
        }
        if (!parts || parts->size() == 0) {
            TRY_VALUE(out.about.emplace_back(), id_of(product));
            continue;
        }
        out.of_parts = true;
        TRY_VALUE(out.products.emplace_back(), id_of(product));
        for (const Value& part : parts->items()) {
            TRY_VALUE(out.about.emplace_back(), id_of(part));
            if (out.about.size() > most_about) return base::too_large("a statement about too many products");
        }
    }
    return {};
}

Result<Statement> read_statement(const Value& value) {
    Statement out;
    TRY(read_vulnerability(value, out));
    TRY_VALUE(out.status, status_of(value));
    TRY(read_products(value, out));
    TRY_VALUE(const auto justification, value.optional_string_at("justification", kLongest));
    TRY_VALUE(const auto impact, value.optional_string_at("impact_statement"));
    if (out.status == StatementStatus::not_affected && !justification && !impact)
        return value.wrong(
            "a statement that something is not affected says why: a justification or an impact_statement");
    out.justification = justification.value_or("");
    if (impact) out.justification += (out.justification.empty() ? "" : ": ") + impact->substr(0, kLongest);
    for (const char* name : {"last_updated", "timestamp"}) {
        TRY_VALUE(const auto written, value.optional_string_at(name, 64));
        if (!written || out.at != base::TimePoint{}) continue;
        if (const auto time = base::parse_time(*written); time.ok()) out.at = *time;
    }
    return out;
}

} // namespace

bool is_openvex(std::string_view text) {
    // The context is what the specification asks of every document.
    return text.substr(0, 64 << 10).find("openvex.dev/ns") != std::string_view::npos;
}

Result<Document> read(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = 64UL << 20;
    limits.max_values = 4'000'000;
    TRY_VALUE(const Value root, json::parse(text, limits));
    TRY_VALUE(const std::string context, root.string_at("@context", kLongest));
    if (context.find("openvex.dev/ns") == std::string::npos)
        return root.find("@context")->wrong("this is no OpenVEX document");
    TRY_VALUE(const Value statements, root.array_at("statements", most_statements));
    Document out;
    TRY_VALUE(const auto id, root.optional_string_at("@id", kLongest));
    out.id = id.value_or("");
    for (const char* name : {"last_updated", "timestamp"}) {
        TRY_VALUE(const auto written, root.optional_string_at(name, 64));
        if (!written || out.timestamp != base::TimePoint{}) continue;
        if (const auto time = base::parse_time(*written); time.ok()) out.timestamp = *time;
    }
    out.statements.reserve(statements.size());
    for (const Value& statement : statements.items()) {
        TRY_VALUE(out.statements.emplace_back(), read_statement(statement));
        if (out.statements.back().at == base::TimePoint{}) out.statements.back().at = out.timestamp;
    }
    std::ranges::stable_sort(out.statements, {}, &Statement::at);
    return out;
}

Result<std::vector<Statement>> parse(std::string_view text) {
    TRY_VALUE(Document document, read(text));
    return std::move(document.statements);
}

namespace {
std::string package_of(const component::Purl& purl) {
    return purl.type + "/" + purl.full_name();
}
} // namespace

Subjects::Subjects(std::span<const component::Component> components) {
    purls_.reserve(components.size());
    for (std::uint32_t place = 0; place < components.size(); ++place) {
        const component::Component& component = components[place];
        if (!component.name.empty()) names_.emplace(component.name, place);
        auto purl = component::Purl::parse(component.purl);
        if (purl.ok()) packages_.emplace(package_of(*purl), place);
        purls_.push_back(purl.ok() ? std::optional(std::move(purl).value()) : std::nullopt);
    }
}

std::vector<std::uint32_t> Subjects::named_by(std::string_view about) const {
    std::vector<std::uint32_t> found;
    if (!about.starts_with("pkg:")) {
        const auto [first, last] = names_.equal_range(about);
        for (auto at = first; at != last; ++at)
            found.push_back(at->second);
    } else if (const auto wanted = component::Purl::parse(about); wanted.ok()) {
        const auto [first, last] = packages_.equal_range(package_of(*wanted));
        for (auto at = first; at != last; ++at) {
            const component::Purl& own = *purls_[at->second];
            if ((wanted->version.empty() || wanted->version == own.version) &&
                std::ranges::all_of(wanted->qualifiers, [&](const auto& each) {
                    return own.qualifier(each.first) == each.second;
                }))
                found.push_back(at->second);
        }
    }
    std::ranges::sort(found);
    return found;
}

} // namespace oakum::openvex
