// SPDX-License-Identifier: Apache-2.0
#include <rollout/gate.hpp>

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

using namespace oakum;
using namespace oakum::rollout;

namespace {

const base::TimePoint kOpened = base::from_unix_ms(1'000'000);

// A first wave of one model.
GateView wave_with(Counts counts, std::uint32_t members) {
    GateView view;
    view.gate = {.minimum = 10, .tolerated_failure_ppm = 50'000, .unproven = Unproven::open, .soak = {}};
    view.wave = counts;
    view.models = {{"AC-GW200", counts}};
    view.members = members;
    view.opened_at = kOpened;
    return view;
}

GateDecision decision(const GateView& view) {
    return decide(view, kOpened);
}
Verdict verdict(const GateView& view) {
    return decision(view).verdict;
}

} // namespace

TEST_CASE("a wave below its minimum of verified devices holds") {
    CHECK(verdict(wave_with({.started = 9, .verified = 9}, 50)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 10, .verified = 10}, 50)) == Verdict::proceed);
}

TEST_CASE("installed is not verified: pending devices never open the next wave") {
    CHECK(verdict(wave_with({.started = 50, .pending = 40, .verified = 10}, 50)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 500, .pending = 430, .verified = 70}, 500)) == Verdict::hold);
}

TEST_CASE("a wave smaller than the minimum needs all of its devices") {
    CHECK(verdict(wave_with({.started = 4, .pending = 1, .verified = 3}, 4)) == Verdict::hold);
    CHECK(verdict(wave_with({.started = 4, .verified = 4}, 4)) == Verdict::proceed);
}

TEST_CASE("an empty wave does not block the rollout, and one that nobody has answered yet holds") {
    CHECK(verdict(wave_with({}, 0)) == Verdict::proceed);
    CHECK(verdict(wave_with({}, 20)) == Verdict::hold);
}

TEST_CASE("a wave goes on as proven at the counts of the published table, and not one device before") {
    const GateDecision proven = decision(wave_with({.started = 70, .verified = 70}, 400));
    CHECK(proven.verdict == Verdict::proceed);
    CHECK(proven.proven);
    CHECK(proven.sentence ==
          "70 of 70 devices run the new version and are healthy, 0 did not make it: in all, fewer than 5 % "
          "fail.");
    const GateDecision before = decision(wave_with({.started = 69, .verified = 69}, 400));
    CHECK(before.verdict == Verdict::hold);
    CHECK(before.sentence == "0 of 69 devices failed; 1 more good one needed to know that at most 5 % fail.");
    CHECK(decision(wave_with({.started = 124, .verified = 123, .failed = 1}, 400)).proven);
    CHECK(verdict(wave_with({.started = 123, .verified = 122, .failed = 1}, 400)) == Verdict::hold);
}

TEST_CASE("a wave too small to prove anything asks a person, or opens and says that nothing is proven") {
    GateView view = wave_with({.started = 25, .verified = 25}, 25);
    GateDecision small = decision(view);
    CHECK(small.verdict == Verdict::proceed);
    CHECK_FALSE(small.proven);
    CHECK_FALSE(small.asks);
    CHECK(small.sentence ==
          "25 of 25 devices run the new version and are healthy, 0 did not make it. Not proven: it takes 70 "
          "devices to know that at most 5 % fail.");
    view.gate.unproven = Unproven::ask;
    small = decision(view);
    CHECK(small.verdict == Verdict::hold);
    CHECK(small.asks);
    CHECK(small.sentence.ends_with("; a person opens the next wave."));
    // Of 25, two are more than 5 %: then a person decides in any case.
    view = wave_with({.started = 25, .verified = 23, .failed = 2}, 25);
    CHECK(verdict(view) == Verdict::hold);
    CHECK(decision(view).sentence.find("a person decides") != std::string::npos);
    CHECK(decision(view).asks);
    // Somebody is still under way: nobody has to come yet.
    view = wave_with({.started = 25, .pending = 1, .verified = 22, .failed = 2}, 25);
    CHECK_FALSE(decision(view).asks);
    // One that is under way may still fail.
    CHECK(verdict(wave_with({.started = 25, .pending = 2, .verified = 23}, 25)) == Verdict::hold);
}

