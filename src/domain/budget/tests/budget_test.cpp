// SPDX-License-Identifier: Apache-2.0
#include <budget/budget.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::budget;

TEST_CASE("a share rounds down, and lets one out of service unless it is 0 %") {
    const struct {
        std::uint32_t percent;
        std::uint64_t size;
        std::uint32_t allowed;
    } rows[] = {{10, 0, 1},    {10, 1, 1},        {10, 9, 1},
                {10, 10, 1},   {10, 19, 1},       {10, 20, 2},
                {33, 3, 1},    {34, 3, 1},        {50, 3, 1},
                {50, 4, 2},    {100, 1, 1},       {100, 7, 7},
                {99, 100, 99}, {1, 199, 1},       {1, 10'000'000, 100'000},
                {0, 0, 0},     {0, 1'000'000, 0}, {100, ~std::uint64_t{0}, 0xFFFFFFFFU}};
    for (const auto& row : rows) {
        CAPTURE(row.percent);
        CAPTURE(row.size);
        CHECK(allowed(Percent{row.percent}, row.size) == row.allowed);
    }
    CHECK(allowed(Devices{3}, 1) == 3);
    CHECK(allowed(Devices{0}, 100) == 0);
    CHECK(rests_on_size(Percent{5}));
    CHECK_FALSE(rests_on_size(Percent{0}));
    CHECK_FALSE(rests_on_size(Devices{5}));
}

TEST_CASE("a device is out of service from its offer until its deployment ended, silence included") {
    using install::State;
    for (const State state : {State::offered, State::downloading, State::downloaded, State::awaiting_window,
                              State::awaiting_user, State::installing, State::rebooting, State::installed,
                              State::soaking, State::cancelling, State::silent}) {
        CAPTURE(to_string(state));
        CHECK(out_of_service(state));
    }
    for (const State state : {State::verified, State::failed, State::rolled_back, State::withdrawn,
                              State::superseded, State::expired}) {
        CAPTURE(to_string(state));
        CHECK_FALSE(out_of_service(state));
    }
}

TEST_CASE("a budget yields to rollouts that cannot wait, when it says so") {
    using schedule::Priority;
    Budget one;
    CHECK(binds(one, Priority::emergency));
    one.yields_to = Priority::urgent;
    CHECK(binds(one, Priority::normal));
    CHECK_FALSE(binds(one, Priority::urgent));
    CHECK_FALSE(binds(one, Priority::emergency));
}

TEST_CASE("a budget that cannot be meant is refused with its place") {
    Budget good{"pairs", "", {"site", "tag.role"}, Devices{1}, {}, ""};
    CHECK(check(good).ok());
    const auto where = [&](auto change) {
        Budget bad = good;
        change(bad);
        return check(bad).error().where;
    };
    CHECK(where([](Budget& b) { b.name = "Two Words"; }) == "/name");
    CHECK(where([](Budget& b) { b.name = ""; }) == "/name");
    CHECK(where([](Budget& b) { b.query = std::string(5000, 'a'); }) == "/query");
    CHECK(where([](Budget& b) { b.by = {"site", "site"}; }) == "/by/0");
    CHECK(where([](Budget& b) { b.by = {"site", "a b"}; }) == "/by/1");
    CHECK(where([](Budget& b) { b.by = {"a", "b", "c", "d", "e"}; }) == "/by");
    CHECK(where([](Budget& b) { b.limit = Percent{101}; }) == "/percent");
    CHECK(where([](Budget& b) { b.why = std::string(2000, 'a'); }) == "/why");
}

TEST_CASE("a budget says itself in words") {
    CHECK(in_words(Budget{"a", "", {"site"}, Devices{1}, {}, ""}) ==
          "at most 1 device with the same site is out of service at once");
    CHECK(
        in_words(Budget{"a", "", {"site", "model", "tag.role"}, Percent{10}, {}, ""}) ==
        "at most 10 % of the devices (1 at least) with the same site, model and tag.role are out of service "
        "at once");
    CHECK(in_words(Budget{"a", "", {}, Devices{2}, {}, ""}) ==
          "at most 2 devices are out of service at once");
    CHECK(in_words(Budget{"a", "", {}, Devices{0}, {}, ""}) == "no device is out of service at once");
}
