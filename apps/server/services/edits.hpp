// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/edits_service.hpp>
#include <assessment/assessor.hpp>
#include <fleet/bulk.hpp>
#include <fleet/edits.hpp>
#include <fleet/replacements.hpp>

namespace oakum::server {

// Edits in words. What they did to devices is read from the history, on the background's thread.
class EditsService final : public api::EditsService {
  public:
    EditsService(Context context, const fleet::Registry& registry, const assessment::Assessor& assessor,
                 fleet::Bulk& bulk, fleet::Replacements& replacements, fleet::Edits& edits)
        : context_(context), registry_(registry), assessor_(assessor), bulk_(bulk),
          replacements_(replacements), edits_(edits) {}
    void preview(const access::Actor& actor, api::BulkRequest request,
                 api::Answer<api::BulkPreview> answer) override;
    void apply(const access::Actor& actor, api::BulkApply request, api::Answer<api::Edit> answer) override;
    void preview_replacement(const access::Actor& actor, device::DeviceId old, device::DeviceId fresh,
                             api::Answer<api::ReplacementPreview> answer) override;
    void replace(const access::Actor& actor, device::DeviceId old, device::DeviceId fresh, std::string stamp,
                 std::string why, api::Answer<api::Edit> answer) override;
    void list(const access::Actor& actor, std::string kind, api::PageRequest page,
              api::Answer<api::Page<api::Edit>> answer) override;
    void get(const access::Actor& actor, ports::EditId id, api::Answer<api::Edit> answer) override;
    void devices(const access::Actor& actor, ports::EditId id, api::PageRequest page,
                 api::Answer<api::Page<api::EditedDevice>> answer) override;
    void undo(const access::Actor& actor, ports::EditId id, std::string why,
              api::Answer<api::Edit> answer) override;
    void cancel(const access::Actor& actor, ports::EditId id, std::string why,
                api::Answer<api::Edit> answer) override;

  private:
    fleet::BulkWish wish_of(const access::Actor& actor, api::BulkRequest request) const;
    api::EditedDevice edited(device::TenantId tenant, const ports::EditedDeviceRow& row) const;

    Context context_;
    const fleet::Registry& registry_;
    const assessment::Assessor& assessor_;
    fleet::Bulk& bulk_;
    fleet::Replacements& replacements_;
    fleet::Edits& edits_;
};

} // namespace oakum::server
