// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::search {

// How a text stands in a name; a greater one is a better one.
enum class Match : std::uint8_t { none, within, prefix, exact };
std::string_view to_string(Match match);

// What is searched for.
class Wanted {
  public:
    // Spaces around it are left out. Errors: invalid (nothing is left, or more than 256 bytes).
    static base::Result<Wanted> parse(std::string_view text);

    // Case of ASCII letters aside. Allocates nothing: it is asked of millions of names.
    Match in(std::string_view name) const;
    // As typed, without the spaces around it.
    const std::string& text() const { return text_; }

  private:
    std::string text_, folded_;
};

// The id of an advisory that a text is or asks about ("are we hit by cve-2024-6387?"), as its publisher
// writes it; nothing when it names none. Whether anybody holds it is another question.
std::optional<std::string> advisory_named(std::string_view text);

} // namespace oakum::search
