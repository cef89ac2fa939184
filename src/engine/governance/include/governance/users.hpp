// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <ports/passwords.hpp>
#include <shard/writer.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::governance {

struct UserNew {
    std::string name;
    access::Role role = access::Role::viewer;
    std::vector<device::GroupId> scope;
    std::string password;
};
struct UserPatch {
    std::optional<access::Role> role;
    std::optional<std::vector<device::GroupId>> scope;
    std::optional<bool> disabled;
    std::optional<std::string> password;
};

// People. Each change is audited; secrets never are. Callable from any thread.
class Users {
  public:
    Users(shard::Writer& writer, shard::ControlTables& control, shard::Ids& ids, ports::Passwords& passwords,
          ports::Executor& slow, Settings settings = {})
        : writer_(writer), control_(control), ids_(ids), passwords_(passwords), slow_(slow),
          settings_(settings) {}

    // Sorted by id. Errors: denied.
    base::Result<std::vector<ports::UserRow>> list(const access::Actor& actor) const;
    // Errors: denied, invalid (with its place), conflict (the name exists), not_found (a group of the scope).
    void create(const access::Actor& actor, UserNew user, shard::Completion<ports::UserRow> done);
    // Errors: denied, not_found, invalid, conflict (the last administrator).
    void patch(const access::Actor& actor, access::UserId id, UserPatch patch,
               shard::Completion<ports::UserRow> done);

  private:
    void hashed(std::optional<std::string> password, std::function<void(base::Result<std::string>)> then);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    shard::Ids& ids_;
    ports::Passwords& passwords_;
    ports::Executor& slow_;
    const Settings settings_;
};

} // namespace oakum::governance
