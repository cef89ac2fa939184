// SPDX-License-Identifier: Apache-2.0
#include <alarm/cause.hpp>

#include <array>

namespace oakum::alarm {
namespace {

struct Trait {
    Kind kind;
    std::string_view name;
    Whom whom;
    Urgency urgency; // of most of its causes
};

using enum Whom;
using enum Urgency;

constexpr std::array<Trait, kKindCount> kTraits{{
    {Kind::feeds_stale, "feeds_stale", operators, can_wait},
    {Kind::expiry, "expiry", administrators, can_wait},
    {Kind::offline_keys, "offline_keys", administrators, can_wait},
    {Kind::rollout_waits, "rollout_waits", operators, can_wait},
    {Kind::exploited, "exploited", operators, at_once},
    {Kind::devices_quiet, "devices_quiet", operators, can_wait},
    {Kind::disk_low, "disk_low", administrators, at_once},
    {Kind::backup_old, "backup_old", administrators, can_wait},
    {Kind::identity_copied, "identity_copied", operators, at_once},
    {Kind::clock_jumped, "clock_jumped", administrators, at_once},
    {Kind::artifact_damaged, "artifact_damaged", operators, can_wait},
    {Kind::channel_fails, "channel_fails", administrators, can_wait},
    {Kind::break_glass_used, "break_glass_used", administrators, at_once},
    {Kind::exceptions_end, "exceptions_end", approvers, can_wait},
    {Kind::source_fails, "source_fails", operators, can_wait},
    {Kind::epss_rose, "epss_rose", operators, at_once},
    {Kind::attack_seen, "attack_seen", administrators, at_once},
    {Kind::floor_missed, "floor_missed", operators, can_wait},
    {Kind::policy_idle, "policy_idle", operators, can_wait},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kTraits.size(); ++i)
        if (static_cast<std::size_t>(kTraits[i].kind) != i) return false;
    return true;
}
static_assert(in_order());

const Trait& trait(Kind kind) {
    return kTraits[static_cast<std::size_t>(kind)];
}

} // namespace

std::string_view to_string(Kind kind) {
    return trait(kind).name;
}

base::Result<Kind> parse_kind(std::string_view text) {
    for (const Trait& each : kTraits)
        if (each.name == text) return each.kind;
    return base::invalid("there is no such kind of alarm");
}

Urgency urgency(const Cause& cause) {
    const bool halted = cause.kind == Kind::rollout_waits && cause.detail == "halted";
    const bool over = cause.kind == Kind::expiry && cause.extent > 0;
    return halted || over ? at_once : trait(cause.kind).urgency;
}

std::string_view to_string(Whom whom) {
    constexpr std::array<std::string_view, 3> kNames{"operators", "approvers", "administrators"};
    return kNames[static_cast<std::size_t>(whom)];
}

Whom whom(const Cause& cause) {
    return cause.kind == Kind::rollout_waits && cause.detail == "awaiting_approval" ? approvers
                                                                                    : trait(cause.kind).whom;
}

} // namespace oakum::alarm