TEST_CASE("a wave whose query nobody answers is not skipped without a word") {
    GateView view = wave_with({}, 0);
    CHECK(decision(view).verdict == Verdict::proceed);
    view.chosen = true;
    view.gate.unproven = Unproven::ask;
    CHECK(decision(view).verdict == Verdict::hold);
    CHECK(decision(view).asks);
    CHECK(decision(view).sentence ==
          "No device of its query is left to bring it to; a person opens the next wave.");
    view.gate.unproven = Unproven::open;
    CHECK(decision(view).verdict == Verdict::proceed);
}

TEST_CASE("the waves before count: a small wave is proven by what came before it") {
    GateView view = wave_with({.started = 25, .verified = 25}, 25);
    view.models = {{"AC-GW200", {.started = 70, .verified = 70}}};
    CHECK(decision(view).proven);
    // ... and a failure there is one here.
    view.gate.hard_stop = 2;
    view.models = {{"AC-GW200", {.started = 70, .verified = 68, .failed = 2}}};
    CHECK(verdict(view) == Verdict::halt);
}

TEST_CASE("a good past does not hide a bad wave") {
    GateView view = wave_with({.started = 25, .verified = 15, .failed = 10}, 25);
    view.wave_index = 1;
    view.models = {{"AC-GW200", {.started = 1025, .verified = 1015, .failed = 10}}};
    const GateDecision halt = decision(view);
    CHECK(halt.verdict == Verdict::halt);
    CHECK(halt.sentence.starts_with("10 of 25 devices of this wave failed"));
    // What chance explains in a wave does not stop a release that is proven.
    view.wave = {.started = 25, .verified = 23, .failed = 2};
    view.models = {{"AC-GW200", {.started = 1025, .verified = 1023, .failed = 2}}};
    CHECK(decision(view).proven);
}

TEST_CASE("failures halt once they are more than the tolerated rate explains") {
    // 5 % tolerated: of ten, four failures do, three do not.
    CHECK(verdict(wave_with({.started = 10, .pending = 7, .failed = 3}, 50)) == Verdict::hold);
    const GateDecision halt = decision(wave_with({.started = 10, .pending = 5, .failed = 5}, 50));
    CHECK(halt.verdict == Verdict::halt);
    CHECK(halt.sentence ==
          "5 of 10 devices failed, fell back or went silent; more than a release shows of which at most 5 % "
          "fail.");
    CHECK(verdict(wave_with({.started = 2, .failed = 2}, 50)) == Verdict::hold);
    GateView view = wave_with({.started = 2, .pending = 1, .failed = 1}, 50);
    view.gate.hard_stop = 1;
    CHECK(decision(view).sentence == "1 of 2 devices failed, fell back or went silent; the plan stops at 1.");
}

TEST_CASE("silence and falling back count against the release") {
    CHECK(verdict(wave_with({.started = 10, .pending = 5, .failed = 2, .rolled_back = 2, .silent = 1}, 50)) ==
          Verdict::halt);
}

TEST_CASE("early failures among many started devices do not halt a good release") {
    // Reports of failure come first, successes only after the health window: pending counts as good for the
    // halt.
    CHECK(verdict(wave_with({.started = 200, .pending = 196, .failed = 4}, 200)) == Verdict::hold);
}

TEST_CASE("one bad model halts although the whole is within its rate") {
    GateView view = wave_with({.started = 300, .pending = 4, .verified = 290, .failed = 6}, 310);
    view.models = {{"AC-GW200", {.started = 290, .verified = 290}},
                   {"AC-CAM40", {.started = 10, .pending = 4, .failed = 6}}};
    const GateDecision halt = decision(view);
    CHECK(halt.verdict == Verdict::halt);
    CHECK(halt.sentence.find("6 of 10 devices of model AC-CAM40 failed") == 0);
    view.models = {{"AC-GW200", {.started = 300, .pending = 4, .verified = 290, .failed = 6}}};
    CHECK(verdict(view) != Verdict::halt);
}

