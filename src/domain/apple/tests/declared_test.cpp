// SPDX-License-Identifier: Apache-2.0
#include <apple/declared.hpp>

#include <doctest/doctest.h>

using namespace oakum::apple;

TEST_CASE("what a phone takes hangs on the version that it runs") {
    CHECK(takes_declarations("15.0"));
    CHECK(takes_declarations("26.3.1 (a)"));
    CHECK_FALSE(takes_declarations("14.8"));
    CHECK(takes_enforcement("17.0"));
    CHECK_FALSE(takes_enforcement("16.7.12"));
    CHECK_FALSE(takes_enforcement("9.3"));
    CHECK_FALSE(takes_declarations(""));
    CHECK_FALSE(takes_declarations("x26"));
    CHECK_FALSE(takes_declarations("99999999999999.1"));
    CHECK(words(Enforced{"26.6.1", "2026-12-01T19:00:00"}) == "iOS 26.6.1 by 2026-12-01T19:00:00");
}
