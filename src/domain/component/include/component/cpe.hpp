// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::component {

enum class CpeField : std::uint8_t {
    part,
    vendor,
    product,
    version,
    update,
    edition,
    language,
    sw_edition,
    target_sw,
    target_hw,
    other
};
inline constexpr std::size_t cpe_fields = 11;

// One attribute of a well-formed name: ANY ('*'), NA ('-') or a value in its escaped, lower-case spelling.
struct CpeAttribute {
    enum class Kind : std::uint8_t { any, na, value } kind = Kind::any;
    std::string value;     // as in a formatted string, "tcp\/ip"
    bool wildcard = false; // has an unquoted * or ? at an end

    bool operator==(const CpeAttribute&) const = default;
    // Without its escapes: "tcp/ip".
    std::string plain() const;
};

// A CPE 2.3 name (NISTIR 7695).
struct Cpe {
    std::array<CpeAttribute, cpe_fields> attributes;

    // A 2.3 formatted string, or a 2.2 URI ("cpe:/a:vendor:product:1.0"). At most 1024 bytes; unquoted
    // punctuation is forgiven, a wildcard inside a value is not. Errors: invalid, too_large.
    static base::Result<Cpe> parse(std::string_view text);
    std::string text() const;
    const CpeAttribute& operator[](CpeField field) const {
        return attributes[static_cast<std::size_t>(field)];
    }
    // "a:vendor:product", the key by which names are found; empty when one of the three is no plain value.
    std::string key() const;

    bool operator==(const Cpe&) const = default;
};

// Set relations of NISTIR 7696: what the source (an advisory's criteria) says about the target (a component).
enum class Relation : std::uint8_t { equal, subset, superset, disjoint, undefined };
Relation relation(const CpeAttribute& source, const CpeAttribute& target);
// Of whole names. undefined when attributes point both ways.
Relation relation(const Cpe& source, const Cpe& target);

// Part, vendor and product are those of the criteria. A wildcard product (or vendor) in criteria never
// matches, on purpose: such records would hit everything.
bool same_product(const Cpe& criteria, const Cpe& component);

} // namespace oakum::component
