// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/ids.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oakum::access {

// One row of the table that says what people of the identity provider may do here: whoever's claim holds the
// value.
struct ClaimRule {
    std::string claim, value;
    Role role = Role::viewer;
    std::vector<std::string> groups; // names; empty: the whole fleet
};

// What the provider says of somebody: each claim's values, one or a list of them.
using Claims = std::map<std::string, std::vector<std::string>>;

// The first row that fits, in the table's order; nothing: they may do nothing here.
const ClaimRule* rule_for(const std::vector<ClaimRule>& table, const Claims& claims);

} // namespace oakum::access
