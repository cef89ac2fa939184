// SPDX-License-Identifier: Apache-2.0
#include <governance/throttle.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::governance;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

Throttle::Limits limits(std::uint32_t free, std::size_t capacity = 100) {
    return {.free = free, .longest = minutes(15), .capacity = capacity};
}

} // namespace

TEST_CASE("the first failures are free and each later one doubles the wait") {
    Throttle throttle(limits(3));
    base::Duration now = hours(5);
    CHECK_FALSE(throttle.attempt("anna", now));
    CHECK_FALSE(throttle.attempt("anna", now));
    CHECK_FALSE(throttle.attempt("anna", now));
    for (const int wait : {1, 2, 4, 8, 16}) {
        CHECK(throttle.attempt("anna", now) == seconds(wait));
        now += seconds(wait);
        CHECK_FALSE(throttle.attempt("anna", now));
    }
}

TEST_CASE("the wait never grows beyond its limit") {
    Throttle throttle(limits(1));
    base::Duration now{};
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(throttle.attempt("anna", now));
        const auto wait = throttle.attempt("anna", now);
        REQUIRE(wait);
        CHECK(*wait <= minutes(15));
        now += *wait;
    }
}

TEST_CASE("an attempt that has to wait is not counted") {
    Throttle throttle(limits(1));
    CHECK_FALSE(throttle.attempt("anna", seconds(0)));
    for (int i = 0; i < 50; ++i)
        CHECK(throttle.attempt("anna", seconds(0)) == seconds(1));
}

TEST_CASE("success and a quiet hour forget the failures") {
    Throttle throttle(limits(2));
    CHECK_FALSE(throttle.attempt("anna", seconds(0)));
    throttle.succeeded("anna");
    CHECK_FALSE(throttle.attempt("anna", seconds(0)));
    CHECK_FALSE(throttle.attempt("anna", seconds(0)));
    CHECK(throttle.attempt("anna", seconds(0)));
    CHECK_FALSE(throttle.attempt("anna", hours(2)));
    CHECK_FALSE(throttle.attempt("anna", hours(2)));
    CHECK(throttle.attempt("anna", hours(2)));
}

TEST_CASE("a flood of keys holds no more than the table's capacity") {
    Throttle throttle(limits(1, 10));
    for (int i = 0; i < 1000; ++i)
        CHECK_FALSE(throttle.attempt("key " + std::to_string(i), seconds(0)));
    CHECK(throttle.size() == 10);
    CHECK(throttle.attempt("key 999", seconds(0)));
}
