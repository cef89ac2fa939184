// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sbom/document.hpp>

#include <component/component.hpp>
#include <json/value.hpp>

#include <optional>
#include <set>
#include <string>

namespace oakum::sbom {

using base::Result;
using base::Status;
using component::Component;
using component::Kind;
using component::Statement;

constexpr std::size_t max_text = 2048;
constexpr std::size_t max_files = 16; // that one document describes

// Collects what the two readers find, within the limits.
class Builder {
  public:
    Builder(SbomDocument& document, const Limits& limits) : document_(document), limits_(limits) {}

    // Counts one component that was met, taken or not. Errors: too_large.
    Status count();
    void add(Component component);
    // A repetition is dropped. Errors: too_large.
    Status add(Statement statement);
    Status add(Linked linked); // Errors: too_large
    void warn(const json::Value& where, std::string_view what);

    // Canonical, or empty with a warning.
    std::string purl(const json::Value& where, const std::string& text);
    std::string cpe(const json::Value& where, const std::string& text);

  private:
    SbomDocument& document_;
    const Limits& limits_;
    std::size_t met_ = 0;
    std::set<Component> known_;
    std::set<std::string> said_;
};

// Without the white space around it.
std::string_view trimmed(std::string_view text);

// Adds what is a SHA-256 in a list of {ALGORITHM: "SHA-256", VALUE: "..."}. Errors: invalid (it is no list).
Status add_files(const json::Value& thing, std::string_view list, std::string_view algorithm,
                 std::string_view value, SbomDocument& out);

// A package manager's purl makes a package, the kernel's own name a kernel; otherwise what the document says.
Kind refined(Kind stated, const Component& component);

// The purl of a distribution's package with the source that it is built from, as a qualifier; as it was where
// that says nothing new or the purl has one already.
std::string with_source(std::string purl, std::string_view name, std::string_view version);
// The same of what Trivy writes into SPDX documents: "built package from: openssl 1.1.1n-0+deb11u3".
std::string with_source_info(std::string purl, std::string_view info);

// "urn:cdx:SERIAL/VERSION" and "REFERENCE" of a BOM-Link; nothing for another text.
struct BomLink {
    std::string link, reference;
};
std::optional<BomLink> read_bom_link(std::string_view text);

Status read_cyclonedx(const json::Value& root, SbomDocument& out, const Limits& limits);
Status read_spdx(const json::Value& root, SbomDocument& out, const Limits& limits);
bool is_spdx3(const json::Value& root);
Status read_spdx3(const json::Value& root, SbomDocument& out, const Limits& limits);
// SPDX 2 as lines of "Tag: value"; as JSON it is what read_spdx reads.
bool is_tag_value(std::string_view text);
std::string json_of_tag_value(std::string_view text);
// CycloneDX in XML; as JSON it is what read_cyclonedx reads. Errors: invalid with the line (no CycloneDX, a
// DOCTYPE, too deep).
bool is_xml(std::string_view text);
Result<std::string> json_of_cyclonedx_xml(std::string_view text);

} // namespace oakum::sbom
