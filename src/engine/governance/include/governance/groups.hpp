// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <shard/writer.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::governance {

struct GroupNew {
    std::string name;
    std::string query; // empty: members are named by their `group`
    std::map<std::string, std::string> defaults;
};
struct GroupPatch {
    std::optional<std::string> name;
    std::optional<std::string> query;
    std::optional<std::map<std::string, std::string>> defaults; // replaces all
    std::optional<std::uint64_t> expected_version;              // of what was read
};

// What only the fleet's language knows: whether a query and a fact can be.
struct GroupRules {
    std::function<base::Status(std::string_view query)> check_query;
    std::function<base::Status(std::string_view key, std::string_view value)> check_fact;
};

// Named sets of devices. Callable from any thread.
class Groups {
  public:
    Groups(shard::Writer& writer, shard::ControlTables& control, shard::Ids& ids, GroupRules rules,
           Settings settings = {})
        : writer_(writer), control_(control), ids_(ids), rules_(std::move(rules)), settings_(settings) {}

    // Those of the actor's scope. Errors: denied.
    base::Result<std::vector<ports::GroupRow>> list(const access::Actor& actor) const;
    // Errors: denied, not_found.
    base::Result<ports::GroupRow> get(const access::Actor& actor, device::GroupId id) const;
    // Errors: denied, invalid (with its place), conflict (the name exists).
    void create(const access::Actor& actor, GroupNew group, shard::Completion<ports::GroupRow> done);
    // Errors: denied, not_found, invalid, conflict (name, version).
    void patch(const access::Actor& actor, device::GroupId id, GroupPatch patch,
               shard::Completion<ports::GroupRow> done);
    // Errors: denied, not_found, conflict (a user's scope or an enrolment token names it).
    void remove(const access::Actor& actor, device::GroupId id, std::function<void(base::Status)> done);

  private:
    base::Status check(const std::optional<std::string>& name, const std::optional<std::string>& query,
                       const std::optional<std::map<std::string, std::string>>& defaults) const;

    shard::Writer& writer_;
    shard::ControlTables& control_;
    shard::Ids& ids_;
    const GroupRules rules_;
    const Settings settings_;
};

} // namespace oakum::governance
