// SPDX-License-Identifier: Apache-2.0
// What people carry to devices that are not on the network.
#include "deployments.hpp"

#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

using ports::DeploymentRow;
using shard::Held;
using shard::Transaction;

base::Result<DeploymentRow> Rollouts::hand_over(Transaction& transaction, device::DeviceId id,
                                                const Carry& wish, std::optional<ports::DeploymentId>& made) {
    const std::optional<ports::DeviceRow> device = transaction.device(id);
    if (!device) return base::not_found("there is no such device");
    if (device->revoked || device->certificate_serial.empty())
        return base::conflict("it has no identity that it could sign a receipt with");
    std::optional<DeploymentRow> row =
        device->deployment.is_zero() ? std::nullopt : transaction.deployment(id, device->deployment);
    if (!row || install::is_terminal(row->state)) {
        TRY_VALUE(row, make_offer(transaction, id, fleet::Keeps::yes, Board::Reached::by_hand, wish.only));
        if (!row)
            return base::conflict(
                "no running rollout has an update for it in a wave that is open, or it is on "
                "hold, up to date, its group has no room, or its wave goes no faster");
        made = row->id;
    } else if (wish.only && row->release != *wish.only) {
        return base::conflict("another release is on its way to it");
    }
    const Held<ports::RolloutRow> rollout = transaction.find<ports::RolloutRow>(row->rollout);
    const Held<ports::ReleaseRow> release = transaction.find<ports::ReleaseRow>(row->release);
    if (!rollout || !release) return base::not_found("the rollout of this deployment is gone");
    if (release->state != "published") return base::conflict("its release was withdrawn");
    TRY_VALUE(const install::Decision decision,
              install::decide_carry(value_of(*row), terms({transaction.tenant(), id}, *rollout, *release),
                                    wish.until, transaction.now()));
    if (decision.changed) {
        if (row->state == decision.next.state)
            // The machine's own words go with a change of state; a longer life is told here.
            transaction.event({id, transaction.now(), "deployment", row->id.text(), "",
                               std::string(install::to_string(row->state)), decision.next.detail});
        TRY(apply(transaction, *row, decision.next));
    }
    const std::optional<DeploymentRow> now = transaction.deployment(id, row->id);
    if (!now) return base::bug("a deployment that was handed over is gone");
    return *now;
}

bool Rollouts::would_carry(const fleet::Glance& device, const std::optional<ports::ReleaseId>& only) const {
    if (device.revoked() || device.hold()) return false;
    if (device.has_deployment()) {
        const DeploymentRow* row = device.deployment();
        return row != nullptr && (!only || row->release == *only) && install::can_be_carried(row->state);
    }
    const std::shared_ptr<const Board> board = board_.load();
    const Running* rollout = board->offered(device, Board::Waves::open, Board::Reached::by_hand);
    return rollout != nullptr && (!only || rollout->release == *only) &&
           may_begin(*rollout, device, fleet::Keeps::yes) && has_room(device, rollout->priority) &&
           in_pace(*rollout, device);
}

void Rollouts::carry(shard::DeviceKey device, Carry wish, shard::Completion<Carried> done) {
    auto made = std::make_shared<std::optional<ports::DeploymentId>>();
    core_.writer.submit<DeploymentRow>(
        shard::place_of(device.tenant, device.device), shard::Priority::person,
        [this, id = device.device, wish, made](Transaction& transaction) {
            return hand_over(transaction, id, wish, *made);
        },
        [this, tenant = device.tenant, made, done = std::move(done)](base::Result<DeploymentRow> row) {
            offer_decided(tenant, *made);
            if (!row.ok()) return done(std::move(row).error());
            arm(tenant, *row);
            const auto offer = view(tenant, *row);
            if (!offer) return done(base::conflict("it ended meanwhile; look again"));
            done(Carried{*offer, row->release, row->rollout, row->wave});
        });
}

} // namespace oakum::rollouts
