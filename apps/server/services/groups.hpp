// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/groups_service.hpp>
#include <fleet/groups.hpp>

namespace oakum::server {

class GroupsService final : public api::GroupsService {
  public:
    GroupsService(Context context, fleet::Groups& groups) : context_(context), groups_(groups) {}
    void list(const access::Actor& actor, api::Answer<std::vector<api::Group>> answer) override;
    void get(const access::Actor& actor, device::GroupId id, api::Answer<api::Group> answer) override;
    void create(const access::Actor& actor, api::GroupNew group, api::Answer<api::Group> answer) override;
    void patch(const access::Actor& actor, device::GroupId id, api::GroupPatch patch,
               api::Answer<api::Group> answer) override;
    void remove(const access::Actor& actor, device::GroupId id, api::Answer<base::Nothing> answer) override;

  private:
    Context context_;
    fleet::Groups& groups_;
};

} // namespace oakum::server
