// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::component {

// A package URL (package-url specification, ECMA-427): pkg:type/namespace/name@version?qualifiers#subpath.
// Parts are held decoded and normalised as the type asks (pypi names in lower case with hyphens, ...).
struct Purl {
    std::string type;
    std::string name_space; // segments joined by '/', may be empty
    std::string name;
    std::string version;                                         // may be empty
    std::vector<std::pair<std::string, std::string>> qualifiers; // sorted by key, no empty values
    std::string subpath;

    // At most 1024 bytes. Errors: invalid (says which part), too_large.
    static base::Result<Purl> parse(std::string_view text);
    // Canonical; parse(text()) gives the same value.
    std::string text() const;
    // The value of a qualifier, or empty.
    std::string_view qualifier(std::string_view key) const;
    // "org.apache/commons" or "curl": what advisories call the package.
    std::string full_name() const;

    bool operator==(const Purl&) const = default;
};

// Names of one package that its ecosystem does not tell apart get one spelling ("Foo_Bar" and "foo-bar" in
// pypi).
std::string normalised_name(std::string_view purl_type, std::string_view name);

} // namespace oakum::component
