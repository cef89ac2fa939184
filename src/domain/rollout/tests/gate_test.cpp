// SPDX-License-Identifier: Apache-2.0
#include <rollout/gate.hpp>

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

using namespace oakum;
using namespace oakum::rollout;

namespace {

const base::TimePoint kOpened = base::from_unix_ms(1'000'000);

GateView wave_with(Counts counts, std::uint32_t members) {
    GateView view;
    view.gate = {.minimum = 10,
                 .proceed_failure_ppm = 50'000,
                 .halt_failure_ppm = 100'000,
                 .halt_minimum = 3,
                 .soak = {}};
    view.strata = {{"lab/AC-GW200", counts}};
    view.members = members;
    view.opened_at = kOpened;
    return view;
}

Verdict verdict(const GateView& view) {
    return decide(view, kOpened).verdict;
}

} // namespace

TEST_CASE("a wave below its minimum of verified devices holds") {
    CHECK(verdict(wave_with({.started = 9, .verified = 9}, 50)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 10, .verified = 10}, 50)) == Verdict::proceed);
}

TEST_CASE("installed is not verified: pending devices never open the next wave") {
    CHECK(verdict(wave_with({.started = 50, .pending = 40, .verified = 10}, 50)) == Verdict::hold);
}

TEST_CASE("a wave smaller than the minimum needs all of its devices") {
    CHECK(verdict(wave_with({.started = 4, .pending = 1, .verified = 3}, 4)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 4, .verified = 4}, 4)) == Verdict::proceed);
}

TEST_CASE("an empty wave does not block the rollout") {
    CHECK(verdict(wave_with({}, 0)) == Verdict::proceed);
}

TEST_CASE("a wave that nobody has answered yet holds") {
    CHECK(verdict(wave_with({}, 20)) == Verdict::hold);
}

TEST_CASE("failures halt only above their rate and their minimum") {
    CHECK(verdict(wave_with({.started = 10, .pending = 8, .failed = 2}, 50)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 10, .pending = 7, .failed = 3}, 50)) == Verdict::halt);
    CHECK(verdict(wave_with({.started = 100, .pending = 90, .failed = 10}, 100)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 100, .pending = 89, .failed = 11}, 100)) == Verdict::halt);
}

TEST_CASE("silence and falling back count against the release") {
    CHECK(verdict(wave_with({.started = 10, .pending = 7, .failed = 1, .rolled_back = 1, .silent = 1}, 50)) ==
          Verdict::halt);
}

TEST_CASE("early failures among many started devices do not halt a good release") {
    // Reports of failure come first, successes only after the health window: pending counts as good for the
    // halt.
    CHECK(verdict(wave_with({.started = 200, .pending = 196, .failed = 4}, 200)) == Verdict::hold);
}

TEST_CASE("one bad model halts although the whole is within its rate") {
    GateView view = wave_with({.started = 200, .verified = 200}, 210);
    view.strata.push_back({"lab/AC-CAM40", {.started = 10, .pending = 6, .failed = 4}});
    const GateDecision decision = decide(view, kOpened);
    CHECK(decision.verdict == Verdict::halt);
    CHECK(decision.sentence.find("AC-CAM40") != std::string::npos);
}

TEST_CASE("a wave waits out its soak after the last verification") {
    GateView view = wave_with({.started = 10, .verified = 10}, 10);
    view.gate.soak = std::chrono::seconds(60);
    view.strata.front().second.last_verified = kOpened + std::chrono::seconds(5);
    CHECK(decide(view, kOpened + std::chrono::seconds(64)).verdict == Verdict::hold);
    CHECK(decide(view, kOpened + std::chrono::seconds(65)).verdict == Verdict::proceed);
}

TEST_CASE("the newest verification of all strata counts, and none before the wave was opened") {
    Counts a{.started = 1, .verified = 1}, b = a;
    a.last_verified = kOpened + std::chrono::seconds(5);
    b.last_verified = kOpened - std::chrono::hours(1);
    CHECK((a + b).last_verified == a.last_verified);
    CHECK((b + a).last_verified == a.last_verified);
    GateView view = wave_with(b, 1);
    view.gate.soak = std::chrono::seconds(60);
    CHECK(decide(view, kOpened + std::chrono::seconds(59)).verdict == Verdict::hold);
    CHECK(decide(view, kOpened + std::chrono::seconds(60)).verdict == Verdict::proceed);
}

TEST_CASE("a rollout settles when nobody waits or is under way, whatever the outcomes") {
    EndView end;
    end.whole = {.started = 5, .verified = 2, .failed = 1, .rolled_back = 1, .silent = 1};
    CHECK(may_settle(end));
    end.waiting = 1;
    CHECK_FALSE(may_settle(end));
    end.waiting = 0;
    ++end.whole.pending;
    CHECK_FALSE(may_settle(end));
    CHECK(may_settle({})); // nobody needs it: those that appear later are served all the same
}

TEST_CASE("it finishes a week after it settled or the last late joiner was verified, not before") {
    EndView end;
    end.whole = {.started = 2, .verified = 2};
    end.whole.last_verified = kOpened;
    CHECK_FALSE(may_finish(end, kOpened + 3 * kLateJoiners)); // it has not settled
    end.settled_at = kOpened + std::chrono::hours(1);
    CHECK_FALSE(may_finish(end, *end.settled_at + kLateJoiners - std::chrono::seconds(1)));
    CHECK(may_finish(end, *end.settled_at + kLateJoiners));
    end.whole.last_verified = *end.settled_at + std::chrono::hours(24 * 6);
    CHECK_FALSE(may_finish(end, *end.settled_at + kLateJoiners));
    CHECK(may_finish(end, end.whole.last_verified + kLateJoiners));
    end.whole.pending = 1; // somebody is under way
    CHECK_FALSE(may_finish(end, end.whole.last_verified + 2 * kLateJoiners));
    end.whole.pending = 0;
    end.waiting = 1; // somebody is about to be served
    CHECK_FALSE(may_finish(end, end.whole.last_verified + 2 * kLateJoiners));
}

TEST_CASE("more failures never turn a halt into anything better") {
    std::minstd_rand random(7);
    for (int round = 0; round < 2000; ++round) {
        const std::uint32_t started = static_cast<std::uint32_t>(1 + random() % 300);
        const std::uint32_t failed = static_cast<std::uint32_t>(random() % (started + 1));
        Counts counts{.started = started, .pending = started - failed, .failed = failed};
        if (verdict(wave_with(counts, started)) != Verdict::halt || counts.pending == 0) continue;
        --counts.pending, ++counts.silent;
        CHECK(verdict(wave_with(counts, started)) == Verdict::halt);
    }
}
