// SPDX-License-Identifier: Apache-2.0
// What follows from what devices say, and from their silence.
#include "deployments.hpp"

#include <fleet/inventory.hpp>
#include <rollout/recount.hpp>
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

using ports::DeploymentRow;
using ports::DeviceRow;
using ports::ReleaseRow;
using ports::RolloutRow;
using shard::Held;
using shard::Transaction;

namespace {

// How long a device that restarted into its old version may take to report the reason.
constexpr auto kOwnWords = std::chrono::seconds(60);

// It stands in the counts where its way back stands; late words of the way there change nothing.
bool ordered_back(const Transaction& transaction, const DeploymentRow& row) {
    const std::optional<DeviceRow> device = transaction.device(row.device);
    if (!device || device->deployment.is_zero()) return false;
    // Without a release to go back to, the way there stays its last deployment.
    if (device->deployment == row.id)
        return device->desired_rollout == row.rollout && device->desired_release.is_zero();
    const std::optional<DeploymentRow> newer = transaction.deployment(row.device, device->deployment);
    return newer && newer->is_rollback && newer->rollout == row.rollout;
}

} // namespace

void Rollouts::seen(const fleet::DeviceActor& device, std::string running_version, bool healthy,
                    std::function<void(base::Status)> done) {
    auto made = std::make_shared<std::optional<ports::DeploymentId>>();
    core_.writer.submit<std::optional<DeploymentRow>>(
        shard::place_of(device.tenant, device.device), shard::Priority::terminal,
        [this, id = device.device, running_version = std::move(running_version), healthy,
         made](Transaction& transaction) -> base::Result<std::optional<DeploymentRow>> {
            const std::optional<DeviceRow> row = transaction.device(id);
            if (!row) return base::not_found("no such device");
            if (!busy(transaction, *row)) {
                auto back = make_rollback(transaction, id);
                if (back.ok() && *back) *made = (*back)->id;
                return back;
            }
            const std::optional<DeploymentRow> deployment = transaction.deployment(id, row->deployment);
            if (!deployment) return std::optional<DeploymentRow>();
            const Held<RolloutRow> rollout = transaction.find<RolloutRow>(deployment->rollout);
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(deployment->release);
            if (!rollout || !release) return std::optional<DeploymentRow>();
            const install::Decision decision = install::decide_poll(
                value_of(*deployment), terms({transaction.tenant(), id}, *rollout, *release), running_version,
                healthy, transaction.now());
            // That it fell back is better told by the device itself, which knows why: it gets a while to say
            // so.
            const bool bad_end =
                install::is_terminal(decision.next.state) && decision.next.state != install::State::verified;
            if (bad_end && transaction.now() - deployment->state_at < kOwnWords) return deployment;
            if (decision.changed) TRY(apply(transaction, *deployment, decision.next));
            return transaction.deployment(id, deployment->id);
        },
        [this, tenant = device.tenant, made,
         done = std::move(done)](base::Result<std::optional<DeploymentRow>> row) {
            offer_decided(tenant, *made);
            if (!row.ok()) return done(std::move(row).error());
            if (*row) arm(tenant, **row);
            done({});
        });
}

void Rollouts::report(fleet::DeviceActor device, ports::DeploymentId id, install::ReportSeen report,
                      shard::Completion<install::Outcome> done) {
    const bool terminal = install::is_terminal(report.state) || report.state == install::State::installed;
    using Answer = std::pair<install::Outcome, std::optional<DeploymentRow>>;
    core_.writer.submit<Answer>(
        shard::place_of(device.tenant, device.device),
        terminal ? shard::Priority::terminal : shard::Priority::telemetry,
        [this, device_id = device.device, id,
         report = std::move(report)](Transaction& transaction) -> base::Result<Answer> {
            const std::optional<DeviceRow> row = transaction.device(device_id);
            if (!row) return base::not_found("no such device");
            const std::optional<DeploymentRow> deployment = transaction.deployment(device_id, id);
            // A deployment that ended is not held: a late repeat of its last word changes nothing. But where
            // the answer was lost that told of another, the device goes on with this one until it is told
            // here.
            if (!deployment)
                return Answer{row->deployment.is_zero() ? install::Outcome::stale
                                                        : install::said_of_replaced(report.state),
                              std::nullopt};
            const Held<RolloutRow> rollout = transaction.find<RolloutRow>(deployment->rollout);
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(deployment->release);
            if (!rollout || !release) return base::not_found("the rollout of this deployment is gone");
            TRY_VALUE(const install::Decision decision,
                      install::decide_report(value_of(*deployment),
                                             terms({transaction.tenant(), device_id}, *rollout, *release),
                                             report, transaction.now()));
            if (decision.changed) TRY(apply(transaction, *deployment, decision.next));
            return Answer{decision.outcome, transaction.deployment(device_id, id)};
        },
        [this, tenant = device.tenant, done = std::move(done)](base::Result<Answer> answer) {
            if (!answer.ok()) return done(std::move(answer).error());
            if (answer->second) arm(tenant, *answer->second);
            done(answer->first);
        });
}

