// SPDX-License-Identifier: Apache-2.0
#include <alarms/observe.hpp>
#include <exception/wish.hpp>

#include <access/break_glass.hpp>
#include <alarm/limits.hpp>
#include <alarm/words.hpp>
#include <connectors/connectors.hpp>
#include <device/query.hpp>
#include <feed_sync/sources.hpp>
#include <trust/attack.hpp>

#include <algorithm>
#include <map>

namespace oakum::alarms {

using alarm::Cause;
using alarm::Kind;
using device::TenantId;

namespace {

// More copies than this, and it is the image that they were made from.
constexpr std::size_t kMostCopies = 10;
constexpr std::size_t kMostSites = 100'000;
// Its devices are out of date sooner than advisories are.
constexpr base::Duration kConnectorFails = std::chrono::hours(1);

Cause of(Kind kind, std::string subject = "") {
    Cause cause;
    cause.kind = kind;
    cause.subject = std::move(subject);
    return cause;
}

// When it came to be as it is.
base::TimePoint since(fleet::Core& core, TenantId tenant, const ports::RolloutRow& rollout) {
    base::TimePoint newest = rollout.created;
    if (const auto decisions = core.history.decisions(tenant, rollout.id); decisions.ok())
        for (const ports::RolloutDecisionRow& decision : *decisions)
            newest = std::max(newest, decision.at);
    return newest;
}

} // namespace

fleet::Selection select(TenantId tenant, std::string_view query) {
    return {tenant, {}, device::parse_query(query).value()};
}

std::vector<alarm::Held> held(const shard::ControlTables& control, TenantId tenant) {
    std::vector<alarm::Held> open;
    for (const auto& row : control.list<ports::AlarmRow>(tenant))
        if (!row->closed) open.push_back({row->id, row->cause});
    return open;
}

std::vector<Cause> stale_feeds(const shard::ControlTables& control, TenantId tenant, base::TimePoint now) {
    Cause cause = of(Kind::feeds_stale);
    for (const auto& feed : control.list<ports::FeedRow>(tenant)) {
        if (now - feed->imported <= alarm::kFeedStale) continue;
        cause.things.push_back(feed->name);
        cause.at = cause.at ? std::min(*cause.at, feed->imported) : feed->imported;
    }
    if (cause.things.empty()) return {};
    std::ranges::sort(cause.things);
    return {cause};
}

std::vector<Cause> failing_sources(const shard::ControlTables& control, TenantId tenant,
                                   base::TimePoint now) {
    std::vector<Cause> causes;
    for (const feed_sync::Recorded& one : feed_sync::recorded(control, tenant)) {
        const feed_sync::SourceState& state = one.state;
        if (!one.source.enabled || !state.failing) continue;
        if (!state.refused && now - *state.failing < alarm::kSourceFails) continue;
        Cause cause = of(Kind::source_fails, one.source.name);
        cause.name = one.source.name;
        cause.detail = state.error;
        cause.at = state.failing;
        causes.push_back(std::move(cause));
    }
    // Where devices come from is a source too; its subject says that it is one of devices.
    for (const connectors::Recorded& one : connectors::recorded(control, tenant)) {
        const connectors::ConnectorState& state = one.state;
        if (!one.connector.enabled || !state.failing) continue;
        if (!state.refused && now - *state.failing < kConnectorFails) continue;
        Cause cause = of(Kind::source_fails, "connector " + one.connector.name);
        cause.name = one.connector.name;
        cause.detail = state.error;
        cause.at = state.failing;
        causes.push_back(std::move(cause));
    }
    return causes;
}

std::vector<Cause> damaged_artifacts(const shard::ControlTables& control, TenantId tenant) {
    Cause cause = of(Kind::artifact_damaged);
    for (const auto& row : control.list<ports::ArtifactRow>(tenant))
        if (row->damaged)
            cause.things.push_back(row->name + " (sha256 " + row->digest.hex().substr(0, 12) + ")");
    if (cause.things.empty()) return {};
    std::ranges::sort(cause.things);
    return {cause};
}

std::vector<Cause> waiting_rollouts(fleet::Core& core, TenantId tenant, base::TimePoint now,
                                    const AsksSince& asks) {
    std::vector<Cause> causes;
    for (const auto& row : core.control.list<ports::RolloutRow>(tenant)) {
        std::optional<base::TimePoint> waits;
        std::string_view detail = rollout::to_string(row->state);
        switch (row->state) {
        case rollout::State::halted:
            waits = since(core, tenant, *row);
            break;
        case rollout::State::paused:
            if (const auto at = since(core, tenant, *row); now - at > alarm::kPausedLong) waits = at;
            break;
        case rollout::State::awaiting_approval:
            if (const auto at = since(core, tenant, *row); now - at > alarm::kUndecidedLong) waits = at;
            break;
        case rollout::State::running: {
            if (const auto asked = asks ? asks(tenant, *row) : std::nullopt) {
                if (now - *asked > alarm::kAskedLong) waits = asked;
                detail = alarm::kAsksForNextWave;
                break;
            }
            const std::size_t wave = std::min<std::size_t>(row->open_wave, row->plan.waves.size() - 1);
            const base::Duration soak =
                row->plan.waves.empty() ? base::Duration() : row->plan.waves[wave].gate.soak;
            if (row->wave_opened_at && now - *row->wave_opened_at > alarm::kWaveLong + soak)
                waits = row->wave_opened_at;
            break;
        }
        case rollout::State::draft:
        case rollout::State::scheduled:
        case rollout::State::settled:
        case rollout::State::finished:
        case rollout::State::rolling_back:
        case rollout::State::rolled_back:
        case rollout::State::aborted:
            break;
        }
        if (!waits) continue;
        Cause cause = of(Kind::rollout_waits, row->id.text());
        cause.name = row->plan.name;
        cause.detail = detail;
        if (row->state == rollout::State::halted && !row->state_reason.empty())
            cause.things = {row->state_reason};
        cause.at = waits;
        causes.push_back(std::move(cause));
    }
    return causes;
}

std::vector<Cause> copied_identities(fleet::Core& core, TenantId tenant) {
    const fleet::Selection copied = select(tenant, "clone = yes");
    const auto devices = core.fleet.page(copied, std::nullopt, kMostCopies + 1);
    if (devices.size() > kMostCopies) {
        Cause cause = of(Kind::identity_copied, "*");
        cause.query = "clone = yes";
        return {cause};
    }
    std::vector<Cause> causes;
    for (const device::DeviceId id : devices) {
        Cause cause = of(Kind::identity_copied, id.text());
        cause.name = id.text();
        cause.query = "id = " + id.text();
        core.fleet.glance({tenant, id}, [&](const fleet::Glance& device) {
            for (const std::string_view key : {device::key::serial, device::key::name})
                if (const auto value = device.fact(key)) cause.name = *value;
            if (const auto owner = device.fact(device::key::owner)) cause.owner = *owner;
        });
        causes.push_back(std::move(cause));
    }
    return causes;
}

std::vector<alarm::SiteCount> quiet_sites(const fleet::LiveFleet& fleet, TenantId tenant) {
    std::vector<alarm::SiteCount> sites;
    const auto quiet = fleet.facet(select(tenant, "lifecycle = quiet"), device::key::site, kMostSites);
    if (quiet.empty()) return sites;
    std::map<std::string, std::uint64_t> all;
    for (const fleet::Facet& facet : fleet.facet(select(tenant, ""), device::key::site, kMostSites))
        all[facet.value] = facet.count;
    for (const fleet::Facet& facet : quiet)
        sites.push_back({facet.value, facet.count, std::max(all[facet.value], facet.count)});
    return sites;
}

std::vector<Cause> failing_channels(const shard::ControlTables& control, TenantId tenant,
                                    base::TimePoint now) {
    std::vector<Cause> causes;
    for (const auto& row : control.list<ports::ChannelRow>(tenant)) {
        if (row->removed || !row->failed || now - *row->failed < alarm::kChannelFails) continue;
        Cause cause = of(Kind::channel_fails, row->id.text());
        cause.name = row->name;
        cause.detail = row->last_error;
        cause.at = row->failed;
        causes.push_back(std::move(cause));
    }
    return causes;
}

std::vector<Cause> broken_glass(const shard::ControlTables& control, TenantId tenant) {
    const auto use = access::break_glass_use(control.document(tenant, access::kBreakGlassUse));
    if (!use) return {};
    Cause cause = of(Kind::break_glass_used);
    cause.extent = use->times;
    cause.at = use->last;
    return {cause};
}

std::vector<Cause> ending_exceptions(const shard::ControlTables& control, TenantId tenant,
                                     base::TimePoint now) {
    Cause cause = of(Kind::exceptions_end);
    for (const auto& row : control.list<ports::ExceptionRow>(tenant)) {
        if (row->state != exception::State::approved || !row->wish.expires ||
            *row->wish.expires - now >= exception::kSoon)
            continue;
        cause.things.push_back(row->id.text());
        cause.at = cause.at ? std::min(*cause.at, *row->wish.expires) : *row->wish.expires;
    }
    if (cause.things.empty()) return {};
    std::ranges::sort(cause.things);
    cause.extent = cause.things.size();
    return {cause};
}

std::vector<Cause> attacked_devices(const fleet::LiveFleet& fleet, TenantId tenant) {
    Cause cause = of(Kind::attack_seen);
    cause.query = "exists(" + std::string(trust::kAttackFact) + ")";
    for (const fleet::Facet& facet :
         fleet.facet(select(tenant, cause.query), trust::kAttackFact, kMostSites)) {
        // A device may say what it likes; an alarm says only what is known of here.
        const auto attack = trust::parse_attack(facet.value);
        if (attack.ok()) cause.things.emplace_back(trust::in_words(*attack));
        cause.extent += facet.count;
    }
    if (cause.extent == 0) return {};
    if (cause.things.empty()) cause.things.emplace_back("they name it in words that are not known here");
    std::ranges::sort(cause.things);
    return {cause};
}

bool is_new(const shard::ControlTables& control, TenantId tenant, base::TimePoint now) {
    const auto users = control.list<ports::UserRow>(tenant);
    return std::ranges::all_of(users,
                               [&](const auto& user) { return now - user->created < alarm::kSettling; });
}

} // namespace oakum::alarms
