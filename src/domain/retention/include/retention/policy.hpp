// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>

// How long what is not needed for ever is kept.
namespace oakum::retention {

// In the order in which people are shown them: evidence first, then what can be put back, then what only
// helps.
enum class Kind : std::uint8_t {
    audit,
    findings,
    history,
    reports,
    edits,
    alarms,
    tokens,
    jobs,
    sessions,
    messages,
    changes
};
inline constexpr std::size_t kKindCount = static_cast<std::size_t>(Kind::changes) + 1;

using Days = std::optional<std::uint32_t>; // nothing: for ever

struct Rule {
    Kind kind = Kind::audit;
    std::string_view name;     // as in the API and on the command line
    std::string_view what;     // a phrase: what it is, and from when it counts
    Days otherwise;            // when nobody decided
    std::uint32_t least = 1;   // days
    std::uint32_t most = 3650; // days
    bool for_ever = false;     // may be
};
std::span<const Rule, kKindCount> rules();
const Rule& rule_of(Kind kind);
base::Result<Kind> parse_kind(std::string_view name);

class Policy {
  public:
    Policy(); // as the rules say when nobody decided
    // As long as the rules let: of what was decided, and cannot be read, nothing may go.
    static Policy all_that_may_be();
    Days of(Kind kind) const { return days_[static_cast<std::size_t>(kind)]; }
    // Everything older than this goes; nothing: nothing does.
    std::optional<base::TimePoint> cut(Kind kind, base::TimePoint now) const;
    // Errors: invalid, at the kind's name: outside of its bounds; shorter than what rests on it.
    base::Result<Policy> with(const std::map<Kind, Days>& changes) const;
    bool operator==(const Policy&) const = default;

  private:
    friend Policy longest(const Policy& a, const Policy& b);
    std::array<Days, kKindCount> days_;
};

// What neither of two wants to lose: the fleets of one server share one store.
Policy longest(const Policy& a, const Policy& b);

} // namespace oakum::retention
