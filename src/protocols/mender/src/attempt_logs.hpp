// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/rows.hpp>

#include <map>

namespace oakum::mender {

// Which attempts have sent their log, so that each has one: the first. Of a device the newest is known, and
// of so many devices at most; goes with the process. Any thread.
class AttemptLogs {
  public:
    explicit AttemptLogs(std::size_t most = 1 << 16) : most_(most) {}

    // Whether it is the first; then it was counted.
    bool take(device::DeviceId device, ports::DeploymentId deployment, std::uint32_t attempt);
    // It could not be kept: the next one counts.
    void give_back(device::DeviceId device, ports::DeploymentId deployment, std::uint32_t attempt);

  private:
    struct Newest {
        ports::DeploymentId deployment;
        std::uint32_t attempt = 0;
    };
    const std::size_t most_;
    base::Mutex mutex_;
    std::map<device::DeviceId, Newest> newest_ GUARDED_BY(mutex_);
};

} // namespace oakum::mender
