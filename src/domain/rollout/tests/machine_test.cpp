// SPDX-License-Identifier: Apache-2.0
#include <rollout/machine.hpp>
#include <rollout/place.hpp>

#include <doctest/doctest.h>
#include <set>

using namespace oakum;
using namespace oakum::rollout;

TEST_CASE("every pair of state and event is listed once or refused in words") {
    for (int s = 0; s <= static_cast<int>(State::aborted); ++s)
        for (int e = 0; e <= static_cast<int>(Event::abort); ++e) {
            int listed = 0;
            for (const Transition& t : transitions())
                listed += t.from == State(s) && t.event == Event(e);
            CHECK(listed <= 1);
            const auto step = apply(State(s), 0, 3, Event(e));
            CHECK(step.ok() == (listed == 1));
            if (!step.ok()) CHECK(step.error().kind == base::ErrorKind::conflict);
        }
}

TEST_CASE("every state reaches an end") {
    for (int s = 0; s <= static_cast<int>(State::aborted); ++s) {
        std::set<State> reached{State(s)};
        for (bool grew = true; grew;) {
            grew = false;
            for (const Transition& t : transitions())
                if (reached.contains(t.from)) grew |= reached.insert(t.to).second;
        }
        CHECK((reached.contains(State::finished) || reached.contains(State::aborted) ||
               reached.contains(State::rolled_back)));
    }
}

TEST_CASE("the last wave has no next one") {
    CHECK(apply(State::running, 1, 3, Event::proceed)->open_wave == 2);
    CHECK_FALSE(apply(State::running, 2, 3, Event::proceed).ok());
}

TEST_CASE("states and their words belong together") {
    for (int s = 0; s <= static_cast<int>(State::aborted); ++s)
        CHECK(parse_state(to_string(State(s))).value() == State(s));
    CHECK_FALSE(parse_state("runing").ok());
}

