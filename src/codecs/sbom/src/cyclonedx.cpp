// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <component/purl.hpp>

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace oakum::sbom {
namespace {

using component::StatementStatus;
using json::Value;

// Nothing for what no advisory is about: data, plain files.
std::optional<Kind> kind_of(std::string_view type) {
    if (type == "firmware") return Kind::firmware;
    if (type == "operating-system" || type == "platform") return Kind::operating_system;
    if (type == "device-driver") return Kind::kernel;
    if (type == "device") return Kind::hardware;
    if (type == "application" || type == "container") return Kind::application;
    if (type == "library" || type == "framework") return Kind::library;
    return std::nullopt;
}

std::optional<StatementStatus> status_of(std::string_view state) {
    if (state == "resolved" || state == "resolved_with_pedigree") return StatementStatus::fixed;
    if (state == "exploitable") return StatementStatus::affected;
    if (state == "in_triage") return StatementStatus::under_investigation;
    if (state == "not_affected" || state == "false_positive") return StatementStatus::not_affected;
    return std::nullopt;
}

class Reader {
  public:
    Reader(SbomDocument& out, const Limits& limits) : out_(out), builder_(out, limits) {}

    Status read(const Value& root) {
        TRY_VALUE(const std::string version, root.string_at("specVersion", 16));
        if (!version.starts_with("1."))
            return root.find("specVersion")->wrong("CycloneDX \"" + version + "\" is not known");
        out_.format = "CycloneDX " + version;
        if (version < "1.4" || version > "1.6" || version.size() != 3)
            builder_.warn(root, "version " + version + " is read as if it were 1.6");
        TRY_VALUE(const std::optional<Value> metadata, root.optional_object_at("metadata"));
        if (metadata) {
            TRY(described(*metadata));
        }
        TRY(list(root, true));
        TRY(own_link(root));
        TRY(vulnerabilities(root));
        for (auto& [reference, statement] : named_)
            if (statement) out_.references.named.emplace(reference, *std::move(statement));
        return {};
    }

  private:
    // The thing itself: part of the set only where advisories could name it.
    Status described(const Value& metadata) {
        TRY_VALUE(const std::optional<Value> component, metadata.optional_object_at("component"));
        if (!component) return {};
        TRY_VALUE(std::optional<std::string> name, component->optional_string_at("name", max_text));
        TRY_VALUE(std::optional<std::string> version, component->optional_string_at("version", max_text));
        out_.name = std::move(name).value_or("");
        out_.version = std::move(version).value_or("");
        TRY(add_files(*component, "hashes", "alg", "content", out_));
        const std::optional<Value> type = component->find("type");
        // A device is described through its software, unless a CPE name says what it is to advisories.
        if (!type || type->text() != "device" || component->find("cpe")) {
            TRY_VALUE(std::optional<Component> read, one(*component));
            if (read && (!read->cpe.empty() || !read->purl.empty())) builder_.add(*std::move(read));
        }
        TRY_VALUE(const std::optional<std::string> reference,
                  component->optional_string_at("bom-ref", max_text));
        if (reference) named_[*reference] = Statement(); // the whole
        return list(*component, true);
    }

    // Recursion ends with the depth of the document.
    Status list(const Value& parent, bool delivered) {
        TRY_VALUE(const std::optional<Value> components, parent.optional_array_at("components", SIZE_MAX));
        if (!components) return {};
        for (const Value& item : components->items()) {
            TRY(builder_.count());
            TRY_VALUE(const bool part, is_delivered(item));
            const bool taken = delivered && part;
            if (delivered && !part) builder_.warn(item, "left out: a tool of the build, not delivered");
            TRY_VALUE(const std::optional<std::string> reference,
                      item.optional_string_at("bom-ref", max_text));
            if (taken) {
                TRY_VALUE(std::optional<Component> read, one(item));
                if (read) {
                    if (reference) named_[*reference] = about(*read);
                    TRY(pedigree(item, *read));
                    builder_.add(*std::move(read));
                }
            }
            if (reference) named_.emplace(*reference, std::nullopt);
            TRY(list(item, taken));
        }
        return {};
    }

    Result<bool> is_delivered(const Value& item) const {
        TRY_VALUE(const std::optional<std::string> scope, item.optional_string_at("scope", max_text));
        if (scope == "excluded") return false;
        TRY_VALUE(const std::optional<Value> properties, item.optional_array_at("properties"));
        if (!properties) return true;
        for (const Value& property : properties->items()) {
            const std::optional<Value> name = property.find("name");
            const std::optional<Value> value = property.find("value");
            if (name && value && name->text() == "BR_TYPE" && value->text() == "host") return false;
        }
        return true;
    }

    // Nothing when it is no software, or has no name.
    Result<std::optional<Component>> one(const Value& item) {
        TRY_VALUE(const std::optional<std::string> type, item.optional_string_at("type", max_text));
        std::optional<Kind> kind = kind_of(type.value_or("library"));
        // A file or a model that has an identifier is what advisories can name.
        if (!kind && (item.find("purl") || item.find("cpe"))) kind = Kind::library;
        if (!kind) {
            builder_.warn(item, "left out: no software but \"" + *type + "\"");
            return std::optional<Component>();
        }
        TRY_VALUE(const std::optional<std::string> name, item.optional_string_at("name", max_text));
        if (name.value_or("").empty()) {
            builder_.warn(item, "left out: it has no name");
            return std::optional<Component>();
        }
        TRY_VALUE(const std::optional<std::string> group, item.optional_string_at("group", max_text));
        TRY_VALUE(std::optional<std::string> version, item.optional_string_at("version", max_text));
        TRY_VALUE(const std::optional<std::string> purl, item.optional_string_at("purl", max_text));
        TRY_VALUE(const std::optional<std::string> cpe, item.optional_string_at("cpe", max_text));
        Component out;
        out.name = group.value_or("").empty() ? *name : *group + "/" + *name;
        out.version = std::move(version).value_or("");
        if (!purl.value_or("").empty()) out.purl = builder_.purl(item, *purl);
        if (!cpe.value_or("").empty()) out.cpe = builder_.cpe(item, *cpe);
        TRY(source(item, out));
        out.kind = refined(*kind, out);
        if (out.kind == Kind::hardware && out.cpe.empty()) {
            builder_.warn(item, "left out: no software but \"" + *type + "\"");
            return std::optional<Component>();
        }
        return std::optional(std::move(out));
    }

    // Trivy says as properties which source a package is built from.
    static Status source(const Value& item, Component& out) {
        TRY_VALUE(const std::optional<Value> properties, item.optional_array_at("properties"));
        if (!properties || out.purl.empty()) return {};
        std::string name, version, release, epoch;
        for (const Value& property : properties->items()) {
            constexpr std::string_view beginning = "aquasecurity:trivy:Src";
            TRY_VALUE(const std::optional<std::string> key, property.optional_string_at("name", max_text));
            if (!key || !key->starts_with(beginning)) continue;
            TRY_VALUE(const std::optional<std::string> value, property.optional_string_at("value", max_text));
            const auto what = std::string_view(*key).substr(beginning.size());
            if (what == "Name") name = value.value_or("");
            if (what == "Version") version = value.value_or("");
            if (what == "Release") release = value.value_or("");
            if (what == "Epoch") epoch = value.value_or("");
        }
        if (!version.empty() && !release.empty()) version += "-" + release;
        if (!version.empty() && !epoch.empty() && epoch != "0") version.insert(0, epoch + ":");
        out.purl = with_source(std::move(out.purl), name, version);
        return {};
    }

    // A statement about this component alone, and not about others of its name.
    static Statement about(const Component& component) {
        Statement statement;
        statement.component_name = component.name;
        statement.version = component.version;
        statement.purl = component.purl;
        return statement;
    }

    // A patch that names what it resolves.
    Status pedigree(const Value& item, const Component& component) {
        TRY_VALUE(const std::optional<Value> found, item.optional_object_at("pedigree"));
        if (!found) return {};
        TRY_VALUE(const std::optional<Value> patches, found->optional_array_at("patches"));
        if (!patches) return {};
        for (const Value& patch : patches->items()) {
            TRY_VALUE(const std::optional<Value> resolves, patch.optional_array_at("resolves"));
            if (!resolves) continue;
            for (const Value& issue : resolves->items()) {
                TRY_VALUE(const std::optional<std::string> type, issue.optional_string_at("type", max_text));
                TRY_VALUE(std::optional<std::string> id, issue.optional_string_at("id", max_text));
                if (!id || id->empty() || (type && *type != "security")) continue;
                Statement statement = about(component);
                statement.advisory = *std::move(id);
                statement.status = StatementStatus::fixed;
                statement.justification = "patched (pedigree)";
                TRY(builder_.add(std::move(statement)));
            }
        }
        return {};
    }

    Status own_link(const Value& root) {
        TRY_VALUE(const std::optional<std::string> serial, root.optional_string_at("serialNumber", max_text));
        if (!serial || !serial->starts_with("urn:uuid:")) return {};
        const std::optional<Value> version = root.find("version");
        const auto number = version ? version->source() : std::string_view("1");
        if (const auto own = read_bom_link("urn:cdx:" + serial->substr(9).append("/").append(number)))
            out_.references.link = own->link;
        return {};
    }

    static Result<std::vector<AnalysedVersion>> versions(const Value& affected) {
        std::vector<AnalysedVersion> out;
        TRY_VALUE(const std::optional<Value> list, affected.optional_array_at("versions"));
        if (!list) return out;
        for (const Value& item : list->items()) {
            TRY_VALUE(std::optional<std::string> one, item.optional_string_at("version", max_text));
            TRY_VALUE(std::optional<std::string> range, item.optional_string_at("range", max_text));
            TRY_VALUE(std::optional<std::string> status, item.optional_string_at("status", 32));
            out.push_back(
                {std::move(one).value_or(""), std::move(range).value_or(""), std::move(status).value_or("")});
        }
        return out;
    }

    // Whom a reference means: also one that names this document itself.
    auto find(const std::string& reference, const std::optional<BomLink>& link) const {
        auto known = named_.find(reference);
        if (known != named_.end() || !link || link->link != out_.references.link) return known;
        known = named_.find(link->reference);
        return known != named_.end() ? known : named_.find(unescaped(link->reference));
    }

    Status said_of(const Value& affected, const Statement& statement) {
        TRY_VALUE(const std::string reference, affected.string_at("ref", max_text));
        TRY_VALUE(std::vector<AnalysedVersion> listed, versions(affected));
        const std::optional<BomLink> link = read_bom_link(reference);
        const auto known = find(reference, link);
        // Said of something else, it must not count for the whole.
        if (known == named_.end()) {
            builder_.warn(affected, "the analysis is not used: no such component here");
            if (link) return builder_.add({link->link, link->reference, statement, std::move(listed)});
            // Of no document, and yet it says what it means.
            if (const auto purl = component::Purl::parse(reference); purl.ok() && !purl->version.empty())
                return builder_.add({"", reference, statement, std::move(listed)});
            return {};
        }
        if (!known->second) return {};
        Statement said = *known->second;
        const bool whole = said.component_name.empty();
        if (!is_about(listed, statement.status, whole ? out_.version : said.version.value_or(""),
                      said.purl.value_or(""))) {
            builder_.warn(affected, "the analysis is not used: it is about other versions");
            return {};
        }
        said.advisory = statement.advisory;
        said.status = statement.status;
        said.justification = statement.justification;
        return builder_.add(std::move(said));
    }

    Status vulnerabilities(const Value& root) {
        TRY_VALUE(const std::optional<Value> found, root.optional_array_at("vulnerabilities", SIZE_MAX));
        if (!found) return {};
        for (const Value& item : found->items())
            TRY(vulnerability(item));
        return {};
    }

    Status vulnerability(const Value& item) {
        TRY_VALUE(const std::optional<std::string> id, item.optional_string_at("id", max_text));
        TRY_VALUE(const std::optional<Value> analysis, item.optional_object_at("analysis"));
        if (!id || id->empty() || !analysis) return {};
        TRY_VALUE(const std::optional<std::string> state, analysis->optional_string_at("state", max_text));
        if (!state) return {};
        const std::optional<StatementStatus> status = status_of(*state);
        if (!status)
            return analysis->find("state")->wrong("\"" + state->substr(0, 50) +
                                                  "\" is no state of an analysis");
        TRY_VALUE(const std::optional<std::string> reason,
                  analysis->optional_string_at("justification", max_text));
        TRY_VALUE(const std::optional<std::string> detail, analysis->optional_string_at("detail"));
        Statement statement{*id, "", *status, reason.value_or(detail.value_or("").substr(0, max_text))};
        TRY_VALUE(const std::optional<Value> affects, item.optional_array_at("affects"));
        if (!affects || affects->size() == 0) return builder_.add(std::move(statement));
        for (const Value& affected : affects->items())
            TRY(said_of(affected, statement));
        return {};
    }

    SbomDocument& out_;
    Builder builder_;
    // Whom a statement about a reference is about; nothing: about what is not taken.
    std::unordered_map<std::string, std::optional<Statement>> named_;
};

} // namespace

Status read_cyclonedx(const Value& root, SbomDocument& out, const Limits& limits) {
    TRY_VALUE(const std::string format, root.string_at("bomFormat", 64));
    if (format != "CycloneDX") return root.find("bomFormat")->wrong("\"" + format + "\" is not CycloneDX");
    return Reader(out, limits).read(root);
}

} // namespace oakum::sbom
