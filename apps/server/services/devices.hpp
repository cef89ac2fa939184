// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device_order.hpp"
#include "explain_facts.hpp"
#include "exposure.hpp"

#include <api/devices_service.hpp>
#include <fleet/enrolment.hpp>
#include <fleet/imports.hpp>

namespace oakum::server {

// Findings of a device by what is exploited and then by points of risk, which stand beside them.
base::Result<api::Page<api::Finding>> worst_first(std::vector<std::pair<double, api::Finding>> found,
                                                  const api::PageRequest& page);

class DevicesService final : public api::DevicesService {
  public:
    DevicesService(Context context, fleet::Registry& registry, fleet::Enrolment& enrolment,
                   fleet::Imports& imports, rollouts::Rollouts& rollouts, assessment::Assessor& assessor,
                   FleetStandings& standings)
        : context_(context), registry_(registry), enrolment_(enrolment), imports_(imports),
          rollouts_(rollouts), assessor_(assessor), order_(context, standings) {}

    void list(const access::Actor& actor, std::string query, api::Those those, std::vector<std::string> facts,
              api::DeviceSort sort, api::Order wanted, api::PageRequest page,
              api::Answer<api::DevicePage> answer) override;
    void facets(const access::Actor& actor, std::string query, std::vector<std::string> keys,
                api::Answer<api::Facets> answer) override;
    void preview(const access::Actor& actor, std::string query,
                 api::Answer<api::QueryPreview> answer) override;
    void import(const access::Actor& actor, api::DeviceImport import,
                api::Answer<api::DeviceImportResult> answer) override;
    void get(const access::Actor& actor, device::DeviceId id, api::Answer<api::Device> answer) override;
    void patch(const access::Actor& actor, device::DeviceId id, api::DevicePatch patch,
               api::Answer<api::Device> answer) override;
    void act(const access::Actor& actor, device::DeviceId id, api::DeviceAction action, std::string why,
             api::Answer<api::DeviceActionResult> answer) override;
    void findings(const access::Actor& actor, device::DeviceId id, api::FindingFilter filter,
                  api::PageRequest page, api::Answer<api::Page<api::Finding>> answer) override;
    void past_findings(const access::Actor& actor, device::DeviceId id, api::FindingFilter filter,
                       base::TimePoint as_of, api::PageRequest page,
                       api::Answer<api::Page<api::Finding>> answer) override;
    void software(const access::Actor& actor, device::DeviceId id, api::SoftwareQuery query,
                  api::Answer<api::Software> answer) override;
    void history(const access::Actor& actor, device::DeviceId id, api::PageRequest page,
                 api::Answer<api::Page<api::DeviceEvent>> answer) override;
    void deployments(const access::Actor& actor, device::DeviceId id, api::PageRequest page,
                     api::Answer<api::Page<api::Deployment>> answer) override;
    void explain(const access::Actor& actor, device::DeviceId id,
                 api::Answer<api::Explanation> answer) override;

    bool sees(const access::Actor& actor, device::DeviceId id) override;

  private:
    void list_part(const access::Actor& actor, const std::string& query, const api::Those& those,
                   const std::vector<std::string>& facts, const api::PageRequest& page,
                   const api::Answer<api::DevicePage>& answer) const;
    api::DeviceSummary summary(device::TenantId tenant, const fleet::DeviceSummary& from,
                               const assessment::AssessedFleet& assessed) const;
    api::Device whole(device::TenantId tenant, const fleet::DeviceExplanation& from,
                      const DeviceFacts& facts) const;

    Context context_;
    fleet::Registry& registry_;
    fleet::Enrolment& enrolment_;
    fleet::Imports& imports_;
    rollouts::Rollouts& rollouts_;
    assessment::Assessor& assessor_;
    DeviceOrder order_;
};

} // namespace oakum::server
