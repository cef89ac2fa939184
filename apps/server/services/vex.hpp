// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/vex_service.hpp>
#include <assessment/assessor.hpp>

namespace oakum::server {

class VexService final : public api::VexService {
  public:
    VexService(Context context, fleet::Registry& registry, const assessment::Assessor& assessor)
        : context_(context), registry_(registry), assessor_(assessor) {}
    void document(const access::Actor& actor, api::VexRequest request,
                  api::Answer<std::string> answer) override;

  private:
    base::Result<std::string> make(device::TenantId tenant, const fleet::Selection& selection,
                                   const api::VexRequest& request) const;

    Context context_;
    fleet::Registry& registry_;
    const assessment::Assessor& assessor_;
};

} // namespace oakum::server
