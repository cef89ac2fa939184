// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/query.hpp>
#include <schedule/openings.hpp>
#include <schedule/rule.hpp>
#include <schedule/zones.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace oakum::schedule {

// Rules with their queries parsed and their zones at hand: which of them bind a device, and by which clock.
// Immutable; any thread.
class Rulebook {
  public:
    // At most 64. Rules whose query cannot be read bind every device: a freeze is not lost by a mistake.
    Rulebook(std::vector<Rule> rules, Zones& zones);

    const std::vector<Rule>& rules() const { return rules_; }
    // Bit i: the i-th rule binds the device and a rollout of that priority. Allocates nothing.
    std::uint64_t bound(const device::DeviceView& device, Priority priority) const;
    // Those rules, each with the clock that it is read by for a device that stands in that zone; null: in
    // none that is known.
    std::vector<Bound> with_clocks(std::uint64_t bound, const ZoneRules* zone) const;

  private:
    std::vector<Rule> rules_;
    std::vector<std::optional<device::Query>> queries_;
    // Shared with the port, which keeps them too. By rule: of its own clock, and of devices without a zone.
    std::vector<std::shared_ptr<const ZoneRules>> own_zones_, spare_zones_;
};

} // namespace oakum::schedule
