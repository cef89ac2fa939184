// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/feeds_service.hpp>
#include <shard/jobs.hpp>

namespace oakum::server {

class JobsService final : public api::JobsService {
  public:
    JobsService(Context context, shard::Jobs& jobs) : context_(context), jobs_(jobs) {}
    void list(const access::Actor& actor, api::PageRequest page,
              api::Answer<api::Page<api::Job>> answer) override;
    void get(const access::Actor& actor, std::string id, api::Answer<api::Job> answer) override;
    void cancel(const access::Actor& actor, std::string id, api::Answer<api::Job> answer) override;

  private:
    Context context_;
    shard::Jobs& jobs_;
};

// Answers with the job whose id it gets once it is queued.
shard::Completion<std::string> as_job(const Context& context, device::TenantId tenant,
                                      api::Answer<api::Job> answer);

} // namespace oakum::server
