// SPDX-License-Identifier: Apache-2.0
#include "attempt_logs.hpp"

namespace oakum::mender {

bool AttemptLogs::take(device::DeviceId device, ports::DeploymentId deployment, std::uint32_t attempt) {
    const base::Lock lock(mutex_);
    if (!newest_.contains(device) && newest_.size() >= most_) newest_.erase(newest_.begin());
    Newest& newest = newest_[device];
    if (newest.deployment == deployment && attempt <= newest.attempt) return false;
    newest = {deployment, attempt};
    return true;
}

void AttemptLogs::give_back(device::DeviceId device, ports::DeploymentId deployment, std::uint32_t attempt) {
    const base::Lock lock(mutex_);
    const auto at = newest_.find(device);
    if (at == newest_.end() || at->second.deployment != deployment || at->second.attempt != attempt) return;
    --at->second.attempt;
}

} // namespace oakum::mender
