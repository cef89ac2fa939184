// SPDX-License-Identifier: Apache-2.0
#include <exchange/rate_limit.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::exchange;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("a burst goes through, then the rate counts, and waiting helps") {
    RateLimit limit({.per_second = 10, .burst = 5}, 1024, 1, 2);
    for (int i = 0; i < 5; ++i)
        CHECK_FALSE(limit.take(7, 7, seconds(100)));
    const auto wait = limit.take(7, 7, seconds(100));
    REQUIRE(wait);
    CHECK(*wait == milliseconds(100));
    CHECK_FALSE(limit.take(7, 7, seconds(100) + *wait));
    CHECK(limit.take(7, 7, seconds(100) + *wait));
}

TEST_CASE("who was refused is not counted, and a quiet time gives the whole burst back") {
    RateLimit limit({.per_second = 10, .burst = 5}, 1024, 1, 2);
    for (int i = 0; i < 1000; ++i)
        (void)limit.take(7, 7, seconds(1));
    CHECK(*limit.take(7, 7, seconds(1)) == milliseconds(100));
    for (int i = 0; i < 5; ++i)
        CHECK_FALSE(limit.take(7, 7, seconds(60)));
    CHECK(limit.take(7, 7, seconds(60)));
}

TEST_CASE("one device's rate is not another's") {
    RateLimit limit({.per_second = 1, .burst = 1}, 1 << 16, 1, 2);
    CHECK_FALSE(limit.take(1, 1, seconds(1)));
    CHECK(limit.take(1, 1, seconds(1)));
    int free = 0;
    for (std::uint64_t i = 0; i < 100; ++i)
        free += limit.take(2, i, seconds(1)) ? 0 : 1;
    CHECK(free >= 98); // two may share a cell
}
