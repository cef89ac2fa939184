// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/metadata.hpp>

#include <string_view>
#include <vector>

namespace oakum::trust {

// '*' is any run and '?' any one character within a segment; case counts; segments must be as many. Linear in
// the product of both lengths.
bool glob_matches(std::string_view pattern, std::string_view path);

// One role to which a path was delegated, and on whose word.
struct Delegation {
    std::string role;
    Signers signers;
    bool terminating = false;
};

// The roles that the delegator asks about `path`, in its order; a terminating one is the last.
std::vector<Delegation> delegations_for(const Delegations& delegations, std::string_view path);

} // namespace oakum::trust
