// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>
#include <ports/sealer.hpp>

#include <string>

// What sign-in and the settings of one's second factor share.
namespace oakum::governance {

inline std::string purpose_of(access::UserId user) {
    return "totp of " + user.text();
}
base::Error wrong_code();
// Takes a code of the authenticator or one on paper, and marks it as used in the row. Errors: unauthenticated
// at
// "/code" (also one that was used), corrupt (the sealed secret does not open).
base::Status use_code(ports::UserRow& user, std::string_view code, base::TimePoint now,
                      ports::Sealer& sealer);

} // namespace oakum::governance
