// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <component/component.hpp>
#include <component/purl.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oakum::openvex {

// What an author says about one vulnerability in products (OpenVEX 0.2.0, "Statement Fields").
struct Statement {
    std::vector<std::string> vulnerabilities; // its name, then its aliases
    component::StatementStatus status = component::StatementStatus::under_investigation;
    std::string justification; // the word of the specification, or the impact statement, or both
    // Purls or other ids. Of a product with subcomponents those. Without any product it is about nothing that
    // is known here.
    std::vector<std::string> about;
    bool of_parts = false;             // subcomponents of a product are among those
    std::vector<std::string> products; // whose: what is said of a part in one product is not said elsewhere
    base::TimePoint at{};              // its own time, or its document's
    bool operator==(const Statement&) const = default;
};

struct Document {
    std::string id; // may be empty
    base::TimePoint timestamp{};
    std::vector<Statement> statements; // in the order of their times: the latest counts
};

inline constexpr std::size_t most_statements = 100'000;
inline constexpr std::size_t most_about = 10'000; // of one statement

bool is_openvex(std::string_view text);
// Errors: invalid (with place; not_affected needs a justification or an impact statement, as the
// specification asks), too_large.
base::Result<Document> read(std::string_view text);
base::Result<std::vector<Statement>> parse(std::string_view text); // its statements

// Components by what statements call them, so that each of many statements finds its own at once.
class Subjects {
  public:
    // Keeps views of the components.
    explicit Subjects(std::span<const component::Component> components);

    // Places among the components, ascending: those whose purl is of the same package, and of the same
    // version and qualifiers where the id names those; or those of that name.
    std::vector<std::uint32_t> named_by(std::string_view about) const;

  private:
    std::vector<std::optional<component::Purl>> purls_; // as the components
    std::unordered_multimap<std::string, std::uint32_t> packages_;
    std::unordered_multimap<std::string_view, std::uint32_t> names_;
};

} // namespace oakum::openvex
