// SPDX-License-Identifier: Apache-2.0
// Rollouts that bring phones to a level of their system.
#include <rollouts/needs.hpp>

#include <floor/steering.hpp>
#include <floor_files/floor_json.hpp>
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

using device::TenantId;
using ports::ReleaseRow;
using ports::RolloutRow;
using shard::Held;
using shard::Transaction;

namespace {

// What is asked of a phone, without whom it was asked of and by when.
floor::Policy asked(const floor::Policy& level) {
    floor::Policy asked;
    asked.name = level.name;
    asked.platform = level.platform;
    asked.version = level.version;
    asked.patch_level = level.patch_level;
    asked.latest = level.latest;
    asked.install = level.install;
    // Apple's phones are told a date on their own clocks.
    if (level.platform == "ios") {
        asked.hour = level.hour;
        asked.zone_if_unknown = level.zone_if_unknown;
    }
    return asked;
}

bool asks_for_the_same(floor::Policy a, const floor::Policy& b) {
    a.name = b.name;
    return a == b;
}

} // namespace

void Rollouts::create_level(access::Actor actor, floor::Policy level,
                            shard::Completion<ports::ReleaseId> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::rollout_create); !allowed.ok())
        return done(std::move(allowed).error());
    level = asked(level);
    const TenantId tenant = fleet::tenant_of(actor);
    core_.writer.submit<ports::ReleaseId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, actor, level, tenant](Transaction& transaction) -> base::Result<ports::ReleaseId> {
            for (const Held<ReleaseRow>& row : transaction.list<ReleaseRow>()) {
                if (row->state != "published" || !row->target_path.empty()) continue;
                const auto kept = level_of(core_.control, tenant, row->id);
                if (kept && asks_for_the_same(*kept, level)) return row->id;
            }
            ReleaseRow row;
            row.id = core_.ids.next_as<ports::ReleaseId>();
            row.name = floor::level_name(level);
            row.version = floor::level_version(level);
            row.state = "published";
            row.notes = "A level of phones' systems: their makers bring it, and the system that manages each "
                        "phone is told.";
            row.created = transaction.now();
            row.published = transaction.now();
            floor::Floor kept;
            kept.policy = level;
            kept.set = kept.since = transaction.now();
            kept.by = actor.text();
            transaction.put(row);
            transaction.put(ports::DocumentRow{level_document(row.id), floor_files::write_floor(kept)});
            transaction.change("release", row.id.text(), R"({"state":"published"})");
            transaction.audit({actor.text(), "level.create", "release " + row.id.text(), "",
                               floor_files::write_floor(kept), ""});
            return row.id;
        },
        std::move(done));
}

std::optional<floor::Policy> Rollouts::level(TenantId tenant, ports::ReleaseId release) const {
    return level_of(core_.control, tenant, release);
}

base::Result<Running> Rollouts::running(TenantId tenant, const RolloutRow& rollout) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return base::not_found("its release is gone");
    return running_of(tenant, rollout, *release, level_of(core_.control, tenant, release->id),
                      steered(tenant));
}

bool Rollouts::may_tell(const ports::DeploymentRow& deployment, const fleet::Glance& device) const {
    if (device.hold()) return false;
    const Held<RolloutRow> rollout = core_.control.find<RolloutRow>(device.tenant(), deployment.rollout);
    if (!rollout || !rollout::offers(rollout->state)) return false;
    return schedules_ == nullptr ||
           schedules_->may_begin(device, priority(device.tenant(), rollout->id), fleet::Keeps::no);
}

} // namespace oakum::rollouts
