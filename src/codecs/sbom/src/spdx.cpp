// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <algorithm>
#include <optional>

namespace oakum::sbom {
namespace {

using json::Value;

// SPDX 2.3, 7.24; both spellings of OPERATING-SYSTEM are in use. Nothing for files.
std::optional<Kind> kind_of(std::string_view purpose) {
    if (purpose == "FIRMWARE") return Kind::firmware;
    if (purpose == "OPERATING-SYSTEM" || purpose == "OPERATING_SYSTEM") return Kind::operating_system;
    if (purpose == "APPLICATION" || purpose == "CONTAINER" || purpose == "INSTALL") return Kind::application;
    if (purpose == "DEVICE") return Kind::hardware;
    if (purpose == "FILE") return std::nullopt;
    return Kind::library;
}

// The part after the last '/' or '#': some writers give the type as an address.
std::string_view last_part(std::string_view text) {
    const std::size_t at = text.find_last_of("/#");
    return at == std::string_view::npos ? text : text.substr(at + 1);
}

Result<std::string> stated(const Value& package, std::string_view name) {
    TRY_VALUE(std::optional<std::string> text, package.optional_string_at(name, max_text));
    if (!text || *text == "NOASSERTION" || *text == "NONE") return std::string();
    return *std::move(text);
}

// The first package that the document says it describes; empty when it says none.
Result<std::string> described(const Value& root) {
    TRY_VALUE(const std::optional<Value> list, root.optional_array_at("documentDescribes", SIZE_MAX));
    if (list && list->size() > 0) return list->items().begin()->as_string(max_text);
    TRY_VALUE(const std::optional<Value> relationships, root.optional_array_at("relationships", SIZE_MAX));
    if (!relationships) return std::string();
    for (const Value& item : relationships->items()) {
        TRY_VALUE(const std::optional<std::string> from, item.optional_string_at("spdxElementId", max_text));
        TRY_VALUE(const std::optional<std::string> type,
                  item.optional_string_at("relationshipType", max_text));
        if (from == "SPDXRef-DOCUMENT" && type == "DESCRIBES")
            return item.string_at("relatedSpdxElement", max_text);
    }
    return std::string();
}

Status identifiers(const Value& package, Component& out, Builder& builder) {
    TRY_VALUE(const std::optional<Value> references, package.optional_array_at("externalRefs"));
    if (!references) return {};
    for (const Value& reference : references->items()) {
        TRY_VALUE(const std::optional<std::string> type,
                  reference.optional_string_at("referenceType", max_text));
        TRY_VALUE(const std::optional<std::string> locator,
                  reference.optional_string_at("referenceLocator", 64UL * 1024));
        if (!type || !locator) continue;
        const std::string_view kind = last_part(*type);
        if (kind == "purl" && out.purl.empty())
            out.purl = builder.purl(reference, *locator);
        else if ((kind == "cpe23Type" || kind == "cpe22Type") && out.cpe.empty())
            out.cpe = builder.cpe(reference, *locator);
    }
    return {};
}

} // namespace

Status read_spdx(const Value& root, SbomDocument& out, const Limits& limits) {
    TRY_VALUE(out.format, root.string_at("spdxVersion", 16));
    if (!out.format.starts_with("SPDX-2."))
        return root.find("spdxVersion")->wrong("\"" + out.format + "\" is not read; SPDX-2.3 is");
    Builder builder(out, limits);
    TRY_VALUE(out.name, stated(root, "name"));
    TRY_VALUE(const std::string thing, described(root));
    TRY_VALUE(const std::optional<Value> files, root.optional_array_at("files", SIZE_MAX));
    if (files)
        for (const Value& item : files->items())
            if (const auto id = item.find("SPDXID"); id && !thing.empty() && id->text() == thing)
                TRY(add_files(item, "checksums", "algorithm", "checksumValue", out));
    TRY_VALUE(const std::optional<Value> packages, root.optional_array_at("packages", SIZE_MAX));
    if (!packages) return {};
    for (const Value& item : packages->items()) {
        TRY(builder.count());
        TRY_VALUE(const std::string name, stated(item, "name"));
        TRY_VALUE(const std::string purpose, stated(item, "primaryPackagePurpose"));
        TRY_VALUE(const std::string id, stated(item, "SPDXID"));
        if (!id.empty() && id == thing) TRY(add_files(item, "checksums", "algorithm", "checksumValue", out));
        std::optional<Kind> kind = kind_of(purpose);
        Component component;
        TRY(identifiers(item, component, builder));
        // A file that has an identifier is what advisories can name.
        if (!kind && (!component.purl.empty() || !component.cpe.empty())) kind = Kind::library;
        if (name.empty() || !kind) {
            builder.warn(item,
                         name.empty() ? "left out: it has no name" : "left out: no software but " + purpose);
            continue;
        }
        component.name = name;
        TRY_VALUE(component.version, stated(item, "versionInfo"));
        TRY_VALUE(const std::string source, stated(item, "sourceInfo"));
        component.purl = with_source_info(std::move(component.purl), source);
        component.kind = refined(*kind, component);
        if (component.kind == Kind::hardware && component.cpe.empty()) {
            builder.warn(item, "left out: no software but " + purpose);
            continue;
        }
        const bool itself = !id.empty() && id == thing;
        if (itself) {
            out.name = component.name;
            out.version = component.version;
        }
        // The thing itself is part of the set only where advisories could name it, or where it is all there
        // is.
        if (!itself || packages->size() == 1 || !component.cpe.empty() || !component.purl.empty())
            builder.add(std::move(component));
    }
    return {};
}

} // namespace oakum::sbom
