// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/floors_service.hpp>
#include <assessment/assessor.hpp>
#include <floors/floors.hpp>

namespace oakum::server {

// By the list of what is exploited (KEV): since the first of what is open was put there.
class ListedExploits final : public floors::Exploits {
  public:
    explicit ListedExploits(const assessment::Assessor& assessor) : assessor_(assessor) {}
    Since of(device::TenantId tenant) const override;

  private:
    const assessment::Assessor& assessor_;
};

class FloorsService final : public api::FloorsService {
  public:
    FloorsService(Context context, floors::Floors& floors) : context_(context), floors_(floors) {}

    void list(const access::Actor& actor, api::Answer<std::vector<api::Floor>> answer) override;
    void get(const access::Actor& actor, std::string name, api::Answer<api::Floor> answer) override;
    void preview(const access::Actor& actor, floor::Policy policy, api::Answer<api::Floor> answer) override;
    void put(const access::Actor& actor, floor::Policy policy, api::Answer<api::Floor> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;
    void except(const access::Actor& actor, std::string name, floor::Exception wish,
                api::Answer<api::Floor> answer) override;
    void decide(const access::Actor& actor, std::string name, exception::Event event,
                api::FloorDecision decision, api::Answer<api::Floor> answer) override;

  private:
    Context context_;
    floors::Floors& floors_;
};

} // namespace oakum::server
