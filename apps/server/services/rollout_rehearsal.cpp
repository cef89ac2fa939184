// SPDX-License-Identifier: Apache-2.0
// A rollout that was planned, rehearsed over the devices that it would ask: bounded in devices, in time and
// in how many are asked for at once, so that a page cannot keep the server from its work. Larger ones are
// played elsewhere
// (`oakum rollout simulate`).
#include "rollouts.hpp"

#include <budget_files/budget_json.hpp>
#include <budgets/budgets.hpp>
#include <rehearsal/report.hpp>
#include <schedule_files/rule_json.hpp>
#include <schedules/schedules.hpp>

namespace oakum::server {
namespace {

constexpr std::uint64_t kMostPlayed = 200'000;
constexpr int kMostAtOnce = 3;
constexpr auto kLongest = std::chrono::seconds(20);

std::uint32_t runs_for(std::uint64_t devices) {
    return devices <= 5'000 ? 10 : devices <= 20'000 ? 5 : devices <= 100'000 ? 2 : 1;
}

// What binds its devices now.
base::Result<rehearsal::Setting> setting_of(const fleet::Core& core, device::TenantId tenant,
                                            const ports::RolloutRow& row, schedule::Priority priority) {
    rehearsal::Setting setting;
    setting.plan = row.plan;
    setting.priority = priority;
    setting.start = std::max(core.clock.now(), row.plan.starts.value_or(base::TimePoint{}));
    setting.turn = std::clamp(fleet::setting(core.control, tenant, "poll_seconds", 60), 1U, 86'400U);
    if (const std::string kept = core.control.document(tenant, schedules::Schedules::kDocument);
        !kept.empty()) {
        TRY_VALUE(setting.rules, schedule_files::read_rules(kept));
    }
    if (const std::string kept = core.control.document(tenant, budgets::Budgets::kDocument); !kept.empty()) {
        TRY_VALUE(setting.budgets, budget_files::read_budgets(kept));
    }
    const auto release = core.control.find<ports::ReleaseRow>(tenant, row.plan.release);
    const auto artifact =
        release ? core.control.find<ports::ArtifactRow>(tenant, release->artifact) : nullptr;
    if (artifact) setting.download_bytes = artifact->length;
    TRY(rehearsal::check(setting));
    return setting;
}

struct Prepared {
    rehearsal::Report report;
    rehearsal::Scene scene;
};

base::Result<Prepared> prepared(const fleet::Core& core, const rollouts::Rollouts& rollouts,
                                schedule::Zones& zones, device::TenantId tenant, rollout::RolloutId id) {
    const auto row = core.control.find<ports::RolloutRow>(tenant, id);
    if (!row) return base::not_found("there is no such rollout");
    Prepared out;
    TRY_VALUE(out.report.setting, setting_of(core, tenant, *row, rollouts.priority(tenant, id)));
    rehearsal::Assembly assembly(out.report.setting, zones);
    std::uint64_t waiting = 0;
    TRY(rollouts.each_waiting(tenant, *row, [&](const fleet::Glance& device) {
        if (++waiting <= kMostPlayed) assembly.add(device, std::nullopt);
    }));
    if (waiting > kMostPlayed)
        return base::too_large("this rollout is for " + counted(waiting, "device") + ", and at most " +
                               grouped(kMostPlayed) +
                               " are played here; 'oakum rollout simulate' on another machine plays more");
    const auto release = core.control.find<ports::ReleaseRow>(tenant, row->plan.release);
    out.report.name = row->plan.name;
    out.report.conditions.failure_rate = rehearsal::kUsualFailureRate;
    out.report.release = release ? release->name + "@" + release->version : "";
    out.report.fleet.in_scope = rollouts.in_scope(tenant, *row).yes;
    out.report.fleet.asked = out.report.fleet.read = waiting;
    out.report.fleet.notes = assembly.notes();
    out.scene = std::move(assembly).scene();
    return out;
}

} // namespace

void RolloutsService::rehearse(const access::Actor& actor, rollout::RolloutId id,
                               api::Answer<rehearsal::Report> answer) {
    if (rehearsing_.fetch_add(1) >= kMostAtOnce) {
        --rehearsing_;
        return answer(base::unavailable("other rollouts are being rehearsed; ask again in a minute"));
    }
    const auto done = [this, answer = std::move(answer)](base::Result<rehearsal::Report> result) {
        --rehearsing_;
        answer(std::move(result));
    };
    context_.background.post([this, tenant = tenant_of(actor), id, done] {
        auto ready = prepared(context_.core, rollouts_, zones_, tenant, id);
        if (!ready.ok()) return done(std::move(ready).error());
        plays_.post([this, done, ready = std::make_shared<Prepared>(std::move(*ready))] {
            const base::Duration until = context_.core.clock.steady() + kLongest;
            const bool played = ready->report.play(ready->scene, runs_for(ready->scene.size()), [&] {
                return stopping_ || context_.core.clock.steady() > until;
            });
            if (played) return done(std::move(ready->report));
            done(base::unavailable("it takes more than " + std::to_string(kLongest.count()) +
                                   " s to play; 'oakum rollout simulate' takes the time that it needs"));
        });
    });
}

} // namespace oakum::server
