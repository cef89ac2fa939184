// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <shard/writer.hpp>

#include <string>
#include <vector>

namespace oakum::governance {

struct TokenNew {
    std::string label;
    access::TokenScopes scopes;
    base::Duration lifetime{};
};
struct EnrolmentTokenNew {
    std::string label;
    device::GroupId group; // zero: none
    std::uint32_t uses = 1;
    base::Duration lifetime{};
};
struct NewToken {
    ports::TokenRow row;
    std::string secret; // told once
};

// API tokens of people, and enrolment tokens of devices. Callable from any thread.
class Tokens {
  public:
    Tokens(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock, ports::Random& random,
           shard::Ids& ids, Settings settings = {})
        : writer_(writer), control_(control), clock_(clock), random_(random), ids_(ids), settings_(settings) {
    }

    // One's own; who may read users sees all. Errors: denied.
    base::Result<std::vector<ports::TokenRow>> list(const access::Actor& actor) const;
    // Errors: denied, invalid, conflict (too many).
    void create(const access::Actor& actor, TokenNew token, shard::Completion<NewToken> done);
    // Errors: not_found (also somebody else's, unless one may edit users).
    // A token, named as `asker`, may end itself; another one only with the rights to edit users.
    void revoke(const access::Actor& actor, access::TokenId asker, access::TokenId id,
                std::function<void(base::Status)> done);

    // Those of the actor's groups. Errors: denied.
    base::Result<std::vector<ports::TokenRow>> enrolments(const access::Actor& actor) const;
    // Errors: denied, invalid, not_found (the group), conflict (too many).
    void create_enrolment(const access::Actor& actor, EnrolmentTokenNew token,
                          shard::Completion<NewToken> done);
    void revoke_enrolment(const access::Actor& actor, access::TokenId id,
                          std::function<void(base::Status)> done);

  private:
    void revoke_kind(const access::Actor& actor, access::TokenId id, ports::TokenKind kind,
                     std::function<void(base::Status)> done);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Clock& clock_;
    ports::Random& random_;
    shard::Ids& ids_;
    const Settings settings_;
};

// Spends one use of an enrolment token inside the command that enrols. Errors: unauthenticated (unknown,
// revoked, expired or spent; which one is not said).
base::Result<device::GroupId> redeem_enrolment(shard::Transaction& transaction, std::string_view secret);

} // namespace oakum::governance
