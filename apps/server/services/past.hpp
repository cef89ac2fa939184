// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <assessment/proof.hpp>
#include <map>
#include <string>
#include <vector>

namespace oakum::server {

// What a device had open, and what could not be told, at a moment that is past: from the intervals of its
// software and of the findings of that software.
struct PastFinding {
    ports::SetFindingRow row;
    base::TimePoint since{}; // of this device
};
// Reads the findings of each software set once; for one answer, on one thread.
class Past {
  public:
    Past(const Context& context, device::TenantId tenant, base::TimePoint at)
        : context_(context), tenant_(tenant), at_(at) {}

    struct OfDevice {
        bool had_software = false;
        std::vector<PastFinding> findings; // affected and unknown ones, each component once
        std::map<std::string, base::TimePoint>
            ended; // advisories that were open before, and not at the moment
    };
    base::Result<OfDevice> of(device::DeviceId device);

  private:
    base::Result<const std::vector<ports::SetFindingRow>*> findings_of(device::SetId set);
    bool covers(device::SetId image, device::ComponentId component);

    const Context& context_;
    const device::TenantId tenant_;
    const base::TimePoint at_;
    std::map<device::SetId, std::vector<ports::SetFindingRow>> findings_;
    std::map<device::SetId, std::vector<component::Component>> images_;
};

// Since when what was found is whole: from `begins` on, or from when the oldest findings were not removed
// yet.
std::optional<base::TimePoint> whole_since(const Context& context, device::TenantId tenant,
                                           std::optional<base::TimePoint> begins);
// Errors: invalid, at "as_of": it is still to come, or nothing was known of `what` yet.
base::Status check_as_of(base::TimePoint as_of, base::TimePoint now, std::optional<base::TimePoint> begins,
                         const std::string& what);

} // namespace oakum::server
