// SPDX-License-Identifier: Apache-2.0
#include "explain_facts.hpp"

#include <fleet/needs.hpp>
#include <rollout/place.hpp>
#include <rollouts/board.hpp>

namespace oakum::server {

using device::TenantId;

namespace {

explain::InstallTimes times_of(const Context& context, const rollouts::Rollouts& rollouts,
                               shard::DeviceKey device, schedule::Priority priority) {
    const schedules::Standing standing = rollouts.standing(device, priority);
    explain::InstallTimes times;
    times.windows = standing.windows;
    times.freezes = standing.freezes;
    times.zone = standing.zone;
    times.zone_known = standing.zone_known;
    times.open = standing.open;
    times.now = context.core.clock.now();
    times.begins_ahead = standing.open || (standing.at && standing.at->from <= times.now + schedule::kAhead);
    if (!standing.at) return times;
    times.from = standing.at->from;
    times.to = standing.at->to;
    times.local = standing.local;
    times.span = standing.span;
    return times;
}

std::optional<explain::Room> full_of(const rollouts::Rollouts& rollouts, shard::DeviceKey device,
                                     schedule::Priority priority) {
    const auto full = rollouts.full(device, priority);
    return full ? std::optional(explain::Room{in_words(*full)}) : std::nullopt;
}

// Why a phone is not told; empty: it is, or runs it.
std::string misfit_of(const rollouts::Running& running, const fleet::Glance& device) {
    const rollouts::Fit fit = rollouts::fit_of(running, device);
    if (fit == rollouts::Fit::runs_it) return "it runs that already";
    if (fit == rollouts::Fit::cannot_comply)
        return std::string(floor::words(rollouts::how_it_stands(*running.level, device).obstacle));
    if (fit != rollouts::Fit::not_steered && fit != rollouts::Fit::set_there) return {};
    rollout::BlockedDevices blocked;
    blocked.by =
        fit == rollouts::Fit::set_there ? rollout::Blocked::set_there : rollout::Blocked::not_steered;
    blocked.needs = std::string(device.fact("x.connector").value_or(""));
    return "it is " + rollout::in_words(blocked);
}

std::optional<explain::Standing> standing_of(const Context& context, const rollouts::Rollouts& rollouts,
                                             TenantId tenant, const ports::DeviceRow& device,
                                             const ports::RolloutRow& row) {
    if (rollout::is_over(row.state) || device.desired_rollout >= row.id) return std::nullopt;
    const auto release = context.core.control.find<ports::ReleaseRow>(tenant, row.plan.release);
    if (!release || device.running_version == release->version) return std::nullopt;
    const auto running = rollouts.running(tenant, row);
    bool in_scope = false, fits = false;
    std::string phone;
    std::optional<std::uint32_t> wave;
    context.core.fleet.glance({tenant, device.id}, [&](const fleet::Glance& seen) {
        in_scope = running.ok() && device::evaluate(running->scope, seen) == device::Truth::yes;
        fits = in_scope && rollouts::fits(*running, seen);
        if (in_scope) wave = rollouts::wave_of(*running, seen);
        if (in_scope && rollouts::by_level(*running, seen)) phone = misfit_of(*running, seen);
    });
    if (!in_scope) return std::nullopt;
    std::string needs = context.core.control.document(tenant, fleet::needs_document(release->artifact));
    if (const auto asked = device::parse_query(needs); asked.ok())
        context.core.fleet.glance({tenant, device.id}, [&](const fleet::Glance& seen) {
            if (device::evaluate(*asked, seen) == device::Truth::yes) needs.clear();
        });
    fits = fits && needs.empty();
    explain::Standing standing;
    standing.rollout = row.plan.name;
    standing.release = release->name + " " + release->version;
    standing.state = row.state;
    standing.state_reason = row.state_reason;
    standing.waves = row.plan.waves;
    standing.open_wave = row.open_wave;
    standing.place = rollout::place_of(row.key0, row.key1, device.id);
    standing.wave = wave;
    standing.held = device.hold;
    if (!fits)
        standing.misfit =
            !phone.empty()              ? phone
            : !needs.empty()            ? "its artifact is for devices with " + needs
            : release->min_from.empty() ? "its hardware revision is another one"
            : release->hw_revisions.empty()
                ? "it needs " + release->min_from + " or later to start from"
                : "it needs " + release->min_from + " or later to start from, or another hardware revision";
    standing.times = times_of(context, rollouts, {tenant, device.id}, rollouts.priority(tenant, row.id));
    standing.full = full_of(rollouts, {tenant, device.id}, rollouts.priority(tenant, row.id));
    if (const auto slowed = rollouts.slowed({tenant, device.id}, row))
        standing.turn = explain::Standing::Turn{slowed->words, slowed->until};
    if (row.state == rollout::State::running) standing.gate = rollouts.gate(tenant, row).decision.sentence;
    return standing;
}

} // namespace

std::string release_name(const Context& context, TenantId tenant, ports::ReleaseId id) {
    const api::ReleaseRef release = release_ref(context, tenant, id);
    return release.name + " " + release.version;
}

base::Duration asks_every(const Context& context, TenantId tenant) {
    return std::chrono::seconds(
        fleet::setting(context.core.control, tenant, "poll_seconds", fleet::kPollSeconds));
}

DeviceFacts facts_of(const Context& context, const rollouts::Rollouts& rollouts, TenantId tenant,
                     const fleet::DeviceSummary& device) {
    const base::TimePoint now = context.core.clock.now();
    DeviceFacts facts;
    facts.held = device.row.hold;
    facts.contact.lifecycle = device.row.lifecycle;
    facts.contact.enrolled = !device.row.certificate_serial.empty();
    facts.contact.revoked = device.row.revoked;
    if (device.row.last_seen != base::TimePoint{}) facts.contact.last_heard = device.row.last_seen;
    facts.contact.asks_every = asks_every(context, tenant);
    facts.contact.now = now;
    for (const device::Fact& fact : device.facts)
        if (fact.key == "x.connector") facts.contact.through = fact.value;
    if (device.row.last_inventory != base::TimePoint{}) facts.contact.told = device.row.last_inventory;
    if (device.deployment) {
        const ports::DeploymentRow& row = *device.deployment;
        facts.update = explain::UnderWay{release_name(context, tenant, row.release),
                                         row.state,
                                         row.reason,
                                         row.detail,
                                         row.attempt,
                                         row.progress_percent,
                                         row.is_rollback,
                                         row.state_at,
                                         row.deadline,
                                         row.soak_until,
                                         std::nullopt,
                                         now};
        const auto rollout = context.core.control.find<ports::RolloutRow>(tenant, row.rollout);
        facts.times =
            times_of(context, rollouts, {tenant, device.row.id},
                     rollout ? rollouts::priority_of(rollouts.priority(tenant, row.rollout), row.is_rollback)
                             : schedule::Priority::normal);
        if (row.state <= install::State::installing) facts.update->times = facts.times;
    }
    const auto all = context.core.control.list<ports::RolloutRow>(tenant);
    for (auto at = all.rbegin(); at != all.rend(); ++at)
        if (auto standing = standing_of(context, rollouts, tenant, device.row, **at))
            facts.rollouts.push_back(std::move(*standing));
    if (!facts.update || install::is_terminal(facts.update->state))
        facts.full = facts.rollouts.empty()
                         ? full_of(rollouts, {tenant, device.row.id}, schedule::Priority::normal)
                         : facts.rollouts.front().full;
    if (!facts.update || install::is_terminal(facts.update->state))
        facts.times = facts.rollouts.empty() || !facts.rollouts.front().times
                          ? times_of(context, rollouts, {tenant, device.row.id}, schedule::Priority::normal)
                          : *facts.rollouts.front().times;
    return facts;
}

} // namespace oakum::server
