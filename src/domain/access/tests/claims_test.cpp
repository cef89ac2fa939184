// SPDX-License-Identifier: Apache-2.0
#include <access/claims.hpp>
#include <doctest/doctest.h>

using namespace oakum::access;

TEST_CASE("the first row of the table that fits says what somebody may do") {
    const std::vector<ClaimRule> table{{"groups", "admins", Role::administrator, {}},
                                       {"groups", "plant-3", Role::operator_, {"Plant 3"}},
                                       {"department", "security", Role::viewer, {}}};
    const auto role = [&](const Claims& claims) {
        const ClaimRule* rule = rule_for(table, claims);
        return rule ? std::optional(rule->role) : std::nullopt;
    };
    CHECK(role({{"groups", {"staff", "plant-3"}}}) == Role::operator_);
    CHECK(role({{"groups", {"plant-3", "admins"}}}) == Role::administrator); // the table's order, not theirs
    CHECK(role({{"department", {"security"}}}) == Role::viewer);
    CHECK_FALSE(role({}));
    CHECK_FALSE(role({{"groups", {}}}));
    CHECK_FALSE(role({{"groups", {"Admins", "admin", "admins "}}})); // letter for letter
    CHECK_FALSE(role({{"department", {"admins"}}}));
    CHECK(rule_for(table, {{"groups", {"plant-3"}}})->groups == std::vector<std::string>{"Plant 3"});
}
