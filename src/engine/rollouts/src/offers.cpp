// SPDX-License-Identifier: Apache-2.0
// What a device is asked to do.
#include "deployments.hpp"

#include <rollout/place.hpp>
#include <rollout/recount.hpp>
#include <rollout/terms.hpp>
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

using device::DeviceId;
using ports::DeploymentRow;
using ports::DeviceRow;
using ports::ReleaseRow;
using ports::RolloutRow;
using shard::Held;
using shard::Transaction;

namespace {

std::uint64_t next_number(std::uint64_t stored, base::TimePoint now) {
    return std::max<std::uint64_t>(
        stored + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(0, base::unix_seconds(now))));
}

// "SITE/MODEL": where failures cluster.
std::string stratum_of(const fleet::LiveFleet& fleet, shard::DeviceKey key) {
    std::string stratum;
    fleet.glance(key, [&](const fleet::Glance& device) {
        stratum = std::string(device.fact(device::key::site).value_or("no site")) + "/" +
                  std::string(device.fact(device::key::model).value_or("no model"));
    });
    return stratum;
}

// The release of the same line with the version that the device ran before; nothing when it was never
// published here.
Held<ReleaseRow> release_before(const Transaction& transaction, const ReleaseRow& release,
                                const DeviceRow& device) {
    const std::optional<DeploymentRow> last =
        device.deployment.is_zero() ? std::nullopt : transaction.deployment(device.id, device.deployment);
    if (!last) return nullptr;
    for (const Held<ReleaseRow>& other : transaction.list<ReleaseRow>())
        if (other->name == release.name && other->state == "published" &&
            other->version == last->version_before)
            return other;
    return nullptr;
}

} // namespace

install::Terms Rollouts::terms(shard::DeviceKey device, const RolloutRow& rollout,
                               const ReleaseRow& release) const {
    std::chrono::seconds turn(fleet::setting(core_.control, device.tenant, "poll_seconds", 60));
    // Nor is a phone silent before its system was read as often; it restarts when its owner lets it.
    const auto row = core_.fleet.device(device);
    const auto held = core_.fleet.fact(device, "x.connector");
    if (row && held && (row->certificate_serial.empty() || held->value == connector::kOwnManagement))
        if (const auto all = steered(device.tenant))
            if (const auto its = all->connectors.find(held->value); its != all->connectors.end())
                turn = std::max(turn, its->second);
    const schedules::Standing standing = this->standing(device, priority(device.tenant, rollout.id));
    const bool waits = standing.bound && standing.at;
    return rollout::terms_of(rollout.plan, release.version, turn,
                             waits ? standing.at->from - core_.clock.now() : base::Duration::zero());
}

bool Rollouts::may_begin(const Running& rollout, const fleet::Glance& device, fleet::Keeps keeps) const {
    return schedules_ == nullptr || schedules_->may_begin(device, rollout.priority, keeps);
}

bool Rollouts::would_offer(const fleet::Glance& device, fleet::Keeps keeps) const {
    const std::shared_ptr<const Board> board = board_.load();
    const Running* rollout = board->offered(device);
    if (rollout == nullptr || !may_begin(*rollout, device, keeps) || !in_pace(*rollout, device)) return false;
    return device.has_deployment() ? has_room_anew(device, rollout->priority)
                                   : has_room(device, rollout->priority);
}