TEST_CASE("a wave waits out its soak after the last verification") {
    GateView view = wave_with({.started = 10, .verified = 10}, 10);
    view.gate.soak = std::chrono::seconds(60);
    view.wave.last_verified = kOpened + std::chrono::seconds(5);
    CHECK(decide(view, kOpened + std::chrono::seconds(64)).verdict == Verdict::hold);
    CHECK(decide(view, kOpened + std::chrono::seconds(64)).sentence ==
          "All is well so far; watching for 1 s more.");
    view.gate.soak = std::chrono::hours(24);
    CHECK(decide(view, kOpened).sentence == "All is well so far; watching for 24 h more.");
    view.gate.soak = std::chrono::seconds(60);
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

TEST_CASE("the lines of a gate's picture are those that it decides by") {
    Gate gate{.tolerated_failure_ppm = 50'000, .soak = {}};
    const std::vector<GateLine> lines = gate_lines(gate, 400);
    REQUIRE(lines.size() == 41);
    CHECK(lines.front().devices == 0);
    CHECK(lines.back().devices == 400);
    for (const GateLine& line : lines) {
        GateView view = wave_with({.started = static_cast<std::uint32_t>(line.devices)}, 1000);
        view.gate.minimum = 0;
        CAPTURE(line.devices);
        const auto at = [&](std::uint64_t failures) {
            view.wave.failed = static_cast<std::uint32_t>(failures);
            view.wave.verified = view.wave.started - view.wave.failed;
            // With the smaller share no part can halt before the whole does, so that the whole alone is
            // looked at.
            view.models = {{"A", view.wave}, {"B", {}}};
            return decision(view);
        };
        if (line.halts_at <= line.devices) CHECK(at(line.halts_at).verdict == Verdict::halt);
        if (line.halts_at > 0 && line.halts_at <= line.devices)
            CHECK(at(line.halts_at - 1).verdict != Verdict::halt);
        if (line.proves_up_to) {
            CHECK(at(*line.proves_up_to).proven);
            CHECK_FALSE(at(*line.proves_up_to + 1).proven);
        } else if (line.devices > 0) {
            CHECK_FALSE(at(0).proven);
        }
    }
    gate.hard_stop = 2;
    CHECK(gate_lines(gate, 400).back().halts_at == 2);
    CHECK(gate_lines(gate, 3).size() == 4);
    CHECK(gate_lines(gate, 0).size() == 1);
    // Ten million devices are as quick as ten.
    gate.tolerated_failure_ppm = 990'000;
    CHECK(gate_lines(gate, 10'000'000).back().proves_up_to.value() > 8'000'000);
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

TEST_CASE("a gate that is looked at with what earlier looks showed says what it says without") {
    std::minstd_rand dice_of_all(11);
    const auto random = [&] { return static_cast<std::uint32_t>(dice_of_all()); };
    for (int round = 0; round < 40; ++round) {
        GateView view = wave_with({}, 400 + random() % 2'000);
        view.gate.tolerated_failure_ppm = round % 2 == 0 ? 50'000 : 20'000;
        view.gate.unproven = round % 3 == 0 ? Unproven::ask : Unproven::open;
        view.models = {{"AC-GW200", {}}, {"AC-CAM40", {}}};
        const std::uint32_t bad_per_mille = random() % 120;
        Proofs proofs;
        base::TimePoint now = kOpened;
        for (int step = 0; step < 3'000; ++step) {
            Counts& model = view.models[random() % 2].second;
            const std::uint32_t dice = random() % 1'000;
            if (dice < 400 && view.wave.started < view.members) {
                for (Counts* counts : {&model, &view.wave})
                    ++counts->started, ++counts->pending;
            } else if (dice < 950 && model.pending > 0) {
                const bool fails = random() % 1'000 < bad_per_mille;
                for (Counts* counts : {&model, &view.wave}) {
                    --counts->pending;
                    ++(fails ? counts->silent : counts->verified);
                    if (!fails) counts->last_verified = now;
                }
            } else if (model.silent > 0) { // it is heard again
                for (Counts* counts : {&model, &view.wave})
                    --counts->silent, ++counts->pending;
            }
            now += std::chrono::seconds(20);
            const Judgement judged = judge(view, proofs, now);
            const GateDecision said = decide(view, now);
            REQUIRE(judged.verdict == said.verdict);
            REQUIRE(judged.proven == said.proven);
            REQUIRE(judged.asks == said.asks);
            if (judged.verdict == Verdict::halt) break;
        }
    }
}
