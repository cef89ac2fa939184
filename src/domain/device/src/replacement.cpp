// SPDX-License-Identifier: Apache-2.0
#include <device/inheritance.hpp>
#include <device/replacement.hpp>

#include <algorithm>
#include <array>

namespace oakum::device {
namespace {

constexpr std::array<std::string_view, 10> kOfPlace{
    key::name, key::owner, key::criticality, key::exposure, key::safety,
    key::site, key::zone,  key::timezone,    key::cadence,  key::unattended};
// Said by people, and of the unit: what it is made of, and its links to other units.
constexpr std::array<std::string_view, 4> kOfUnit{"x.cpe", "x.hardware_cpe", kReplaces, kReplacedBy};

template <std::size_t N> bool is_one_of(const std::array<std::string_view, N>& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

const Fact* find(std::span<const Fact> facts, std::string_view key) {
    const auto at =
        std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.key == key; });
    return at == facts.end() ? nullptr : &*at;
}

bool points_elsewhere(const Unit& from, std::string_view key, std::string_view to) {
    const Fact* link = find(from.facts, key);
    return link != nullptr && link->value != to;
}

} // namespace

bool belongs_to_place(const Fact& fact) {
    if (fact.source == FactSource::reported || fact.source == FactSource::group) return false;
    if (is_one_of(kOfPlace, fact.key) || fact.key.starts_with("tag.")) return true;
    return fact.source == FactSource::person && fact.key.starts_with("x.") && !is_one_of(kOfUnit, fact.key);
}

base::Status may_replace(const Unit& old, const Unit& fresh) {
    if (old.id == fresh.id) return base::conflict("a device does not take its own place: name the new one");
    if (fresh.lifecycle == Lifecycle::retired)
        return base::conflict("the new device is retired; it comes back by enrolling again");
    if (fresh.lifecycle == Lifecycle::unmanaged)
        return base::conflict(
            "the new device was only seen on the network: enrol it, import it or accept it first");
    if (old.lifecycle == Lifecycle::unmanaged)
        return base::conflict(
            "the old device was only seen on the network, so nothing of it passes on: retire it");
    if (points_elsewhere(old, kReplacedBy, fresh.id))
        return base::conflict(
            "the place of the old device was taken by another one already: replace that one, or "
            "undo that replacement");
    if (points_elsewhere(fresh, kReplaces, old.id))
        return base::conflict(
            "the new device took the place of another one already: undo that replacement first");
    return {};
}

std::vector<std::pair<Fact, Fact>> passed_on(std::span<const Fact> old, std::span<const Fact> fresh,
                                             const std::string& person, base::TimePoint now) {
    std::vector<std::pair<Fact, Fact>> changes;
    for (const Fact& fact : old) {
        if (!belongs_to_place(fact)) continue;
        const Fact* held = find(fresh, fact.key);
        if (held != nullptr && held->value == fact.value) continue;
        Fact before, after = fact;
        before.key = fact.key;
        if (held != nullptr) before = *held;
        after.at = now;
        if (held != nullptr && !replaces(after, *held)) {
            after.source = FactSource::person;
            after.detail = person;
        }
        changes.emplace_back(std::move(before), std::move(after));
    }
    return changes;
}

} // namespace oakum::device
