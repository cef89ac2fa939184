// SPDX-License-Identifier: Apache-2.0
#include <floor/steering.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::floor;
using install::State;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-26T12:00:00Z").value();
using std::chrono::hours;

Phone phone(State state) {
    Phone phone;
    phone.deployment.emplace();
    phone.deployment->state = state;
    phone.deployment->state_at = kNow - hours(2);
    phone.standing = Standing::short_of_it;
    phone.heard = kNow - hours(1);
    phone.may_be_told = true;
    return phone;
}
Phone told(State state) {
    Phone one = phone(state);
    one.told = true;
    return one;
}
Deed decided(const Phone& phone) {
    return decide(phone, kNow);
}

} // namespace

TEST_CASE("a phone that nothing is asked of is left alone") {
    CHECK(decided(Phone{}) == Deed::nothing);
    for (const State state : {State::verified, State::failed, State::withdrawn, State::expired})
        CHECK(decided(phone(state)) == Deed::nothing);
}

TEST_CASE("a phone is told while its rollout, its window and nobody's hold let it") {
    Phone one = phone(State::offered);
    CHECK(decided(one) == Deed::tell);
    one.may_be_told = false;
    CHECK(decided(one) == Deed::nothing);
}

TEST_CASE("a phone that cannot comply any more, or does not have to, is not told") {
    Phone one = phone(State::offered);
    for (const Standing standing : {Standing::cannot, Standing::unknown, Standing::excepted}) {
        one.standing = standing;
        CHECK(decided(one) == Deed::nothing);
    }
    one.standing = Standing::overdue;
    CHECK(decided(one) == Deed::tell);
}

TEST_CASE("a phone that is retired here gets back what it had, and is asked nothing") {
    for (const State state : {State::offered, State::downloading, State::soaking}) {
        Phone one = phone(state);
        one.retired = true;
        CHECK(decided(one) == Deed::nothing);
        one.told = true;
        CHECK(decided(one) == Deed::put_back);
    }
}

TEST_CASE("a phone whose telling was cut off is told again, and one that was refused after a while") {
    CHECK(decided(told(State::offered)) == Deed::tell);
    Phone refused = told(State::offered);
    refused.deployment->attempt = 2;
    refused.deployment->reason = install::Reason::agent_error;
    refused.deployment->state_at = kNow - std::chrono::seconds(5);
    CHECK(decided(refused) == Deed::nothing);
    refused.deployment->state_at = kNow - hours(1);
    CHECK(decided(refused) == Deed::tell);
}

TEST_CASE("a phone whose rollout rested until its time was over is told when it goes on") {
    CHECK(decided(phone(State::silent)) == Deed::tell);
    CHECK(decided(told(State::silent)) == Deed::nothing);
}

TEST_CASE("a phone is quiet when it did not speak to its system for two weeks") {
    CHECK_FALSE(is_quiet(kNow - hours(14 * 24), kNow));
    CHECK(is_quiet(kNow - hours(14 * 24 + 1), kNow));
    CHECK_FALSE(is_quiet({}, kNow)); // it is not known when
}

TEST_CASE("what its system answered proves nothing: its inventory does") {
    CHECK(decided(told(State::downloading)) == Deed::nothing);
    Phone one = told(State::downloading);
    one.arrived = true;
    CHECK(decided(one) == Deed::note_arrived);
    one.deployment->state = State::installing;
    CHECK(decided(one) == Deed::nothing);
    one.standing = Standing::keeps;
    for (const State state :
         {State::offered, State::downloading, State::installing, State::silent, State::cancelling}) {
        one.deployment->state = state;
        CHECK(decided(one) == Deed::note_runs);
    }
}

TEST_CASE("a phone that was not heard since it was told says nothing about what reached it") {
    Phone one = told(State::downloading);
    one.arrived = true;
    one.replaced = true;
    one.heard = one.deployment->state_at;
    CHECK(decided(one) == Deed::nothing);
}

TEST_CASE("a phone has soaked when it was heard of after its soak time") {
    Phone one = told(State::soaking);
    one.standing = Standing::keeps;
    one.deployment->soak_until = kNow - hours(1) + std::chrono::minutes(1);
    CHECK(decided(one) == Deed::nothing); // it was heard of before
    one.heard = *one.deployment->soak_until;
    CHECK(decided(one) == Deed::note_runs);
    one.deployment->soak_until = kNow + hours(1);
    CHECK(decided(one) == Deed::nothing);
}

TEST_CASE("a phone that runs less than before its soak was over fell back") {
    Phone one = told(State::soaking);
    one.deployment->soak_until = kNow + hours(1);
    CHECK(decided(one) == Deed::note_fell_back);
    one.standing = Standing::unknown;
    CHECK(decided(one) == Deed::nothing);
    // A newer update that came meanwhile is no fall from the newest.
    one.standing = Standing::short_of_it;
    one.latest = true;
    CHECK(decided(one) == Deed::nothing);
}

TEST_CASE("what was set is put back when the phone's rollout is done with it") {
    for (const State state : {State::verified, State::failed, State::rolled_back, State::withdrawn,
                              State::superseded, State::expired, State::cancelling})
        CHECK(decided(told(state)) == Deed::put_back);
    CHECK(decided(phone(State::cancelling)) == Deed::note_withdrawn);
    Phone gone;
    gone.told = true;
    CHECK(decided(gone) == Deed::put_back);
}

TEST_CASE("what somebody set there since is left as it is") {
    Phone one = told(State::downloading);
    one.replaced = true;
    CHECK(decided(one) == Deed::note_replaced);
}

TEST_CASE("a level has the name and version of a release") {
    Policy policy;
    policy.platform = "android";
    policy.version = "16";
    policy.patch_level = "2026-08-05";
    CHECK(level_name(policy) + " " + level_version(policy) == "Android 16, 2026-08-05");
    policy.version.clear();
    CHECK(level_version(policy) == "2026-08-05");
    policy.latest = true;
    CHECK(level_version(policy) == "newest");
    CHECK(level_running("16", "2026-06-05") == "16, 2026-06-05");
    CHECK(level_running("", "").empty());
}

TEST_CASE("a phone installs by the first such hour on its own clock that leaves its owner a day") {
    schedule::ZoneRules berlin{"Europe/Berlin", 3600, {}}, far{"Pacific/Kiritimati", 14 * 3600, {}};
    // 13:00 in Berlin: tomorrow's 19:00 is a day away, and tomorrow's 13:00 exactly.
    CHECK(install_by(kNow, 19, berlin) == "2026-11-27T19:00:00");
    CHECK(install_by(kNow, 13, berlin) == "2026-11-27T13:00:00");
    CHECK(install_by(kNow, 12, berlin) == "2026-11-28T12:00:00");
    CHECK(install_by(kNow, 0, schedule::utc()) == "2026-11-28T00:00:00");
    // Where it is the next day already.
    CHECK(install_by(kNow, 2, far) == "2026-11-28T02:00:00");
    CHECK(install_by(base::parse_time("2026-12-30T12:00:00Z").value(), 3, schedule::utc()) ==
          "2027-01-01T03:00:00");
    // The clocks went back meanwhile: its wall's hour counts.
    schedule::ZoneRules autumn{"Europe/Berlin", 7200, {{base::unix_seconds(kNow + hours(12)), 3600}}};
    CHECK(install_by(kNow, 19, autumn) == "2026-11-27T19:00:00");
}
