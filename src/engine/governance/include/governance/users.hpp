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
    // Who it is at the identity provider (OpenID Connect, `sub`), where they sign in without a password here.
    std::optional<std::string> subject = {};
};
struct UserPatch {
    std::optional<access::Role> role;
    std::optional<std::vector<device::GroupId>> scope;
    std::optional<bool> disabled;
    std::optional<std::string> password;
    std::optional<std::string> expected = {}; // the tag of what the change was made from
};

// Of what others see of a person: signing in does not change it.
std::string tag_of(const ports::UserRow& user);

struct BreakGlass {
    ports::UserRow row;
    std::string password; // told once
};

// People. Each change is audited; secrets never are. Callable from any thread.
class Users {
  public:
    Users(shard::Writer& writer, shard::ControlTables& control, ports::Random& random, shard::Ids& ids,
          ports::Passwords& passwords, ports::Executor& slow, Settings settings = {})
        : writer_(writer), control_(control), random_(random), ids_(ids), passwords_(passwords), slow_(slow),
          settings_(settings) {}

    // Sorted by id. Errors: denied.
    base::Result<std::vector<ports::UserRow>> list(const access::Actor& actor) const;
    // Errors: denied, invalid (with its place), conflict (the name or the subject exists), not_found (a group
    // of the scope).
    void create(const access::Actor& actor, UserNew user, shard::Completion<ports::UserRow> done);
    // Errors: denied, not_found, invalid, conflict (the last administrator; at "If-Match": somebody else was
    // first).
    void patch(const access::Actor& actor, access::UserId id, UserPatch patch,
               shard::Completion<ports::UserRow> done);

    // The one account for when nothing else lets anybody in: an administrator of the whole fleet with a
    // password of 256 bits, held to no rule of sign-in. Errors: denied, conflict (there is one: `renew` gives
    // it a new password), invalid (the name).
    void make_break_glass(const access::Actor& actor, std::string name, bool renew,
                          shard::Completion<BreakGlass> done);

  private:
    void hashed(std::optional<std::string> password, std::function<void(base::Result<std::string>)> then);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Random& random_;
    shard::Ids& ids_;
    ports::Passwords& passwords_;
    ports::Executor& slow_;
    const Settings settings_;
};

} // namespace oakum::governance
