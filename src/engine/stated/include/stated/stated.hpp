// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <component/component.hpp>
#include <openvex/document.hpp>
#include <sbom/document.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::stated {

inline constexpr std::size_t most_statements = 1'000'000; // about one thing

struct Said {
    std::string format;                              // "OpenVEX", "cve-check or pkg-stats", "CycloneDX 1.6"
    std::vector<openvex::Statement> statements;      // by purls and other ids
    std::vector<component::Statement> of_components; // by names and versions
    std::vector<sbom::Linked> linked;                // by references into another CycloneDX document
    std::size_t size() const { return statements.size() + of_components.size() + linked.size(); }
};

// Errors: invalid (with place), too_large.
base::Result<Said> read(std::string_view text);

// Adds to `out` what is said of these components, and of all of them. How many statements that are about
// something here. What is said of a part of a product counts only where that product is here: `thing` by its
// name, or one of the components. References into a document count where `document` is that one, and those
// that are package URLs with a version wherever such a package is. Errors: too_large.
base::Result<std::size_t> apply(const Said& said, std::span<const component::Component> components,
                                std::vector<component::Statement>& out, std::string_view thing = {},
                                const sbom::References& document = {});

// Adds one statement about the components at these places, and `whole`: about the thing itself. Errors:
// too_large.
base::Status say(component::Statement statement, bool whole, std::span<const std::uint32_t> places,
                 std::span<const component::Component> components, std::vector<component::Statement>& out);

} // namespace oakum::stated
