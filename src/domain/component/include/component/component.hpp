// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::component {

// hardware is what the software runs on: it is listed, so that what depends on it can be decided.
enum class Kind : std::uint8_t {
    firmware,
    operating_system,
    kernel,
    package,
    library,
    application,
    hardware
};

// One piece of software as a device or an SBOM names it. Identifiers are canonical text or empty; a component
// without a purl and a cpe can still be an operating system that is matched by its name ("ios", "ipados",
// "android").
struct Component {
    Kind kind = Kind::package;
    std::string name;
    std::string version; // as reported; parsed only by the matcher, with the scheme of the statement at hand
    std::string purl;    // canonical, with version; package-url specification
    std::string cpe;     // CPE 2.3 formatted string, NISTIR 7695
    std::string bundle_id;   // iOS bundle id or Android package name
    std::string patch_level; // Android security patch level, "2024-05-01"

    auto operator<=>(const Component&) const = default;
    bool operator==(const Component&) const = default;
};

// What the maker of a software set says about an advisory in it (VEX inside an SBOM).
enum class StatementStatus : std::uint8_t { not_affected, affected, fixed, under_investigation };
struct Statement {
    std::string advisory;       // CVE or other id
    std::string component_name; // empty: the whole set
    StatementStatus status = StatementStatus::under_investigation;
    std::string justification;
    // Of the component of that name which is meant; nothing: of every version, from wherever.
    std::optional<std::string> version = std::nullopt, purl = std::nullopt;
    bool operator==(const Statement&) const = default;
};

} // namespace oakum::component