base::Result<std::optional<DeploymentRow>> Rollouts::make_offer(Transaction& transaction, DeviceId id,
                                                                fleet::Keeps keeps, Board::Reached reached,
                                                                const std::optional<ports::ReleaseId>& only) {
    const shard::DeviceKey key{transaction.tenant(), id};
    const std::shared_ptr<const Board> board = board_.load();
    std::optional<DeviceRow> device = transaction.device(id);
    // What takes the place of another needs no room beside it.
    const bool takes_over = device && busy(transaction, *device);
    const Running* chosen = nullptr;
    std::optional<std::uint32_t> wave;
    core_.fleet.glance(key, [&](const fleet::Glance& seen) {
        const Running* offered = board->offered(seen, Board::Waves::open, reached);
        if (offered == nullptr || !may_begin(*offered, seen, keeps) || (only && offered->release != *only) ||
            !(takes_over ? has_room_anew(seen, offered->priority) : has_room(seen, offered->priority)) ||
            !in_pace(*offered, seen))
            return;
        chosen = offered;
        wave = wave_of(*offered, seen);
    });
    // The glance is of committed rows, the transaction of the newest: what differs is decided here.
    const bool there =
        device && (device->lifecycle == device::Lifecycle::active ||
                   (reached == Board::Reached::by_hand && device->lifecycle == device::Lifecycle::quiet));
    if (chosen == nullptr || !there || device->hold || device->revoked ||
        chosen->id <= device->desired_rollout)
        return std::optional<DeploymentRow>();
    if (takes_over && reached == Board::Reached::by_hand) return std::optional<DeploymentRow>();
    const Held<RolloutRow> rollout = transaction.find<RolloutRow>(chosen->id);
    const Held<ReleaseRow> release = transaction.find<ReleaseRow>(chosen->release);
    if (!rollout || !rollout::offers(rollout->state) || !release || release->state != "published")
        return std::optional<DeploymentRow>();
    if (!wave || *wave > rollout->open_wave) return std::optional<DeploymentRow>();
    if (takes_over) {
        TRY_VALUE(const bool left, leave(transaction, *device, *chosen, rollout->plan.name));
        if (!left) return std::optional<DeploymentRow>();
        device = transaction.device(id);
    }

    DeploymentRow row;
    row.id = core_.ids.next_as<ports::DeploymentId>();
    row.device = id;
    row.rollout = rollout->id;
    row.release = release->id;
    row.wave = *wave;
    row.stratum = stratum_of(core_.fleet, key);
    row.version_before = runs_now(transaction, *device);
    row.offered_at = transaction.now();
    write_back(install::offer(terms(key, *rollout, *release), transaction.now()), row);

    rollout::Counts counts = transaction.gate_count(rollout->id, row.wave, row.stratum);
    ++counts.started;
    ++counts.pending;
    transaction.put(ports::GateCountRow{rollout->id, row.wave, row.stratum, counts});

    device->desired_number = next_number(device->desired_number, transaction.now());
    device->desired_release = release->id;
    device->desired_rollout = rollout->id;
    device->deployment = row.id;
    transaction.put(*device);
    transaction.put(row);
    transaction.event({id, transaction.now(), "deployment", row.id.text(), row.version_before,
                       release->version,
                       "offered " + release->name + " " + release->version + " by the rollout \"" +
                           rollout->plan.name + "\""});
    transaction.change("deployment", row.id.text(), summary_of(row));
    take_place(key, row);
    return transaction.deployment(id, row.id);
}

base::Result<bool> Rollouts::leave(Transaction& transaction, const DeviceRow& device, const Running& urgent,
                                   const std::string& name) {
    const std::optional<DeploymentRow> row = transaction.deployment(device.id, device.deployment);
    const auto tenant = transaction.tenant();
    if (!row || row->is_rollback || priority(tenant, row->rollout) >= urgent.priority) return false;
    const shard::DeviceKey key{tenant, device.id};
    bool leaves = false;
    core_.fleet.glance(key, [&](const fleet::Glance& seen) {
        const DeploymentRow* known = seen.deployment();
        // Of committed rows; what was reported meanwhile counts, too.
        leaves = known != nullptr && known->id == row->id && known->state == row->state &&
                 board_.load()->leaves_for(urgent, seen);
    });
    const Held<RolloutRow> rollout = transaction.find<RolloutRow>(row->rollout);
    const Held<ReleaseRow> release = transaction.find<ReleaseRow>(row->release);
    if (!leaves || !rollout || !release) return false;
    const install::Decision decision = install::decide_supersede(
        value_of(*row), terms(key, *rollout, *release),
        std::string(schedule::to_string(urgent.priority)) + " rollout \"" + name + "\" takes its place",
        transaction.now());
    if (!decision.changed) return false;
    TRY(apply(transaction, *row, decision.next));
    return true;
}

base::Result<std::optional<DeploymentRow>> Rollouts::make_rollback(Transaction& transaction, DeviceId id) {
    std::optional<DeviceRow> device = transaction.device(id);
    if (!device || device->desired_rollout.is_zero() || device->revoked || busy(transaction, *device))
        return std::optional<DeploymentRow>();
    const Held<RolloutRow> rollout = transaction.find<RolloutRow>(device->desired_rollout);
    if (!rollout || !takes_back(rollout->state)) return std::optional<DeploymentRow>();
    const Held<ReleaseRow> release = transaction.find<ReleaseRow>(rollout->plan.release);
    if (!release || device->desired_release != release->id || device->running_version != release->version)
        return std::optional<DeploymentRow>();
    const std::optional<DeploymentRow> forth =
        device->deployment.is_zero() ? std::nullopt : transaction.deployment(id, device->deployment);
    if (!forth || forth->rollout != rollout->id) return std::optional<DeploymentRow>();
    const Held<ReleaseRow> previous = release_before(transaction, *release, *device);
    // It is asked again when it is heard next.
    const shard::DeviceKey key{transaction.tenant(), id};
    if (previous && full(key, priority_of(priority(transaction.tenant(), rollout->id), true)))
        return std::optional<DeploymentRow>();

    DeploymentRow row;
    row.id = core_.ids.next_as<ports::DeploymentId>();
    row.device = id;
    row.rollout = rollout->id;
    row.release = previous ? previous->id : release->id;
    row.wave = forth->wave;
    row.stratum = forth->stratum;
    row.version_before = device->running_version;
    row.offered_at = transaction.now();
    row.is_rollback = true;
    device->desired_number = next_number(device->desired_number, transaction.now());
    if (previous) {
        write_back(install::offer(terms(key, *rollout, *previous), transaction.now()), row);
        device->desired_release = previous->id;
    } else {
        row.state = install::State::failed;
        row.reason = install::Reason::incompatible;
        row.detail = "the release of " + release->name +
                     " that it ran before is not published here, so the " + "device stays on " +
                     release->version + "; publish that version and roll it out";
        row.state_at = transaction.now();
        // Nothing more is asked of it by this rollout.
        device->desired_release = {};
    }
    device->deployment = row.id;
    rollout::Counts counts = transaction.gate_count(rollout->id, row.wave, row.stratum);
    recount_ordered_back(counts, forth->state, row.state);
    transaction.put(ports::GateCountRow{rollout->id, row.wave, row.stratum, counts});
    transaction.put(*device);
    transaction.put(row);
    transaction.event(
        {id, transaction.now(), "deployment", row.id.text(), row.version_before,
         previous ? previous->version : "",
         previous ? "ordered back to " + previous->version + " by the rollout \"" + rollout->plan.name + "\""
                  : row.detail});
    transaction.change("deployment", row.id.text(), summary_of(row));
    if (previous) take_place(key, row);
    return std::optional<DeploymentRow>(row);
}

