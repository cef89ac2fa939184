// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/facts.hpp>
#include <device/ids.hpp>

#include <span>
#include <vector>

namespace oakum::device {

// Whether a newly learnt fact replaces the one that is held: a higher source wins, equal sources: the newer
// one.
bool replaces(const Fact& learnt, const Fact& held);

// A group that a device belongs to, and what it gives to its members.
struct GroupDefaults {
    GroupId id;
    std::string_view name;
    std::size_t specificity = 0; // the group of its own: kOwnGroup; by query: the number of comparisons
    std::span<const Fact> defaults;
};
inline constexpr std::size_t kOwnGroup = 1'000'000;

// Orders groups so that the one whose default wins stands first; ties by id, the older one first.
void most_specific_first(std::vector<GroupDefaults>& groups);

// What holds for a device: its own facts, and below them (above assumptions) the defaults of its groups, with
// source `group` and the group's name as detail. Sorted by key.
std::vector<Fact> effective_facts(std::span<const Fact> own, std::vector<GroupDefaults> groups);

} // namespace oakum::device
