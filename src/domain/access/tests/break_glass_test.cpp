// SPDX-License-Identifier: Apache-2.0
#include <access/break_glass.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::access;

TEST_CASE("each use of the break-glass account is counted, and what cannot be read is a use") {
    CHECK_FALSE(break_glass_use(""));
    const auto at = base::from_unix_ms(1'700'000'000'123), later = at + std::chrono::hours(1);
    const std::string once = used_again("", at), twice = used_again(once, later);
    CHECK(break_glass_use(once)->times == 1);
    CHECK(break_glass_use(once)->last == at);
    CHECK(break_glass_use(twice)->times == 2);
    CHECK(break_glass_use(twice)->last == later);
    for (const char* damaged : {" ", "x", "7", "x y", "-9 -9", "99999999999999999999 99999999999999999999"}) {
        REQUIRE(break_glass_use(damaged));
        CHECK(break_glass_use(damaged)->times >= 1);
        CHECK(break_glass_use(used_again(damaged, at))->last == at);
    }
}