TEST_CASE("places spread evenly, keep still, and differ between rollouts") {
    int in_ten_percent = 0, same = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
        const device::DeviceId id(base::Id128{i, i * 7919});
        const auto place = place_of(1, 2, id);
        CHECK(place == place_of(1, 2, id));
        CHECK(place < kWhole);
        in_ten_percent += place < 100'000;
        same += place == place_of(3, 4, id);
    }
    CHECK(in_ten_percent > 1'850);
    CHECK(in_ten_percent < 2'150);
    CHECK(same < 5);
}

TEST_CASE("a device belongs to the first wave whose share reaches its place") {
    const std::vector<Wave> waves{{"canary", 10'000, {}}, {"early", 200'000, {}}, {"rest", 900'000, {}}};
    const auto always = [](std::uint32_t) { return true; }; // no wave has a query
    CHECK(wave_of(waves, 9'999, always) == 0U);
    CHECK(wave_of(waves, 10'000, always) == 1U);
    CHECK(wave_of(waves, 899'999, always) == 2U);
    CHECK(wave_of(waves, 900'000, always) == std::nullopt);
}

TEST_CASE("a wave with a query takes those for whom it holds, as far as its share reaches; the rest go on") {
    const std::vector<Wave> waves{{"lab", kWhole, {}, "tag.ring = lab"},
                                  {"pilot", 100'000, {}, "site = Kiel"},
                                  {"Kiel", kWhole, {}, "site = Kiel"},
                                  {"rest", kWhole, {}, {}}};
    const auto at = [&](std::uint32_t place, bool lab, bool kiel) {
        return wave_of(waves, place, [&](std::uint32_t i) { return i == 3 || (i == 0 ? lab : kiel); })
            .value();
    };
    CHECK(at(999'999, true, true) == 0);
    CHECK(at(99'999, false, true) == 1);
    CHECK(at(100'000, false, true) == 2);
    CHECK(at(0, false, false) == 3);
    CHECK(empty_waves(waves).empty());
    const std::vector<Wave> some(waves.begin(), waves.begin() + 3);
    CHECK_FALSE(wave_of(some, 0, [](std::uint32_t) { return false; }));
}

TEST_CASE("a wave that nobody is left for is a mistake") {
    const auto why = [](std::vector<Wave> waves) {
        const auto empty = empty_waves(waves);
        return empty.size() == 1 ? std::to_string(empty[0].wave) + " " + empty[0].why : "";
    };
    CHECK(why({{"a", 5, {}}, {"b", 5, {}}}) ==
          "1 shares are cumulative: this one is more than the 5 of the wave before it");
    CHECK(why({{"a", 5, {}, "kev"}, {"b", 9, {}}, {"c", 4, {}, "kev"}})
              .starts_with("2 nobody is left for it: the wave \"b\""));
    CHECK(why({{"all", kWhole, {}}, {"lab", kWhole, {}, "tag.ring = lab"}}) ==
          "1 nobody is left for it: the wave \"all\" before it takes every device that it could");
    // Who is chosen for one may not be for the other: nobody can tell.
    CHECK(why({{"a", kWhole, {}, "kev"}, {"b", kWhole, {}, "site = Kiel"}, {"rest", kWhole, {}}}).empty());
}

TEST_CASE("a plan that cannot be meant is refused with the field at fault") {
    Plan plan;
    plan.name = "gateways to 1.5.0";
    plan.release = ReleaseId(base::Id128{1, 1});
    plan.waves = {{"canary", 10'000, {}}, {"rest", kWhole, {}}};
    plan.step_timeout = std::chrono::hours(1);
    CHECK(check(plan).ok());
    Plan broken = plan;
    broken.waves[1].share_ppm = 10'000;
    CHECK(check(broken).error().where == "/waves/1/share_ppm");
    broken = plan;
    broken.waves[0].share_ppm = 0;
    CHECK(check(broken).error().where == "/waves/0/share_ppm");
    broken = plan;
    broken.waves[0].query = "site = (Kiel";
    CHECK(check(broken).error().where.starts_with("/waves/0/query"));
    broken.waves[0].query = "name = " + std::string(kMaxWaveQuery, 'a');
    CHECK(check(broken).error().where == "/waves/0/query");
    broken = plan;
    for (const std::uint32_t rate : {0U, 1'000'000U}) {
        broken.waves[0].gate.tolerated_failure_ppm = rate;
        CHECK(check(broken).error().where == "/waves/0/gate/tolerated_failure_ppm");
    }
    broken = plan;
    broken.waves[1].gate.halt_error_ppm = 0;
    CHECK(check(broken).error().where == "/waves/1/gate/halt_error_ppm");
    broken = plan;
    broken.waves[1].gate.proceed_error_ppm = 600'000;
    CHECK(check(broken).error().where == "/waves/1/gate/proceed_error_ppm");
    broken = plan;
    broken.step_timeout = {};
    CHECK_FALSE(check(broken).ok());
    broken = plan;
    broken.waves.clear();
    CHECK_FALSE(check(broken).ok());
}

TEST_CASE("a look at a gate leads on, to its halt, to its rest and to its end") {
    const base::TimePoint now = base::from_unix_ms(0) + 2 * kLateJoiners;
    EndView seen{{}, 3, {}};
    const auto end = [&]() -> std::optional<EndView> { return seen; };
    const auto not_counted = []() -> std::optional<EndView> { return std::nullopt; };
    const auto look = [&](State state, Verdict verdict, bool last) {
        return next_event(state, verdict, last, now, end);
    };
    CHECK(look(State::running, Verdict::halt, false) == Event::halt);
    CHECK(look(State::settled, Verdict::halt, true) == Event::halt);
    CHECK(look(State::running, Verdict::proceed, false) == Event::proceed);
    CHECK_FALSE(look(State::running, Verdict::hold, false));
    CHECK_FALSE(look(State::running, Verdict::proceed, true)); // somebody waits
    seen.waiting = 0;
    CHECK(look(State::running, Verdict::hold, true) == Event::settle);
    CHECK_FALSE(next_event(State::running, Verdict::proceed, true, now, not_counted));
    CHECK_FALSE(look(State::settled, Verdict::hold, true));
    seen.settled_at = base::from_unix_ms(0);
    CHECK(look(State::settled, Verdict::hold, true) == Event::finish);
    for (const State state : {State::draft, State::paused, State::halted, State::rolling_back})
        CHECK_FALSE(look(state, Verdict::halt, true));
}
