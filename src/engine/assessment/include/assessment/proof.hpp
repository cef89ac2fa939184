// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/software.hpp>
#include <ports/rows.hpp>

#include <span>
#include <vector>

namespace oakum::assessment {

// Why a device no longer runs a software set, as far as its holes are concerned.
enum class Ending : std::uint8_t {
    runs,     // it still does
    proven,   // the device reported the version of a deployment that replaced it, and was healthy
    reported, // it reported other software, outside of any deployment of ours
    unproven, // what replaced it is on trial, or never became healthy: nothing is closed by that
    trial     // it was itself only on trial, and the device fell back: it was never what the device ran
};

// A device's sets and deployments of all times, asked how each set ended. A finding is closed by `proven` and
// `reported` only; what was only on trial opened nothing and closes nothing.
class Proof {
  public:
    Proof(std::span<const ports::DeviceSetRow> sets, std::span<const ports::DeploymentRow> deployments)
        : sets_(sets.begin(), sets.end()), deployments_(deployments.begin(), deployments.end()) {}
    Ending of(const ports::DeviceSetRow& ran) const;
    // What ran above a base layer that was only on trial was on trial too.
    Ending of(const fleet::RanSubject& ran) const;

  private:
    const ports::DeviceSetRow* ran_at(ports::Layer layer, base::TimePoint at) const;

    std::vector<ports::DeviceSetRow> sets_;
    std::vector<ports::DeploymentRow> deployments_;
};

} // namespace oakum::assessment
