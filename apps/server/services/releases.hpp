// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/releases_service.hpp>
#include <assessment/assessor.hpp>

namespace oakum::server {

class ReleasesService final : public api::ReleasesService {
  public:
    ReleasesService(Context context, releases::Releases& releases, releases::Repository& repository,
                    assessment::Assessor& assessor, ports::Blobs& blobs)
        : context_(context), releases_(releases), repository_(repository), assessor_(assessor),
          blobs_(blobs) {}
    void list(const access::Actor& actor, std::optional<api::ReleaseState> state, api::PageRequest page,
              api::Answer<api::Page<api::ReleaseSummary>> answer) override;
    void get(const access::Actor& actor, rollout::ReleaseId id, api::Answer<api::Release> answer) override;
    void create(const access::Actor& actor, api::ReleaseNew release,
                api::Answer<api::Release> answer) override;
    void act(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseAction action, std::string why,
             api::Answer<api::Release> answer) override;

  private:
    struct Effect;
    api::ReleaseSummary summary(device::TenantId tenant, const ports::ReleaseRow& row) const;
    std::optional<Effect> effect(device::TenantId tenant, const ports::ReleaseRow& row) const;
    base::Result<api::Release> whole(device::TenantId tenant, rollout::ReleaseId id) const;
    void answer_whole(device::TenantId tenant, rollout::ReleaseId id,
                      const api::Answer<api::Release>& answer) const;

    Context context_;
    releases::Releases& releases_;
    releases::Repository& repository_;
    assessment::Assessor& assessor_;
    ports::Blobs& blobs_;
};

} // namespace oakum::server
