// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/in_force.hpp>
#include <fleet/core.hpp>

#include <map>

namespace oakum::exceptions {

// What people had decided about findings at a moment: the exceptions that counted then, on the devices that
// they are for now. For one answer, on one thread.
class ExceptedThen {
  public:
    ExceptedThen(const fleet::Core& core, std::shared_ptr<const assessment::AssessedFleet> assessed,
                 device::TenantId tenant, base::TimePoint at);

    // Whether an advisory was accepted, suppressed or ruled out on a device, in each of these components.
    bool covers(device::DeviceId device, std::uint32_t advisory,
                std::span<const ports::ComponentId> components);

  private:
    struct Reach {
        bool everywhere = false;
        std::uint64_t cells = 0;
    };
    const Reach& reach(std::uint32_t advisory, ports::ComponentId component);

    const fleet::Core& core_;
    const device::TenantId tenant_;
    std::shared_ptr<const assessment::AssessedFleet> assessed_; // with those exceptions
    assessment::CellsByDevice cells_;
    std::map<std::pair<std::uint32_t, ports::ComponentId>, Reach> known_;
};

} // namespace oakum::exceptions
