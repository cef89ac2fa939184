// SPDX-License-Identifier: Apache-2.0
#include <alarm/compare.hpp>

#include <alarm/limits.hpp>
#include <device/query_text.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace oakum::alarm {
namespace {

// More of a site than this, and it is its network or its power, not the devices.
constexpr std::uint64_t kQuietPercent = 10;
// More sites than this, and it is none of them.
constexpr std::size_t kMostSites = 10;
// What a query may name.
constexpr std::size_t kMostNamed = 100;

const Held* find(std::span<const Held> held, Kind kind, std::string_view subject) {
    const auto at = std::ranges::find_if(
        held, [&](const Held& each) { return each.cause.kind == kind && each.cause.subject == subject; });
    return at == held.end() ? nullptr : &*at;
}

bool has_new(const std::vector<std::string>& before, const std::vector<std::string>& now) {
    return std::ranges::any_of(
        now, [&](const std::string& thing) { return std::ranges::find(before, thing) == before.end(); });
}

// `quiet` of `devices`, as parts of a hundred.
bool reaches(std::uint64_t quiet, std::uint64_t devices, std::uint64_t percent) {
    return quiet > 0 && quiet * 100 >= devices * percent;
}

std::string any_of(const std::vector<std::string>& advisories) {
    if (advisories.size() > kMostNamed) return "kev";
    std::string list;
    for (const std::string& id : advisories)
        list += (list.empty() ? "" : ", ") + device::as_literal(id);
    return advisories.size() == 1 ? "finding = " + list : "finding in (" + list + ")";
}

} // namespace

bool is_worse(const Cause& before, const Cause& now) {
    switch (now.kind) {
    case Kind::devices_quiet:
        return now.extent >= before.extent * 2 && now.extent >= before.extent + 5;
    case Kind::disk_low:
        return now.extent >= before.extent + 2;
    case Kind::rollout_waits:
        return now.detail != before.detail;
    case Kind::feeds_stale:
    case Kind::expiry:
    case Kind::offline_keys:
    case Kind::exploited:
    case Kind::backup_old:
    case Kind::identity_copied:
    case Kind::clock_jumped:
    case Kind::artifact_damaged:
    case Kind::channel_fails:
    case Kind::break_glass_used:
    case Kind::exceptions_end:
    case Kind::source_fails:
    case Kind::epss_rose:
    case Kind::attack_seen:
    case Kind::floor_missed:
    case Kind::policy_idle:
        return now.extent > before.extent || has_new(before.things, now.things);
    }
    return false;
}

Changes compare(std::span<const Held> held, const Look& look) {
    Changes changes;
    std::set<AlarmId> still;
    for (const Cause& cause : look.causes) {
        const Held* known = find(held, cause.kind, cause.subject);
        if (known == nullptr) {
            changes.opened.push_back(cause);
            continue;
        }
        still.insert(known->id);
        const bool worse = is_worse(known->cause, cause);
        Cause now = cause;
        // A figure that only wavers is no news, and not worth a write.
        if (!worse) now.extent = known->cause.extent;
        if (worse || now != known->cause) changes.changed.push_back({known->id, std::move(now), worse});
    }
    for (const Held& each : held)
        if (look.looked.has(each.cause.kind) && !still.contains(each.id)) changes.closed.push_back(each.id);
    return changes;
}

Cause epss_cause(std::vector<std::string> advisories) {
    Cause cause;
    cause.kind = Kind::epss_rose;
    std::string list;
    for (std::size_t i = 0; i < advisories.size() && i < kMostNamed; ++i)
        list += (i == 0 ? "" : ", ") + device::as_literal(advisories[i]);
    cause.query = "finding in (" + list + ")";
    cause.things = std::move(advisories);
    return cause;
}

std::vector<Cause> exploited_causes(std::span<const Held> held, std::span<const std::string> advisories) {
    std::vector<Cause> causes;
    std::set<std::string, std::less<>> told;
    const auto add = [&](std::string subject, std::vector<std::string> things) {
        Cause cause;
        cause.kind = Kind::exploited;
        cause.subject = std::move(subject);
        cause.query = any_of(things);
        cause.things = std::move(things);
        causes.push_back(std::move(cause));
    };
    for (const Held& each : held) {
        if (each.cause.kind != Kind::exploited) continue;
        std::vector<std::string> left;
        for (const std::string& id : each.cause.things)
            if (std::ranges::binary_search(advisories, id) && told.insert(id).second) left.push_back(id);
        if (!left.empty()) add(each.cause.subject, std::move(left));
    }
    std::vector<std::string> fresh;
    for (const std::string& id : advisories)
        if (!told.contains(id)) fresh.push_back(id);
    if (fresh.empty()) return causes;
    // A name that no alarm has: the first of them may have named one that went on without it.
    std::string subject = fresh.front();
    while (find(held, Kind::exploited, subject) != nullptr)
        subject += "+";
    add(std::move(subject), std::move(fresh));
    return causes;
}

Cause part_of(Cause cause, const std::function<bool(const std::string& query)>& found) {
    if (cause.kind != Kind::exploited || cause.things.size() < 2) return cause;
    // Too many to ask for each: its query is for all that are exploited, and none is named.
    if (cause.things.size() > kMostNamed) {
        cause.things.clear();
        return cause;
    }
    std::erase_if(cause.things, [&](const std::string& id) { return !found(any_of({id})); });
    cause.query = cause.things.empty() ? "kev" : any_of(cause.things);
    return cause;
}

std::optional<Cause> disk_cause(std::span<const Held> held, std::uint64_t free, std::uint64_t size) {
    const bool known = find(held, Kind::disk_low, "") != nullptr;
    if (!disk_is_low(known ? free - free / 5 : free, size)) return std::nullopt;
    Cause cause;
    cause.kind = Kind::disk_low;
    cause.extent = size == 0 ? 100 : 100 - free * 100 / size;
    return cause;
}

std::vector<Cause> quiet_causes(std::span<const Held> held, std::span<const SiteCount> sites) {
    std::vector<Cause> causes;
    std::uint64_t quiet = 0;
    const bool wide = find(held, Kind::devices_quiet, "*") != nullptr;
    for (const SiteCount& site : sites) {
        const bool known = find(held, Kind::devices_quiet, site.site) != nullptr;
        if (!reaches(site.quiet, site.devices, known || wide ? kQuietPercent / 2 : kQuietPercent)) continue;
        Cause cause;
        cause.kind = Kind::devices_quiet;
        cause.subject = cause.name = site.site;
        cause.extent = site.quiet;
        cause.query = "lifecycle = quiet and " +
                      (site.site.empty() ? "not exists(site)" : "site = " + device::as_literal(site.site));
        causes.push_back(std::move(cause));
        quiet += site.quiet;
    }
    if (causes.size() <= (wide ? kMostSites / 2 : kMostSites)) return causes;
    Cause all;
    all.kind = Kind::devices_quiet;
    all.subject = "*";
    all.extent = quiet;
    all.query = "lifecycle = quiet";
    return {all};
}

} // namespace oakum::alarm
