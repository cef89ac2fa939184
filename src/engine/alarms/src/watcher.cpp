// SPDX-License-Identifier: Apache-2.0
#include <alarms/watcher.hpp>

#include <alarm/limits.hpp>
#include <alarms/observe.hpp>
#include <alarms/policies.hpp>
#include <assessment/exposure.hpp>

#include <algorithm>
#include <span>

namespace oakum::alarms {

using alarm::Cause;
using alarm::Kind;

namespace {

constexpr base::Duration kSoon = std::chrono::seconds(1), kAnyhow = std::chrono::minutes(1);
constexpr int kIdleParts = 50; // for each part of time that a look takes, so many without one

void append(std::vector<Cause>& causes, std::vector<Cause> more) {
    causes.insert(causes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Cause ending(std::string which, base::TimePoint at, base::TimePoint now) {
    Cause cause;
    cause.kind = Kind::expiry;
    cause.subject = std::move(which);
    cause.at = at;
    cause.extent = at <= now ? 1 : 0;
    return cause;
}

void look_around(std::span<const alarm::Held> held, const Surroundings& around, alarm::Look& look) {
    if (around.disk) {
        look.looked.add(Kind::disk_low);
        if (auto low = alarm::disk_cause(held, around.disk->free, around.disk->size))
            look.causes.push_back(std::move(*low));
    }
    look.looked.add(Kind::backup_old);
    if (around.backups) {
        Cause cause;
        cause.kind = Kind::backup_old;
        cause.detail = *around.backups;
        look.causes.push_back(std::move(cause));
    }
}

} // namespace

Watcher::Watcher(fleet::Core& core, Alarms& alarms, assessment::Assessor& assessor,
                 releases::Repository& repository, const shard::ClockWatch& clock, Look surroundings,
                 AsksSince asks, const floors::Floors& floors, ports::Executor& executor, base::LogSink& log)
    : core_(core), alarms_(alarms), assessor_(assessor), repository_(repository), clock_(clock),
      surroundings_(std::move(surroundings)), asks_(std::move(asks)), floors_(floors), executor_(executor),
      log_(log) {}

void Watcher::start() {
    subscription_ = core_.writer.feed().subscribe([this] { look_soon(); });
    look_each_minute();
}

void Watcher::stop() {
    base::Lock lock(mutex_);
    stopped_ = true;
}

void Watcher::look_each_minute() {
    look_soon();
    base::Lock lock(mutex_);
    if (!stopped_) executor_.post_after(kAnyhow, [this] { look_each_minute(); });
}

// Posts under the lock, so that nothing is posted once it was stopped.
void Watcher::look_soon() {
    base::Lock lock(mutex_);
    if (planned_ || stopped_) return;
    planned_ = true;
    executor_.post_after(std::max(kSoon, not_before_ - core_.clock.steady()), [this] {
        {
            base::Lock unplan(mutex_);
            planned_ = false; // what changes from now on wants another look
            if (stopped_) return;
        }
        const base::Duration begun = core_.clock.steady();
        look();
        base::Lock note(mutex_);
        const base::Duration ended = core_.clock.steady();
        not_before_ = ended + (ended - begun) * kIdleParts;
    });
}

void Watcher::look() {
    const Surroundings around = surroundings_();
    for (const device::TenantId tenant : core_.control.tenants())
        alarms_.take(tenant, seen(tenant, around), [this](base::Result<Taken> taken) {
            if (!taken.ok())
                log_.write(base::LogLevel::warning, "alarm",
                           "what was found wrong could not be stored and is looked at again: " +
                               taken.error().text());
        });
}

alarm::Look Watcher::seen(device::TenantId tenant, const Surroundings& around) const {
    const base::TimePoint now = core_.clock.now();
    const auto open = held(core_.control, tenant);
    const bool fresh = is_new(core_.control, tenant, now);
    alarm::Look look{{Kind::feeds_stale, Kind::offline_keys, Kind::rollout_waits, Kind::devices_quiet,
                      Kind::identity_copied, Kind::clock_jumped, Kind::artifact_damaged, Kind::channel_fails,
                      Kind::break_glass_used, Kind::exceptions_end, Kind::source_fails, Kind::attack_seen,
                      Kind::floor_missed, Kind::policy_idle},
                     {}};
    append(look.causes, stale_feeds(core_.control, tenant, now));
    append(look.causes, failing_sources(core_.control, tenant, now));
    append(look.causes, damaged_artifacts(core_.control, tenant));
    append(look.causes, failing_channels(core_.control, tenant, now));
    append(look.causes, broken_glass(core_.control, tenant));
    append(look.causes, ending_exceptions(core_.control, tenant, now));
    append(look.causes, waiting_rollouts(core_, tenant, now, asks_));
    append(look.causes, copied_identities(core_, tenant));
    append(look.causes, attacked_devices(core_.fleet, tenant));
    append(look.causes, idle_policies(core_, tenant));
    append(look.causes, missed_floors(floors_, tenant));
    append(look.causes, alarm::quiet_causes(open, quiet_sites(core_.fleet, tenant)));
    look_around(open, around, look);
    if (!fresh && repository_.offline_keys_here()) {
        Cause cause;
        cause.kind = Kind::offline_keys;
        look.causes.push_back(std::move(cause));
    }
    if (auto warning = clock_.warning()) {
        Cause cause;
        cause.kind = Kind::clock_jumped;
        cause.detail = std::move(*warning);
        look.causes.push_back(std::move(cause));
    }
    if (const auto endings = repository_.endings(tenant);
        endings.ok() && around.ca_expires && around.server_certificate_expires) {
        look.looked.add(Kind::expiry);
        for (const releases::Repository::Ending& each : *endings)
            if (each.soon) look.causes.push_back(ending(each.role, each.expires, now));
        if (*around.ca_expires - now < alarm::kCaSoon)
            look.causes.push_back(ending("ca", *around.ca_expires, now));
        if (*around.server_certificate_expires - now < alarm::kServerSoon)
            look.causes.push_back(ending("server", *around.server_certificate_expires, now));
        if (around.push_expires && *around.push_expires - now < alarm::kPushSoon)
            look.causes.push_back(ending("push", *around.push_expires, now));
    }
    const auto assessed = assessor_.fleet(tenant);
    if (assessed != nullptr && assessed->knowledge != nullptr) {
        look.looked.add(Kind::exploited);
        assessment::Exploited now_exploited =
            assessment::exploited(core_.fleet, *assessed, select(tenant, ""));
        // What was not assessed yet may still be hit by what is held: that is not over.
        if (!now_exploited.complete) {
            for (const alarm::Held& each : open)
                if (each.cause.kind == Kind::exploited)
                    now_exploited.advisories.insert(now_exploited.advisories.end(), each.cause.things.begin(),
                                                    each.cause.things.end());
            std::ranges::sort(now_exploited.advisories);
            const auto repeated = std::ranges::unique(now_exploited.advisories);
            now_exploited.advisories.erase(repeated.begin(), repeated.end());
        }
        append(look.causes, alarm::exploited_causes(open, now_exploited.advisories));
        assessment::Exploited risen = assessment::risen(core_.fleet, *assessed, select(tenant, ""));
        if (risen.complete) {
            look.looked.add(Kind::epss_rose);
            if (!risen.advisories.empty())
                look.causes.push_back(alarm::epss_cause(std::move(risen.advisories)));
        }
    }
    return look;
}

} // namespace oakum::alarms
