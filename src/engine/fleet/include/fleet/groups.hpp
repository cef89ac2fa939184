// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>

#include <string>
#include <vector>

namespace oakum::fleet {

struct GroupWish {
    std::string name;
    std::string query; // empty: members are those put into it
    std::map<std::string, std::string> defaults;
};
struct GroupView {
    ports::GroupRow row;
    Count members;
};

class Groups {
  public:
    explicit Groups(Core& core) : core_(core) {}

    base::Result<std::vector<GroupView>> list(const access::Actor& actor) const;
    base::Result<GroupView> get(const access::Actor& actor, GroupId group) const;
    // Errors: invalid (name, query, defaults), conflict (a name that is taken).
    void create(access::Actor actor, GroupWish wish, shard::Completion<GroupId> done);
    void change(access::Actor actor, GroupId group, GroupWish wish, std::optional<std::uint64_t> expected,
                std::function<void(base::Status)> done);
    // Its devices stay, without a group.
    void remove(access::Actor actor, GroupId group, std::string why, std::function<void(base::Status)> done);

  private:
    Count members(TenantId tenant, GroupId group) const;

    Core& core_;
};

} // namespace oakum::fleet
