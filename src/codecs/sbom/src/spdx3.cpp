// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

// SPDX 3.0, elements of one "@graph" that name each other by spdxId: packages, and what the security profile
// says of vulnerabilities in them.
namespace oakum::sbom {
namespace {

using component::StatementStatus;
using json::Value;

// software_primaryPurpose of what is no software on a device.
constexpr std::array left_out{"source",        "patch",         "test", "documentation",
                              "specification", "requirement",   "bom",  "evidence",
                              "manifest",      "configuration", "data", "file"};
// What holds other software: of it only an identifier makes a component.
constexpr std::array holders{"archive", "diskImage", "filesystemImage", "container"};

bool is_among(const auto& list, std::string_view word) {
    return std::ranges::find(list, word) != std::end(list);
}

Kind kind_of(std::string_view purpose) {
    if (purpose == "firmware") return Kind::firmware;
    if (purpose == "operatingSystem") return Kind::operating_system;
    if (purpose == "application" || purpose == "executable" || purpose == "install" || purpose == "container")
        return Kind::application;
    if (purpose == "device") return Kind::hardware;
    return Kind::library;
}

struct Vex {
    std::string_view type;
    StatementStatus status;
};
constexpr std::array vexes{
    Vex{"security_VexAffectedVulnAssessmentRelationship", StatementStatus::affected},
    Vex{"security_VexNotAffectedVulnAssessmentRelationship", StatementStatus::not_affected},
    Vex{"security_VexFixedVulnAssessmentRelationship", StatementStatus::fixed},
    Vex{"security_VexUnderInvestigationVulnAssessmentRelationship", StatementStatus::under_investigation}};

Result<std::string> text_of(const Value& element, std::string_view name) {
    TRY_VALUE(std::optional<std::string> text, element.optional_string_at(name, max_text));
    return std::move(text).value_or("");
}

// Calls visit(type, identifier) for each.
Status each_identifier(const Value& element, const auto& visit) {
    TRY_VALUE(const std::optional<Value> list, element.optional_array_at("externalIdentifier"));
    if (!list) return {};
    for (const Value& item : list->items()) {
        TRY_VALUE(const std::string type, text_of(item, "externalIdentifierType"));
        TRY_VALUE(const std::string identifier, text_of(item, "identifier"));
        if (!identifier.empty()) visit(item, type, identifier);
    }
    return {};
}

class Graph {
  public:
    Graph(SbomDocument& out, const Limits& limits) : out_(out), builder_(out, limits) {}

    Status read(const Value& graph) {
        for (const Value& element : graph.items()) {
            const auto type = element.find("type");
            const std::string_view word = type ? type->text() : std::string_view();
            if (word == "software_Package")
                TRY(add_package(element));
            else if (word == "security_Vulnerability")
                TRY(add_vulnerability(element));
            else if (word == "SpdxDocument" || (word == "software_Sbom" && out_.name.empty()))
                TRY(add_name(element));
        }
        for (const Value& element : graph.items()) {
            const auto type = element.find("type");
            const auto vex = type ? std::ranges::find(vexes, type->text(), &Vex::type) : vexes.end();
            if (vex != vexes.end()) TRY(add_statement(element, vex->status));
        }
        return {};
    }

  private:
    Status add_name(const Value& element) {
        TRY_VALUE(std::string name, text_of(element, "name"));
        if (out_.name.empty()) out_.name = std::move(name);
        return {};
    }

