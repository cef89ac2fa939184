// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <attestations/envelope.hpp>

#include <base/digest.hpp>
#include <json/value.hpp>

namespace oakum::attestations {

inline constexpr std::size_t kLongestText = 4096;

// An in-toto statement (v0.1, v1), whatever it says.
struct Statement {
    struct Subject {
        std::string name; // may be empty
        base::Digest256 sha256;
    };
    std::vector<Subject> subjects; // those that are named by their SHA-256
    json::Value predicate;
};
// One of this kind. `else_words` begins the sentence about another one. Errors: invalid with its place.
base::Result<Statement> read_statement(const Envelope& envelope, std::string_view predicate_type,
                                       std::string_view else_words);

// {"sha256": "..."}, as the digest set of `descriptor`; nothing: it has another one. Errors: invalid.
base::Result<std::optional<base::Digest256>> sha256_of(const json::Value& descriptor);

} // namespace oakum::attestations
