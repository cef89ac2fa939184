// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <install/agent.hpp>

#include <set>

using namespace oakum::install;

namespace {

template <class Visit> void each_phase(Visit visit) {
    for (std::size_t i = 0; i < kPhases; ++i)
        visit(static_cast<Phase>(i));
}
template <class Visit> void each_event(Visit visit) {
    for (std::size_t i = 0; i < kEvents; ++i)
        visit(static_cast<Event>(i));
}

} // namespace

TEST_CASE("phases and their words are one to one") {
    std::set<std::string_view> seen;
    each_phase([&](Phase phase) {
        CHECK(seen.insert(to_string(phase)).second);
        CHECK(parse_phase(to_string(phase)).value() == phase);
    });
    CHECK(to_string(Phase::idle) == "idle");
    CHECK(to_string(Phase::falling_back) == "falling_back");
    CHECK(to_string(Event::offered) == "offered");
    CHECK(to_string(Event::withdrawn) == "withdrawn");
    CHECK_FALSE(parse_phase("resting").ok());
}

TEST_CASE("a pair of phase and event has one line at most") {
    std::set<std::pair<Phase, Event>> seen;
    for (const Step& step : agent_table())
        CHECK(seen.emplace(step.from, step.event).second);
}

TEST_CASE("what is not in the table is refused") {
    std::size_t listed = 0;
    each_phase([&](Phase phase) {
        each_event([&](Event event) {
            const auto step = next(phase, event);
            if (!step) return;
            ++listed;
            CHECK(step->from == phase);
            CHECK(step->event == event);
        });
    });
    CHECK(listed == agent_table().size());
    CHECK_FALSE(next(Phase::idle, Event::healthy));
    CHECK_FALSE(next(Phase::trying, Event::offered));
}

TEST_CASE("every event happens somewhere and every phase is reached and left") {
    each_event([](Event event) {
        bool used = false;
        for (const Step& step : agent_table())
            used = used || step.event == event;
        CHECK_MESSAGE(used, to_string(event));
    });
    std::set<Phase> reached{Phase::idle};
    for (bool grew = true; grew;) {
        grew = false;
        for (const Step& step : agent_table())
            grew = (reached.contains(step.from) && reached.insert(step.to).second) || grew;
    }
    CHECK(reached.size() == kPhases);
    std::set<Phase> ends{Phase::idle};
    for (bool grew = true; grew;) {
        grew = false;
        for (const Step& step : agent_table())
            grew = (ends.contains(step.to) && ends.insert(step.from).second) || grew;
    }
    CHECK(ends.size() == kPhases);
}

TEST_CASE("an end is always told to the server, and only ends and progress are") {
    for (const Step& step : agent_table()) {
        if (step.to == Phase::idle) {
            REQUIRE(step.report);
            CHECK((is_terminal(*step.report) || *step.report == State::installed));
        } else if (step.report) {
            CHECK_FALSE(is_terminal(*step.report));
        }
    }
}

TEST_CASE("nothing can be stopped once a boot loader may take the new slot") {
    each_phase([](Phase phase) {
        if (after_activation(phase)) CHECK_FALSE(can_stop(phase));
    });
    CHECK(can_stop(Phase::written));
    CHECK_FALSE(can_stop(Phase::idle));
}

TEST_CASE(
    "a slot is written only from a staging file that was verified, and tried only after it was read back") {
    for (const Step& step : agent_table()) {
        if (step.to == Phase::waiting)
            CHECK(((step.from == Phase::staged && step.event == Event::sound) ||
                   (step.from == Phase::waiting && step.event == Event::closed)));
        if (step.to == Phase::writing) CHECK((step.from == Phase::waiting && step.event == Event::proceed));
        if (step.to == Phase::staged)
            CHECK((step.from == Phase::downloading && step.event == Event::received));
        if (step.to == Phase::written)
            CHECK(((step.from == Phase::writing && step.event == Event::stored) ||
                   (step.from == Phase::written && step.event == Event::closed)));
        if (step.to == Phase::activating) CHECK(step.from == Phase::written);
        if (step.to == Phase::committing) CHECK((step.from == Phase::trying && step.event == Event::healthy));
    }
}
