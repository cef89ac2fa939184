// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exposure.hpp"

#include <api/findings_service.hpp>
#include <explain/finding.hpp>

namespace oakum::server {

// Findings of a whole fleet, by advisory and component, and why one device has one.
class FindingsService final : public api::FindingsService {
  public:
    FindingsService(Context context, fleet::Registry& registry, rollouts::Rollouts& rollouts,
                    assessment::Assessor& assessor)
        : context_(context), registry_(registry), rollouts_(rollouts), assessor_(assessor) {}

    void list(const access::Actor& actor, api::FleetFindingWish wish, api::PageRequest page,
              api::Answer<api::FleetFindingPage> answer) override;
    void explain(const access::Actor& actor, std::string advisory, device::DeviceId device,
                 api::Answer<api::Explanation> answer) override;

  private:
    struct Decided;
    explain::FindingFacts facts(device::TenantId tenant, const fleet::DeviceSummary& device,
                                const advisory::AdvisoryFile& file, std::uint32_t index) const;
    std::optional<Decided> decided(device::TenantId tenant, const ports::DeviceRow& device,
                                   const advisory::AdvisoryFile& file, std::uint32_t index) const;
    std::optional<explain::FindingFacts::Release>
    release_for(device::TenantId tenant, const fleet::DeviceSummary& device, std::uint32_t index) const;

    Context context_;
    fleet::Registry& registry_;
    rollouts::Rollouts& rollouts_;
    assessment::Assessor& assessor_;
};

} // namespace oakum::server