    Status add_package(const Value& element) {
        TRY(builder_.count());
        TRY_VALUE(const std::string purpose, text_of(element, "software_primaryPurpose"));
        Component component;
        TRY_VALUE(component.name, text_of(element, "name"));
        if (component.name.empty()) {
            builder_.warn(element, "left out: it has no name");
            return {};
        }
        if (is_among(left_out, purpose)) {
            builder_.warn(element, "left out: no software but " + purpose);
            return {};
        }
        TRY_VALUE(component.version, text_of(element, "software_packageVersion"));
        if (component.version == "NOASSERTION") component.version.clear();
        TRY_VALUE(const std::string purl, text_of(element, "software_packageUrl"));
        if (!purl.empty()) component.purl = builder_.purl(element, purl);
        TRY(each_identifier(element,
                            [&](const Value& item, std::string_view type, const std::string& identifier) {
                                if ((type == "cpe23" || type == "cpe22") && component.cpe.empty())
                                    component.cpe = builder_.cpe(item, identifier);
                                else if (type == "packageUrl" && component.purl.empty())
                                    component.purl = builder_.purl(item, identifier);
                            }));
        component.kind = refined(kind_of(purpose), component);
        const bool named = !component.cpe.empty() || !component.purl.empty();
        if (!named && (is_among(holders, purpose) || component.kind == Kind::hardware)) {
            builder_.warn(element, "left out: it holds software, or runs it, and has no identifier");
            return {};
        }
        TRY_VALUE(const std::string id, text_of(element, "spdxId"));
        keep(id, std::move(component));
        return {};
    }

    // Yocto names the kernel once for its image, its device trees and each of its modules' packages.
    void keep(const std::string& id, Component component) {
        if (component.kind == Kind::kernel) {
            const auto [at, fresh] = kernels_.try_emplace({component.cpe, component.version}, component);
            if (!fresh) {
                packages_.emplace(id, at->second);
                return;
            }
        }
        packages_.emplace(id, component);
        builder_.add(std::move(component));
    }

    Status add_vulnerability(const Value& element) {
        TRY_VALUE(const std::string id, text_of(element, "spdxId"));
        TRY_VALUE(std::string name, text_of(element, "name"));
        TRY(each_identifier(element, [&](const Value&, std::string_view type, const std::string& identifier) {
            if (type == "cve" || name.empty()) name = identifier;
        }));
        if (name.empty())
            builder_.warn(element, "left out: a vulnerability without an id");
        else
            vulnerabilities_.emplace(id, std::move(name));
        return {};
    }

    Status add_statement(const Value& element, StatementStatus status) {
        TRY_VALUE(const std::string from, text_of(element, "from"));
        const auto vulnerability = vulnerabilities_.find(from);
        if (vulnerability == vulnerabilities_.end()) {
            builder_.warn(element, "left out: the vulnerability that it names is not here");
            return {};
        }
        Statement statement;
        statement.advisory = vulnerability->second;
        statement.status = status;
        TRY_VALUE(statement.justification, text_of(element, "security_impactStatement"));
        if (statement.justification.empty()) {
            TRY_VALUE(statement.justification, text_of(element, "security_justificationType"));
        }
        TRY_VALUE(const std::optional<Value> to, element.optional_array_at("to", SIZE_MAX));
        if (!to) return {};
        for (const Value& item : to->items()) {
            const auto package = packages_.find(item.text());
            if (package == packages_.end()) continue; // of a package that is not delivered
            statement.component_name = package->second.name;
            statement.version = package->second.version;
            if (!package->second.purl.empty()) statement.purl = package->second.purl;
            TRY(builder_.add(statement));
        }
        return {};
    }

    SbomDocument& out_;
    Builder builder_;
    std::map<std::string, Component, std::less<>> packages_;
    std::map<std::string, std::string, std::less<>> vulnerabilities_;
    std::map<std::pair<std::string, std::string>, Component> kernels_;
};

} // namespace

bool is_spdx3(const json::Value& root) {
    constexpr std::string_view context = "https://spdx.org/rdf/3.";
    const auto stated = root.find("@context");
    if (!stated || !root.find("@graph")) return false;
    if (stated->is_string()) return stated->text().starts_with(context);
    for (const json::Value& one : stated->items())
        if (one.text().starts_with(context)) return true;
    return false;
}

Status read_spdx3(const json::Value& root, SbomDocument& out, const Limits& limits) {
    TRY_VALUE(const Value graph, root.array_at("@graph", SIZE_MAX));
    out.format = "SPDX-3.0";
    return Graph(out, limits).read(graph);
}

} // namespace oakum::sbom
