// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::access {

// That somebody signed in as the break-glass account since its password was made: the envelope is open. It
// stands in a document until there is another password, so that nobody's signing out takes it away.
struct BreakGlassUse {
    base::TimePoint last{};
    std::uint64_t times = 0;
};

inline constexpr const char* kBreakGlassUse = "break_glass/use"; // the document's name
// Nothing: it was not used. A document that cannot be read was written by a use nevertheless.
std::optional<BreakGlassUse> break_glass_use(std::string_view document);
// The document after another use.
std::string used_again(std::string_view document, base::TimePoint now);

} // namespace oakum::access
