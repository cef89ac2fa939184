// SPDX-License-Identifier: Apache-2.0
#include <rollout/recount.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rollout;

TEST_CASE("a device under way is pending in whatever state it is, and each end has its count") {
    for (const install::State state :
         {install::State::offered, install::State::downloading, install::State::awaiting_window,
          install::State::installing, install::State::rebooting, install::State::soaking,
          install::State::cancelling})
        CHECK(outcome_of(state) == Outcome::pending);
    CHECK(outcome_of(install::State::verified) == Outcome::verified);
    CHECK(outcome_of(install::State::expired) == Outcome::failed);
    CHECK(outcome_of(install::State::silent) == Outcome::silent);
}

TEST_CASE("a device that was taken back leaves its wave, and one that did it all the same joins it again") {
    Counts counts{.started = 3, .pending = 1, .verified = 2};
    recount(counts, install::State::cancelling, install::State::withdrawn);
    CHECK(counts == Counts{.started = 2, .verified = 2});
    recount(counts, install::State::withdrawn, install::State::verified);
    CHECK(counts == Counts{.started = 3, .verified = 3});
}

TEST_CASE("the way back of a device counts where its way there did") {
    Counts counts{.started = 2, .verified = 2};
    recount_ordered_back(counts, install::State::verified, install::State::offered);
    CHECK(counts == Counts{.started = 2, .pending = 1, .verified = 1});
    recount_rollback(counts, install::State::offered, install::State::verified);
    CHECK(counts == Counts{.started = 2, .verified = 1, .rolled_back = 1});
}

TEST_CASE("a count that is none does not go below it") {
    Counts counts;
    recount(counts, install::State::installing, install::State::verified);
    CHECK(counts == Counts{.verified = 1});
}
