// SPDX-License-Identifier: Apache-2.0
#include <assessment/proof.hpp>

namespace oakum::assessment {
namespace {

using ports::DeploymentRow;

bool during(const DeploymentRow& deployment, base::TimePoint at) {
    return at >= deployment.offered_at &&
           (!install::is_terminal(deployment.state) || at <= deployment.state_at);
}

} // namespace

// The last set of the layer that began before that moment.
const ports::DeviceSetRow* Proof::ran_at(ports::Layer layer, base::TimePoint at) const {
    const ports::DeviceSetRow* found = nullptr;
    for (const ports::DeviceSetRow& row : sets_)
        if (row.layer == layer && row.from < at && (found == nullptr || row.from > found->from)) found = &row;
    return found;
}

Ending Proof::of(const ports::DeviceSetRow& ran) const {
    // It began while a deployment was under way that fell back, and is not what the device ran before it.
    for (const DeploymentRow& deployment : deployments_) {
        if (!ran.to || !install::is_terminal(deployment.state) ||
            deployment.state == install::State::verified || !during(deployment, ran.from))
            continue;
        const ports::DeviceSetRow* before = ran_at(ran.layer, deployment.offered_at);
        if (before == nullptr || before->set != ran.set) return Ending::trial;
    }
    if (!ran.to) return Ending::runs;
    Ending ending = Ending::reported;
    for (const DeploymentRow& deployment : deployments_)
        if (during(deployment, *ran.to)) {
            if (deployment.state == install::State::verified) return Ending::proven;
            ending = Ending::unproven;
        }
    return ending;
}

Ending Proof::of(const fleet::RanSubject& ran) const {
    if (ran.beneath && of(*ran.beneath) == Ending::trial) return Ending::trial;
    return of(ran.row);
}

} // namespace oakum::assessment
