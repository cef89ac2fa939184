// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <shard/writer.hpp>

#include <string_view>

namespace oakum::governance {

// What everybody who signs in with a password is held to; the break-glass account is not.
struct SignInRules {
    bool second_factor = false; // whoever has none sets one up before anything else
    bool operator==(const SignInRules&) const = default;
};

inline constexpr const char* kSignInRules = "setting/sign_in_rules";
bool second_factor_required(std::string_view document);

// Errors: denied.
base::Result<SignInRules> sign_in_rules(const access::Actor& actor, const shard::ControlTables& control);
// Who has no second factor yet keeps their session and can do nothing with it but set one up. Audited.
void set_sign_in_rules(shard::Writer& writer, const access::Actor& actor, SignInRules rules,
                       shard::Completion<SignInRules> done);

} // namespace oakum::governance
