// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/notices_service.hpp>
#include <assessment/assessor.hpp>
#include <assessment/notices.hpp>

namespace oakum::server {

class NoticesService final : public api::NoticesService {
  public:
    NoticesService(Context context, assessment::Notices& notices, const assessment::Assessor& assessor)
        : context_(context), notices_(notices), assessor_(assessor) {}
    void list(const access::Actor& actor, api::PageRequest page,
              api::Answer<api::Page<api::OwnAdvisory>> answer) override;
    void add(const access::Actor& actor, advisory::Notice notice,
             api::Answer<api::OwnAdvisory> answer) override;
    void edit(const access::Actor& actor, std::string id, advisory::Notice notice,
              std::optional<std::uint64_t> version, api::Answer<api::OwnAdvisory> answer) override;
    void withdraw(const access::Actor& actor, std::string id, std::string why,
                  api::Answer<api::OwnAdvisory> answer) override;

  private:
    api::OwnAdvisory view_of(const ports::NoticeRow& row) const;
    std::function<void(base::Status)> then_get(device::TenantId tenant, std::string id,
                                               api::Answer<api::OwnAdvisory> answer);

    Context context_;
    assessment::Notices& notices_;
    const assessment::Assessor& assessor_;
};

} // namespace oakum::server
