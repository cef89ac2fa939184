// SPDX-License-Identifier: Apache-2.0
#include "builder.hpp"

#include <json/writer.hpp>

// SPDX 2's other spelling, "Tag: value" a line: written as the same document in JSON, of what is read there.
namespace oakum::sbom {
namespace {

struct Line {
    std::string_view tag, value;
};

// The lines that have a tag. <text>...</text> can go over many lines; nothing that is read here stands in it.
template <class Visit> void each_line(std::string_view text, Visit&& visit) {
    bool inside = false;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (inside) {
            inside = line.find("</text>") == std::string_view::npos;
            continue;
        }
        const auto opened = line.find("<text>");
        inside = opened != std::string_view::npos && line.find("</text>", opened) == std::string_view::npos;
        const auto colon = line.find(':');
        if (line.starts_with('#') || colon == std::string_view::npos) continue;
        visit(Line{trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))});
    }
}

// "SECURITY cpe23Type cpe:2.3:...", "PACKAGE-MANAGER purl pkg:..."
void write_reference(json::Writer& writer, std::string_view value) {
    const auto first = value.find(' ');
    if (first == std::string_view::npos) return;
    const auto rest = trimmed(value.substr(first + 1));
    const auto second = rest.find(' ');
    if (second == std::string_view::npos) return;
    writer.begin_object()
        .member("referenceType", rest.substr(0, second))
        .member("referenceLocator", trimmed(rest.substr(second + 1)))
        .end_object();
}

struct Package {
    std::string_view name, id, version, purpose, source;
    std::vector<std::string_view> references;
};

void write(json::Writer& writer, const Package& package) {
    writer.begin_object().member("name", package.name);
    for (const auto& [key, value] :
         {std::pair("SPDXID", package.id), std::pair("versionInfo", package.version),
          std::pair("primaryPackagePurpose", package.purpose), std::pair("sourceInfo", package.source)})
        if (!value.empty()) writer.member(key, value);
    writer.key("externalRefs").begin_array();
    for (const auto reference : package.references)
        write_reference(writer, reference);
    writer.end_array().end_object();
}

} // namespace

bool is_tag_value(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    bool found = false;
    each_line(text.substr(0, 4096), [&](const Line& line) { found = found || line.tag == "SPDXVersion"; });
    return found;
}

std::string json_of_tag_value(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string_view version, name, described;
    std::vector<Package> packages;
    bool in_package = false; // a file or a snippet ends it
    each_line(text, [&](const Line& line) {
        const auto into = [&](std::string_view tag, std::string_view& place) {
            if (line.tag == tag && place.empty()) place = line.value;
        };
        into("SPDXVersion", version);
        into("DocumentName", name);
        if (line.tag == "Relationship" && line.value.starts_with("SPDXRef-DOCUMENT DESCRIBES ") &&
            described.empty())
            described = trimmed(line.value.substr(27));
        if (line.tag == "PackageName") packages.push_back({line.value, {}, {}, {}, {}, {}});
        in_package = line.tag == "PackageName" ||
                     (in_package && line.tag != "FileName" && line.tag != "SnippetSPDXID");
        if (!in_package) return;
        into("SPDXID", packages.back().id);
        into("PackageVersion", packages.back().version);
        into("PrimaryPackagePurpose", packages.back().purpose);
        into("PackageSourceInfo", packages.back().source);
        if (line.tag == "ExternalRef") packages.back().references.push_back(line.value);
    });
    std::string out;
    json::Writer writer(out);
    writer.begin_object().member("spdxVersion", version).member("name", name);
    writer.key("documentDescribes").begin_array();
    if (!described.empty()) writer.value(described);
    writer.end_array().key("packages").begin_array();
    for (const Package& package : packages)
        write(writer, package);
    writer.end_array().end_object();
    return out;
}

} // namespace oakum::sbom
