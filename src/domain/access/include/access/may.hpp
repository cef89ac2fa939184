// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/rules.hpp>
#include <base/id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oakum::access {

// Who asks, resolved anew for each request so that a change of role takes effect at once.
struct Actor {
    std::uint32_t tenant = 0;
    UserId user;
    std::string name; // of the user, also when a token speaks for them
    Role role = Role::viewer;
    std::vector<base::Id128> scope;   // groups; empty: the whole tenant
    std::optional<TokenScopes> token; // nothing: a session
    std::string token_label;

    bool whole_tenant() const { return scope.empty(); }
    // "user anna", "token ci of anna": as in the audit log.
    std::string text() const;
};

// Where a thing belongs. `groups` is nothing for what belongs to the tenant as a whole; an empty list is a
// thing that could be in a group and is in none.
struct Resource {
    std::uint32_t tenant = 0;
    std::optional<std::vector<base::Id128>> groups;
};

struct Decision {
    bool allowed = false;
    bool hidden = false; // the thing does not exist for this actor: answer not_found, say nothing of it
    std::string why;     // a sentence, for refusals
    // Errors: denied, not_found.
    base::Status status() const;
};

// Role, token and reach alone: what a caller may do at all. Never hidden.
Decision may(const Actor& actor, Action action);
// Also tenant and scope of the thing. Hidden wins over denied, so that a refusal tells nobody what exists.
Decision may(const Actor& actor, Action action, const Resource& resource);

// A fleet's rule for approvals: whether the one who made a plan may also approve it. `created_by` is the text
// of the actor who did.
enum class SecondPerson : bool { not_required, required };
Decision may_approve(const Actor& approver, std::string_view created_by, SecondPerson rule);

std::vector<Action> permissions(const Actor& actor);

} // namespace oakum::access
