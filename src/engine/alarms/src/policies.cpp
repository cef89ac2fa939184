// SPDX-License-Identifier: Apache-2.0
#include <alarms/observe.hpp>
#include <alarms/policies.hpp>

#include <budget_files/budget_json.hpp>
#include <budgets/budgets.hpp>
#include <floor_files/floor_json.hpp>
#include <schedule/openings.hpp>
#include <schedule_files/rule_json.hpp>
#include <schedules/schedules.hpp>

#include <algorithm>
#include <optional>

namespace oakum::alarms {

using alarm::Cause;
using alarm::Kind;
using device::TenantId;

namespace {

// A query may name so many and be read.
constexpr std::size_t kMostNamed = 100;

// Whether its own times begin again, or have not ended.
bool comes_again(schedule::Rule rule, base::TimePoint now) {
    rule.kind = schedule::Kind::window; // of a freeze alone everything else would be open
    // Within a day, whatever the zone.
    constexpr base::Duration kZones = std::chrono::hours(24);
    return schedule::openings({{&rule, &schedule::utc()}}, now - kZones).at_or_after(now - kZones) != nullptr;
}

} // namespace

std::vector<Cause> idle_policies(const fleet::Core& core, TenantId tenant) {
    std::vector<Cause> causes;
    if (core.fleet.count(select(tenant, "")).yes == 0) return causes;
    const auto note = [&](std::string_view kind, const std::string& name, std::string why) {
        Cause cause;
        cause.kind = Kind::policy_idle;
        cause.subject = std::string(kind) + " " + name;
        cause.name = name;
        cause.detail = std::move(why);
        causes.push_back(std::move(cause));
    };
    // What cannot be read any more is told where it is listed: it holds devices, which is not idle.
    const auto is_for_nobody = [&](const std::string& text) {
        const auto query = device::parse_query(text);
        if (!query.ok()) return false;
        const fleet::Count found = core.fleet.count({tenant, {}, *query});
        return found.yes == 0 && found.unknown == 0;
    };
    const base::TimePoint now = core.clock.now();
    if (const auto rules =
            schedule_files::read_rules(core.control.document(tenant, schedules::Schedules::kDocument));
        rules.ok())
        for (const schedule::Rule& rule : *rules) {
            const bool window = rule.kind == schedule::Kind::window;
            const bool again = comes_again(rule, now);
            if (!window && !again) continue; // a freeze that is over did what it was for
            if (is_for_nobody(rule.query))
                note(schedule::to_string(rule.kind), rule.name, "is for no device that is here");
            else if (!again)
                note("window", rule.name,
                     "never opens again: devices that no other window lets in are not changed at all");
        }
    if (const auto budgets =
            budget_files::read_budgets(core.control.document(tenant, budgets::Budgets::kDocument));
        budgets.ok())
        for (const budget::Budget& each : *budgets)
            if (is_for_nobody(each.query)) note("budget", each.name, "is for no device that is here");
    for (const auto& row : core.control.list<ports::DocumentRow>(tenant)) {
        if (row->body.empty() || !row->name.starts_with(floors::Floors::kPrefix)) continue;
        const auto floor = floor_files::read_floor(row->body);
        if (floor.ok() && is_for_nobody(floor::devices_of(floor->policy)))
            note("floor", floor->policy.name, "is for no device that is here");
    }
    return causes;
}

std::optional<Cause> missed(const floors::View& view) {
    Cause cause;
    cause.kind = Kind::floor_missed;
    cause.subject = cause.name = view.floor.policy.name;
    cause.extent = view.of(floor::Standing::overdue);
    if (cause.extent == 0) return std::nullopt;
    for (const floors::DeviceLine& line : view.lines)
        if (line.judged.standing == floor::Standing::overdue) cause.things.push_back(line.id.text());
    if (cause.things.size() != cause.extent || cause.things.size() > kMostNamed) {
        cause.things.clear();
        cause.query = floor::short_of(view.floor.policy);
        return cause;
    }
    std::ranges::sort(cause.things);
    for (const std::string& id : cause.things)
        cause.query += (cause.query.empty() ? "id in (" : ", ") + id;
    cause.query += ")";
    return cause;
}

std::vector<Cause> missed_floors(const floors::Floors& floors, TenantId tenant) {
    access::Actor reader; // who sees all of it, and does nothing
    reader.tenant = tenant.get();
    std::vector<Cause> causes;
    if (const auto views = floors.list(reader); views.ok())
        for (const floors::View& view : *views)
            if (auto cause = missed(view)) causes.push_back(*std::move(cause));
    return causes;
}

} // namespace oakum::alarms
