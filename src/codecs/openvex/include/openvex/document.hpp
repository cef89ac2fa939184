// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <component/component.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::openvex {

// What an author says about one vulnerability in products (OpenVEX 0.2.0, "Statement Fields").
struct Statement {
    std::vector<std::string> vulnerabilities; // its name, then its aliases
    component::StatementStatus status = component::StatementStatus::under_investigation;
    std::string justification; // the word of the specification, or the impact statement, or both
    // Purls or other ids. Of a product with subcomponents those; without any product the statement is about
    // everything that the document is used for.
    std::vector<std::string> about;
    bool operator==(const Statement&) const = default;
};

inline constexpr std::size_t most_statements = 100'000;
inline constexpr std::size_t most_about = 10'000; // of one statement

bool is_openvex(std::string_view text);
// Errors: invalid (with place; not_affected needs a justification or an impact statement, as the
// specification asks), too_large.
base::Result<std::vector<Statement>> parse(std::string_view text);

// Whether an id of a statement is that of a component: a purl of the same package, and of the same version
// and qualifiers where the statement names those; or the component's name.
bool names(std::string_view about, const component::Component& component);

} // namespace oakum::openvex