void Rollouts::offer(const fleet::DeviceActor& device, fleet::Keeps keeps,
                     shard::Completion<std::optional<fleet::OfferView>> done) {
    auto made = std::make_shared<std::optional<ports::DeploymentId>>();
    core_.writer.submit<std::optional<DeploymentRow>>(
        shard::place_of(device.tenant, device.device), shard::Priority::download,
        [this, id = device.device, keeps, made](Transaction& transaction) {
            auto row = make_offer(transaction, id, keeps);
            if (row.ok() && *row) *made = (*row)->id;
            return row;
        },
        [this, tenant = device.tenant, made,
         done = std::move(done)](base::Result<std::optional<DeploymentRow>> row) {
            offer_decided(tenant, *made);
            if (!row.ok()) return done(std::move(row).error());
            if (!*row) return done(std::optional<fleet::OfferView>());
            arm(tenant, **row);
            done(view(tenant, **row));
        });
}

std::optional<DeploymentRow> Rollouts::current(const fleet::DeviceActor& device) const {
    const std::optional<DeviceRow> row = core_.fleet.device(device.key());
    if (!row || row->deployment.is_zero()) return std::nullopt;
    return core_.fleet.deployment(device.key(), row->deployment);
}

std::optional<fleet::OfferView> Rollouts::view(device::TenantId tenant, const DeploymentRow& row) const {
    if (install::is_terminal(row.state)) return std::nullopt;
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, row.release);
    const Held<RolloutRow> rollout = core_.control.find<RolloutRow>(tenant, row.rollout);
    if (!release || !rollout) return std::nullopt;
    const Held<ports::ArtifactRow> artifact =
        core_.control.find<ports::ArtifactRow>(tenant, release->artifact);
    fleet::OfferView view;
    view.deployment = row.id.text();
    view.attempt = row.attempt;
    view.release_name = release->name;
    view.release_version = release->version;
    view.target_path = release->target_path;
    view.length = artifact ? artifact->length : 0;
    view.soak_seconds =
        static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(rollout->plan.soak).count());
    view.is_rollback = row.is_rollback;
    view.withdrawn = row.state == install::State::cancelling;
    add_windows({tenant, row.device}, priority(tenant, rollout->id), view);
    return view;
}

std::optional<fleet::OfferView> Rollouts::present(const fleet::DeviceActor& device) const {
    const std::optional<DeploymentRow> row = current(device);
    // A next attempt is offered again after its backoff; what is under way is always named.
    if (!row || (row->state == install::State::offered &&
                 core_.clock.now() < install::earliest_offer(value_of(*row))))
        return std::nullopt;
    return view(device.tenant, *row);
}

bool Rollouts::listens(const fleet::DeviceActor& device) const {
    const std::shared_ptr<const Board> board = board_.load();
    bool proves = false;
    core_.fleet.glance(device.key(), [&](const fleet::Glance& glance) {
        const DeploymentRow* row = glance.deployment();
        if (row != nullptr && !install::is_terminal(row->state)) {
            const bool soaked = row->state == install::State::soaking && row->soak_until &&
                                core_.clock.now() >= *row->soak_until;
            proves = soaked || row->state == install::State::rebooting ||
                     row->state == install::State::installed || row->state == install::State::installing ||
                     row->state == install::State::silent;
            return;
        }
        // A rollback is ordered when the device is heard of, once: no row exists for it before.
        if (row != nullptr && row->is_rollback) return;
        const TakingBack* rollout = board->taking_back(device.tenant, glance.desired_rollout());
        // While its group has no room there is nothing to order: its polls need not bother the writer.
        proves = rollout != nullptr && rollout->version == glance.running_version() &&
                 (budgets_ == nullptr ||
                  has_room(glance, priority_of(priority(device.tenant, rollout->id), true)));
    });
    return proves;
}

} // namespace oakum::rollouts
