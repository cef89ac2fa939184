// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/policies_service.hpp>
#include <assessment/assessor.hpp>

namespace oakum::server {

class PoliciesService final : public api::PoliciesService {
  public:
    PoliciesService(Context context, assessment::Assessor& assessor)
        : context_(context), deadlines_(assessor.deadlines()), assessor_(assessor) {}

    void list(const access::Actor& actor, api::Answer<api::DeadlinePolicies> answer) override;
    void get(const access::Actor& actor, std::string id, api::Answer<api::DeadlinePolicy> answer) override;
    void preview(const access::Actor& actor, api::DeadlineWish wish,
                 api::Answer<api::DeadlinePreview> answer) override;
    void test(const access::Actor& actor, std::string name, std::string table,
              api::Answer<api::DeadlinePreview> answer) override;
    void use(const access::Actor& actor, api::DeadlineWish wish, std::string stamp, std::string why,
             api::Answer<api::DeadlinePolicies> answer) override;
    void add(const access::Actor& actor, std::string name, std::string table,
             api::Answer<api::DeadlinePolicy> answer) override;
    void remove(const access::Actor& actor, std::string id, api::Answer<base::Nothing> answer) override;

  private:
    // What it would change today, against what is in force.
    void show(const access::Actor& actor, assessment::Policy policy,
              api::Answer<api::DeadlinePreview> answer);

    Context context_;
    assessment::Deadlines& deadlines_;
    const assessment::Assessor& assessor_;
};

} // namespace oakum::server
