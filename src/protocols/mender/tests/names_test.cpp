// SPDX-License-Identifier: Apache-2.0
#include "names.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::mender;

namespace {

using Facts = std::map<std::string, std::string>;
constexpr Names::Bringer kOne{1, 1}, kOther{2, 2};

Facts facts(const std::string& prefix, int count) {
    Facts made;
    for (int i = 0; i < count; ++i)
        made.emplace("x." + prefix + std::to_string(i), "v");
    return made;
}

} // namespace

TEST_CASE("a device brings so many new names at once and a day, and those that are known as it likes") {
    Names names(3, 4);
    base::Duration now = std::chrono::hours(1000);
    Facts usual = facts("usual", 100);
    CHECK(names.bound(usual, {}, kOne, now) == 0);
    Facts many = facts("odd", 300);
    many.emplace("model", "gw");
    CHECK(names.bound(many, {}, kOne, now) == 100 + 300 - Names::kAtOnce);
    CHECK(many.contains("model"));
    // What is known costs nobody anything.
    Facts again = facts("usual", 100);
    CHECK(names.bound(again, {}, kOne, now) == 0);
    CHECK(names.bound(again, {}, kOther, now) == 0);
    Facts more = facts("more", 300);
    CHECK(names.bound(more, {}, kOther, now) == 300 - Names::kAtOnce);
    now += std::chrono::hours(24);
    Facts next_day = facts("next", 300);
    CHECK(names.bound(next_day, {}, kOne, now) == 300 - Names::kADay);
}

TEST_CASE("what a device has it may say again, whatever it brought since") {
    Names names(3, 4);
    const base::Duration now = std::chrono::hours(1000);
    Facts odd = facts("odd", 500);
    REQUIRE(names.bound(odd, {}, kOne, now) > 0);
    const std::vector<device::Fact> held{{"x.held", "1", device::FactSource::reported, "", {}}};
    Facts said{{"x.held", "2"}, {"x.other", "1"}};
    CHECK(names.bound(said, held, kOne, now) == 1);
    CHECK(said == Facts{{"x.held", "2"}});
}
