// SPDX-License-Identifier: Apache-2.0
#include <device/ids.hpp>
#include <rollout/plan.hpp>

void offer(oakum::rollout::RolloutId rollout, oakum::device::DeviceId device);

void caller(oakum::rollout::RolloutId rollout, oakum::device::DeviceId device) {
#ifdef FIXED
    offer(rollout, device);
#else
    offer(device, rollout);
#endif
}
