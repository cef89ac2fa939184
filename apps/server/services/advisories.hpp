// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exposure.hpp"

#include <api/advisories_service.hpp>

namespace oakum::server {

class AdvisoriesService final : public api::AdvisoriesService {
  public:
    AdvisoriesService(Context context, fleet::Registry& registry, assessment::Assessor& assessor)
        : context_(context), registry_(registry), assessor_(assessor) {}
    void list(const access::Actor& actor, api::AdvisoryQuery query,
              api::Answer<api::AdvisoryPage> answer) override;
    void get(const access::Actor& actor, std::string id, std::string query,
             api::Answer<api::AdvisoryLookup> answer) override;
    void then(const access::Actor& actor, std::string id, std::string query, base::TimePoint as_of,
              api::Answer<api::AdvisoryThen> answer) override;

  private:
    api::Advisory whole(device::TenantId tenant, const fleet::Selection& selection,
                        std::uint32_t index) const;

    Context context_;
    fleet::Registry& registry_;
    assessment::Assessor& assessor_;
};

} // namespace oakum::server
