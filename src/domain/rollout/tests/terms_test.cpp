// SPDX-License-Identifier: Apache-2.0
#include <rollout/preset.hpp>
#include <rollout/terms.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rollout;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("a device is not silent before it had three turns to speak") {
    Plan plan = preset(Care::urgent); // six hours
    CHECK(terms_of(plan, "2", minutes(5), {}).step_timeout == hours(6));
    CHECK(terms_of(plan, "2", hours(4), {}).step_timeout == hours(12));
}

TEST_CASE("who waits for a window may do so for two weeks from when it opens") {
    const Plan plan = preset(Care::normal);
    CHECK(terms_of(plan, "2", {}, {}).wait_timeout == hours(14 * 24));
    CHECK(terms_of(plan, "2", {}, hours(48)).wait_timeout == hours(16 * 24));
    CHECK(terms_of(plan, "2", {}, hours(-48)).wait_timeout == hours(14 * 24));
}

TEST_CASE("soak, attempts and version are the plan's and the release's") {
    Plan plan = preset(Care::careful);
    plan.max_attempts = 5;
    const install::Terms terms = terms_of(plan, "1.5.0", {}, {});
    CHECK(terms.version == "1.5.0");
    CHECK(terms.soak == hours(4));
    CHECK(terms.budget.install == 5);
}
