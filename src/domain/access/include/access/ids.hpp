// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/id.hpp>

#include <cstdint>
#include <string_view>

namespace oakum::access {

using UserId = base::Id<struct UserIdTag>;
using TokenId = base::Id<struct TokenIdTag>;
using SessionId = base::Id<struct SessionIdTag>;

// Ordered by what they may do; an approver approves but does not operate, so the order is not a hierarchy.
enum class Role : std::uint8_t { viewer, operator_, approver, administrator };
std::string_view to_string(Role role);
base::Result<Role> parse_role(std::string_view text);

} // namespace oakum::access
