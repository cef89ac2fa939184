// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include <doctest/doctest.h>
#include <install/deployment.hpp>

using namespace oakum;
using namespace oakum::hawkbit;
using install::State;

namespace {

const base::TimePoint kNow = base::from_unix_ms(1'800'000'000'000);

ports::DeploymentRow row(State state) {
    ports::DeploymentRow row;
    row.state = state;
    row.state_at = kNow - std::chrono::minutes(1);
    return row;
}

} // namespace

TEST_CASE("what a device is shown follows from the state alone") {
    const std::pair<State, Stage> table[] = {
        {State::offered, Stage::deployment},       {State::downloading, Stage::deployment},
        {State::downloaded, Stage::deployment},    {State::awaiting_window, Stage::deployment},
        {State::awaiting_user, Stage::deployment}, {State::installing, Stage::deployment},
        {State::rebooting, Stage::nothing},        {State::installed, Stage::nothing},
        {State::soaking, Stage::nothing},          {State::verified, Stage::installed},
        {State::failed, Stage::nothing},           {State::rolled_back, Stage::nothing},
        {State::cancelling, Stage::cancel},        {State::withdrawn, Stage::nothing},
        {State::superseded, Stage::nothing},       {State::expired, Stage::nothing},
        {State::silent, Stage::deployment},
    };
    for (const auto& [state, stage] : table) {
        CAPTURE(std::string(install::to_string(state)));
        CHECK(stage_of(row(state), Asks::no, kNow) == stage);
    }
}

TEST_CASE("a next attempt is shown when its pause is over") {
    ports::DeploymentRow again = row(State::offered);
    again.attempt = 2;
    again.reason = install::Reason::agent_error;
    again.state_at = kNow;
    CHECK(stage_of(again, Asks::no, kNow) == Stage::nothing);
    CHECK(stage_of(again, Asks::no, kNow + std::chrono::hours(5)) == Stage::deployment);
}

TEST_CASE("one that was taken back before a word was heard is cancelled until it answers") {
    ports::DeploymentRow taken = row(State::withdrawn);
    taken.reason = install::Reason::cancelled;
    CHECK(stage_of(taken, Asks::no, kNow) == Stage::cancel);
    taken.sequence = 1;
    CHECK(stage_of(taken, Asks::no, kNow) == Stage::nothing);
}

TEST_CASE("a device that asks is asked until it agreed") {
    ports::DeploymentRow offered = row(State::offered);
    CHECK(stage_of(offered, Asks::yes, kNow) == Stage::confirmation);
    CHECK(stage_of(row(State::awaiting_user), Asks::yes, kNow) == Stage::confirmation);
    ports::DeploymentRow agreed = row(State::installing);
    agreed.sequence = 2;
    CHECK(stage_of(agreed, Asks::yes, kNow) == Stage::deployment);
}

TEST_CASE("silence after the device closed its action does not open it again") {
    install::Deployment installed;
    installed.state = State::installed;
    installed.deadline = kNow;
    const auto silent = install::decide_timer(installed, {}, kNow).next;
    ports::DeploymentRow held = row(silent.state);
    held.detail = silent.detail;
    CHECK(held.state == State::silent);
    CHECK(waits_for_version(held));
    CHECK(stage_of(held, Asks::no, kNow) == Stage::nothing);
    held.detail = "nothing was heard while it was installing";
    CHECK_FALSE(waits_for_version(held));
    CHECK(stage_of(held, Asks::no, kNow) == Stage::deployment);
}