base::Status Rollouts::apply(Transaction& transaction, DeploymentRow row, const install::Deployment& next) {
    const install::State before = row.state;
    write_back(next, row);
    transaction.put(row);
    if (before == next.state) return {};

    rollout::Counts counts = transaction.gate_count(row.rollout, row.wave, row.stratum);
    const rollout::Counts old = counts;
    if (row.is_rollback)
        recount_rollback(counts, before, next.state);
    else if (!ordered_back(transaction, row))
        recount(counts, before, next.state);
    if (next.state == install::State::verified && !row.is_rollback) counts.last_verified = transaction.now();
    if (counts != old) transaction.put(ports::GateCountRow{row.rollout, row.wave, row.stratum, counts});

    if (std::optional<DeviceRow> device = transaction.device(row.device)) {
        // Taken back here and done there all the same: neither this rollout nor an older one asks again.
        if (before == install::State::withdrawn && !row.is_rollback && device->deployment == row.id &&
            device->desired_rollout < row.rollout) {
            device->desired_rollout = row.rollout;
            device->desired_release = row.release;
        }
        // What an agent says that the device runs is noted with the deployment it ends, so that findings
        // close together.
        const bool told = next.state == install::State::verified || next.state == install::State::soaking;
        const bool has_agent = !device->certificate_serial.empty();
        if (told && has_agent && !next.version_after.empty() && device->running_version != next.version_after)
            fleet::note_running_version(transaction, core_.software, *device, next.version_after);
        transaction.put(*device);
    }
    std::string detail = std::string(install::to_string(next.state));
    if (next.reason != install::Reason::none)
        detail += " (" + std::string(install::to_string(next.reason)) + ")";
    if (!next.detail.empty()) detail += ": " + next.detail;
    transaction.event({row.device, transaction.now(), "deployment", row.id.text(),
                       std::string(install::to_string(before)), std::string(install::to_string(next.state)),
                       detail});
    transaction.change("deployment", row.id.text(), summary_of(row));
    return {};
}

void Rollouts::arm(device::TenantId tenant, const DeploymentRow& row) {
    if (row.deadline && !install::is_terminal(row.state))
        timers_.set("deployment", {tenant, row.device, row.id.get(), row.row_version}, *row.deadline);
}

void Rollouts::fired(const shard::Timer& timer) {
    core_.writer.submit<std::optional<DeploymentRow>>(
        shard::place_of(timer.tenant, timer.device), shard::Priority::terminal,
        [this, timer](Transaction& transaction) -> base::Result<std::optional<DeploymentRow>> {
            const ports::DeploymentId id(timer.id);
            const std::optional<DeploymentRow> row = transaction.deployment(timer.device, id);
            if (!row || row->row_version != timer.version || install::is_terminal(row->state))
                return std::optional<DeploymentRow>();
            const Held<RolloutRow> rollout = transaction.find<RolloutRow>(row->rollout);
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(row->release);
            if (!rollout || !release) return std::optional<DeploymentRow>();
            const shard::DeviceKey key{transaction.tenant(), timer.device};
            if (was_shut(*row, key, *rollout, transaction.now())) {
                DeploymentRow waits = *row;
                write_back(
                    install::wait_on(value_of(*row), terms(key, *rollout, *release), transaction.now()),
                    waits);
                transaction.put(waits);
                return transaction.deployment(timer.device, id);
            }
            const install::Decision decision = install::decide_timer(
                value_of(*row), terms({transaction.tenant(), timer.device}, *rollout, *release),
                transaction.now());
            if (!decision.changed) return row;
            TRY(apply(transaction, *row, decision.next));
            return transaction.deployment(timer.device, id);
        },
        [this, tenant = timer.tenant](base::Result<std::optional<DeploymentRow>> row) {
            if (!row.ok())
                log_.write(base::LogLevel::warning, "rollout",
                           "a deadline could not be written: " + row.error().text());
            else if (*row)
                arm(tenant, **row);
        });
}

} // namespace oakum::rollouts
