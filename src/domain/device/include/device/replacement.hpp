// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <device/facts.hpp>

#include <span>
#include <string_view>
#include <utility>
#include <vector>

// A unit breaks, and another one takes its place: what was known of the place goes on with the new unit, what
// was known of the old unit stays with it.
namespace oakum::device {

// Whom each of the two points at; the value is the other's id.
inline constexpr std::string_view kReplaces = "x.replaces", kReplacedBy = "x.replaced_by";

// Whether it says something of the place and its people (name, owner, site, tags, what people noted), not of
// the unit that stands there (serial, model, versions, addresses). What a unit says of itself is its own.
bool belongs_to_place(const Fact& fact);

// One unit, as far as a replacement looks at it.
struct Unit {
    std::string_view id;
    Lifecycle lifecycle = Lifecycle::pending;
    std::span<const Fact> facts; // its own
};
// Errors: conflict (why this one cannot take that one's place, as a sentence that says what to do).
base::Status may_replace(const Unit& old, const Unit& fresh);

// Before and after of each fact of the new unit that changes; an empty value before: there was none. A fact
// keeps its source, except where the new unit's own would outrank it: then it is the word of the person who
// replaces.
std::vector<std::pair<Fact, Fact>> passed_on(std::span<const Fact> old, std::span<const Fact> fresh,
                                             const std::string& person, base::TimePoint now);

} // namespace oakum::device
