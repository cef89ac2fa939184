// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/feeds_service.hpp>
#include <api/software_service.hpp>
#include <assessment/assessor.hpp>
#include <fleet/inventory.hpp>

namespace oakum::server {

class FeedsService final : public api::FeedsService {
  public:
    FeedsService(Context context, assessment::Assessor& assessor, ports::FeedFiles& files)
        : context_(context), assessor_(assessor), files_(files) {}
    void list(const access::Actor& actor, api::Answer<api::Page<api::Feed>> answer) override;
    base::Result<std::unique_ptr<api::FeedUpload>> begin_import(const access::Actor& actor,
                                                                api::FeedNew feed) override;

  private:
    Context context_;
    assessment::Assessor& assessor_;
    ports::FeedFiles& files_;
};

class SoftwareService final : public api::SoftwareService {
  public:
    SoftwareService(Context context, fleet::Inventories& inventories, assessment::Assessor& assessor,
                    releases::Intake& intake)
        : context_(context), inventories_(inventories), assessor_(assessor), intake_(intake) {}
    void attach(const access::Actor& actor, api::SbomNew sbom,
                api::Answer<api::SbomAttached> answer) override;
    void state(const access::Actor& actor, api::SbomNew stated,
               api::Answer<api::SbomAttached> answer) override;
    void firmware(const access::Actor& actor, api::PageRequest page,
                  api::Answer<api::Page<api::Firmware>> answer) override;

  private:
    std::uint64_t devices(device::TenantId tenant, const std::string& model,
                          const std::string& version) const;

    Context context_;
    fleet::Inventories& inventories_;
    assessment::Assessor& assessor_;
    releases::Intake& intake_; // keeps of which files an SBOM says that it is
};

} // namespace oakum::server
