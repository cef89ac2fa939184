// SPDX-License-Identifier: Apache-2.0
#include <exchange/action_id.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <set>

using namespace oakum;
using namespace oakum::exchange;

TEST_CASE("an action's number fits 31 bits, is the same each time, and tells its attempt") {
    std::set<std::int32_t> seen;
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        const ports::DeploymentId id(base::Id128{i, i * 77});
        for (const std::uint32_t attempt : {1U, 2U, 23U}) {
            const std::int32_t action = action_id(id, attempt);
            CHECK(action > 0);
            CHECK(action == action_id(id, attempt));
            CHECK(attempt_of(action, id, 23) == attempt);
            seen.insert(action);
        }
        CHECK(attempt_of(action_id(id, 3), id, 2) == std::nullopt);
        CHECK(release_number(ports::ReleaseId(base::Id128{i, 0})) > 0);
    }
    CHECK(seen.size() == 3000);
}

TEST_CASE("a number of another deployment is none of this one's") {
    const ports::DeploymentId one(base::Id128{1, 1}), other(base::Id128{1, 2});
    CHECK_FALSE(attempt_of(action_id(other, 1), one, 5));
    CHECK_FALSE(attempt_of(0, one, 5));
    CHECK_FALSE(attempt_of(std::numeric_limits<std::int32_t>::max(), one, 5));
}

TEST_CASE("the number of an attempt beyond 32 is that of the newest one that it may mean") {
    const ports::DeploymentId id(base::Id128{5, 5});
    CHECK(attempt_of(action_id(id, 40), id, 40) == 40U);
    CHECK(attempt_of(action_id(id, 8), id, 40) == 40U);
}
