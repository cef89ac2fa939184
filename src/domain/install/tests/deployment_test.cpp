// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <install/agent.hpp>
#include <install/deployment.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace oakum::install;
using namespace std::chrono_literals;
using oakum::base::from_unix_ms;
using oakum::base::TimePoint;

namespace {

const TimePoint start = from_unix_ms(1'800'000'000'000);

Terms terms() {
    Terms t;
    t.version = "2.0";
    t.soak = 60s;
    t.step_timeout = 10min;
    return t;
}

// A deployment and a device that talks about it.
struct Talk {
    Terms with = terms();
    Deployment now_at = offer(with, start);
    TimePoint now = start;
    std::uint64_t sequence = 0;

    Outcome say(State state, Reason reason = Reason::none, std::string version = "2.0", bool healthy = true) {
        ReportSeen report;
        report.attempt = now_at.attempt;
        report.sequence = ++sequence;
        report.state = state;
        report.reason = reason;
        report.running_version = std::move(version);
        report.healthy = healthy;
        return send(report);
    }
    Outcome send(const ReportSeen& report) {
        auto decision = decide_report(now_at, with, report, now);
        REQUIRE(decision.ok());
        now_at = decision->next;
        return decision->outcome;
    }
    void poll(std::string_view version, bool healthy = true) {
        now_at = decide_poll(now_at, with, version, healthy, now).next;
    }
    void wait(oakum::base::Duration time) { now += time; }
    void timer() { now_at = decide_timer(now_at, with, now).next; }
};

} // namespace

TEST_CASE("states, reasons and happenings have their words") {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < kStates; ++i) {
        const auto state = static_cast<State>(i);
        CHECK(seen.insert(to_string(state)).second);
        CHECK(parse_state(to_string(state)).value() == state);
    }
    CHECK(to_string(State::silent) == "silent");
    CHECK(to_string(State::cancelling) == "cancelling");
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Reason::agent_error); ++i) {
        const auto reason = static_cast<Reason>(i);
        CHECK(parse_reason(to_string(reason)).value() == reason);
    }
    CHECK(to_string(Reason::agent_error) == "agent_error");
    CHECK(to_string(Happening::supersede) == "supersede");
    CHECK(to_string(Happening::landed) == "landed");
    CHECK_FALSE(parse_state("Verified").ok());
    CHECK_FALSE(parse_reason("").ok());
}

TEST_CASE("every state can be left unless it is an end, and every state reaches an end") {
    std::set<State> ends;
    for (std::size_t s = 0; s < kStates; ++s) {
        if (is_terminal(static_cast<State>(s))) ends.insert(static_cast<State>(s));
    }
    for (bool grew = true; grew;) {
        grew = false;
        for (std::size_t s = 0; s < kStates; ++s) {
            for (std::size_t h = 0; h < kHappenings; ++h) {
                const auto step = transition(static_cast<State>(s), static_cast<Happening>(h));
                if (step && ends.contains(step->to)) grew = ends.insert(step->from).second || grew;
            }
        }
    }
    CHECK(ends.size() == kStates);
}

TEST_CASE("a device that says nothing any more always comes to an end by timers alone") {
    for (std::size_t s = 0; s < kStates; ++s) {
        Talk talk;
        talk.now_at.state = static_cast<State>(s);
        if (is_terminal(talk.now_at.state)) continue;
        talk.now_at.deadline = start;
        for (int i = 0; i < 4 && !is_terminal(talk.now_at.state); ++i) {
            REQUIRE(talk.now_at.deadline);
            talk.now = *talk.now_at.deadline;
            talk.timer();
        }
        CHECK_MESSAGE(is_terminal(talk.now_at.state), to_string(static_cast<State>(s)));
        CHECK(talk.now_at.state != State::verified);
    }
}

TEST_CASE("every state is reached from the offer") {
    std::set<State> reached{State::offered};
    for (bool grew = true; grew;) {
        grew = false;
        for (std::size_t s = 0; s < kStates; ++s) {
            for (std::size_t h = 0; h < kHappenings; ++h) {
                const auto step = transition(static_cast<State>(s), static_cast<Happening>(h));
                if (step && reached.contains(step->from)) grew = reached.insert(step->to).second || grew;
            }
        }
    }
    CHECK(reached.size() == kStates);
}

TEST_CASE("the straight way ends verified only after the soak time") {
    Talk talk;
    for (const State state : {State::downloading, State::downloaded, State::installing, State::rebooting}) {
        CHECK(talk.say(state, Reason::none, "1.0") == Outcome::accepted);
        CHECK(talk.now_at.state == state);
    }
    talk.say(State::installed);
    CHECK(talk.now_at.state == State::soaking);
    talk.say(State::verified);
    CHECK(talk.now_at.state == State::soaking);
    talk.wait(59s);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::soaking);
    talk.wait(1s);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::verified);
    CHECK(talk.now_at.version_after == "2.0");
    CHECK_FALSE(talk.now_at.deadline);
}

TEST_CASE("a device may jump forward over any phase") {
    Talk talk;
    talk.say(State::installed);
    CHECK(talk.now_at.state == State::soaking);
}

TEST_CASE("a poll with the new version proves the restart that was never reported") {
    Talk talk;
    talk.say(State::rebooting, Reason::none, "1.0");
    talk.poll("1.0");
    CHECK(talk.now_at.state == State::rebooting);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::soaking);
}

TEST_CASE("installed without a running version is believed only when the device shows it") {
    Talk talk;
    talk.say(State::installed, Reason::none, "");
    CHECK(talk.now_at.state == State::installed);
    talk.poll("1.0");
    CHECK(talk.now_at.state == State::installed);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::soaking);
}

TEST_CASE("time alone never verifies") {
    Talk talk;
    talk.say(State::installed);
    talk.wait(2h);
    talk.timer();
    CHECK(talk.now_at.state == State::silent);
    CHECK(talk.now_at.reason == Reason::timed_out);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::soaking);
}

TEST_CASE("ill health in the soak time starts it anew") {
    Talk talk;
    talk.say(State::installed);
    talk.wait(50s);
    talk.poll("2.0", false);
    talk.wait(30s);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::soaking);
    talk.wait(30s);
    talk.poll("2.0");
    CHECK(talk.now_at.state == State::verified);
}

TEST_CASE("another version after the restart is a rollback with its reason") {
    Talk talk;
    talk.say(State::installed, Reason::none, "1.9");
    CHECK(talk.now_at.state == State::rolled_back);
    CHECK(talk.now_at.reason == Reason::wrong_version);

    Talk back;
    back.say(State::installed);
    back.poll("1.0");
    CHECK(back.now_at.state == State::rolled_back);
    CHECK(back.now_at.reason == Reason::boot_failed);
}

TEST_CASE("a repeat is acknowledged and an older report ignored") {
    Talk talk;
    talk.say(State::downloading);
    talk.say(State::downloaded);
    const Deployment before = talk.now_at;
    ReportSeen again;
    again.sequence = 2;
    again.state = State::downloaded;
    CHECK(talk.send(again) == Outcome::repeat);
    again.sequence = 1;
    again.state = State::downloading;
    CHECK(talk.send(again) == Outcome::stale);
    CHECK(talk.now_at == before);
}

TEST_CASE("a newer report of an earlier phase is taken without moving back") {
    Talk talk;
    talk.say(State::installing);
    CHECK(talk.say(State::downloading) == Outcome::accepted);
    CHECK(talk.now_at.state == State::installing);
    CHECK(talk.now_at.sequence == 2);
}

TEST_CASE("an end is accepted however late") {
    Talk talk;
    talk.say(State::installing);
    talk.wait(10min);
    talk.timer();
    CHECK(talk.now_at.state == State::silent);
    talk.wait(30 * 24h);
    talk.timer();
    CHECK(talk.now_at.state == State::expired);
    CHECK(talk.say(State::rolled_back, Reason::health_failed, "1.0") == Outcome::accepted);
    CHECK(talk.now_at.state == State::rolled_back);
    CHECK(talk.now_at.reason == Reason::health_failed);

    Talk undone;
    undone.with.soak = 0s;
    undone.say(State::verified);
    CHECK(undone.now_at.state == State::verified);
    undone.say(State::rolled_back, Reason::boot_failed, "1.0");
    CHECK(undone.now_at.state == State::rolled_back);
}

TEST_CASE(
    "the device's own words replace what a poll only guessed, and words that move nothing are left out") {
    Talk talk;
    talk.say(State::installed);
    talk.poll("1.0");
    CHECK(talk.now_at.reason == Reason::boot_failed);
    talk.say(State::rolled_back, Reason::health_failed, "1.0");
    CHECK(talk.now_at.state == State::rolled_back);
    CHECK(talk.now_at.reason == Reason::health_failed);

    Talk done;
    done.with.soak = 0s;
    done.say(State::verified);
    done.say(State::failed, Reason::write_failed);
    CHECK(done.now_at.state == State::verified);
    CHECK(done.now_at.reason == Reason::none);
}

TEST_CASE("the proof of an attempt that was given up counts until the next one is heard of") {
    Talk talk;
    talk.say(State::failed, Reason::write_failed);
    REQUIRE(talk.now_at.attempt == 2);
    ReportSeen late;
    late.attempt = 1;
    late.sequence = 9;
    late.state = State::installed;
    late.running_version = "2.0";
    late.healthy = true;
    CHECK(talk.send(late) == Outcome::accepted);
    CHECK(talk.now_at.state == State::soaking);

    Talk other;
    other.say(State::failed, Reason::write_failed);
    other.say(State::downloading);
    CHECK(other.send(late) == Outcome::stale);
    late.state = State::failed;
    CHECK(other.send(late) == Outcome::stale);
}

TEST_CASE("failures on the device spend three attempts, network failures none of them") {
    Talk talk;
    for (int i = 0; i < 10; ++i) {
        talk.say(State::failed, Reason::download_failed);
        REQUIRE(talk.now_at.state == State::offered);
    }
    CHECK(talk.now_at.transient_failures == 10);
    talk.say(State::failed, Reason::write_failed);
    CHECK(talk.now_at.state == State::offered);
    talk.say(State::failed, Reason::metadata_expired);
    CHECK(talk.now_at.state == State::offered);
    talk.say(State::failed, Reason::out_of_space);
    CHECK(talk.now_at.state == State::offered);
    talk.say(State::failed, Reason::verification_failed);
    CHECK(talk.now_at.state == State::failed);
    CHECK(talk.now_at.reason == Reason::verification_failed);
}

TEST_CASE("network failures have a budget of their own") {
    Talk talk;
    for (int i = 0; i < 19; ++i) {
        talk.say(State::failed, Reason::download_failed);
        REQUIRE(talk.now_at.state == State::offered);
    }
    talk.say(State::failed, Reason::download_failed);
    CHECK(talk.now_at.state == State::failed);
}

TEST_CASE("what cannot fit is not tried again") {
    Talk talk;
    talk.say(State::failed, Reason::incompatible);
    CHECK(talk.now_at.state == State::failed);
}

TEST_CASE("each further attempt waits longer, up to a cap") {
    Talk talk;
    CHECK(earliest_offer(talk.now_at) == start);
    talk.say(State::failed, Reason::write_failed);
    CHECK(earliest_offer(talk.now_at) - talk.now == 30s);
    talk.say(State::failed, Reason::write_failed);
    CHECK(earliest_offer(talk.now_at) - talk.now == 60s);
    Talk network;
    oakum::base::Duration last{};
    for (int i = 0; i < 18; ++i) {
        network.say(State::failed, Reason::download_failed);
        const auto wait = earliest_offer(network.now_at) - network.now;
        CHECK(wait >= last);
        CHECK(wait <= 30min);
        CHECK(network.now_at.deadline == network.now + wait + 10min);
        last = wait;
    }
    CHECK(last == 30min);
}

TEST_CASE("a withdrawal ends an unheard offer at once and stops a device under way") {
    Talk talk;
    talk.now_at = decide_withdraw(talk.now_at, talk.with, talk.now).next;
    CHECK(talk.now_at.state == State::withdrawn);
    CHECK(talk.say(State::downloading) == Outcome::stop);
    CHECK(talk.now_at.state == State::withdrawn);

    Talk busy;
    busy.say(State::downloading);
    busy.now_at = decide_withdraw(busy.now_at, busy.with, busy.now).next;
    CHECK(busy.now_at.state == State::cancelling);
    CHECK(busy.say(State::installing) == Outcome::stop);
    CHECK(busy.now_at.state == State::cancelling);
    busy.say(State::withdrawn);
    CHECK(busy.now_at.state == State::withdrawn);
    CHECK(busy.now_at.reason == Reason::cancelled);

    Talk late;
    late.say(State::rebooting);
    late.now_at = decide_withdraw(late.now_at, late.with, late.now).next;
    late.say(State::installed);
    CHECK(late.now_at.state == State::soaking);
}

TEST_CASE("a device may not report what only the server decides, nor attempts that were never offered") {
    const Deployment deployment = offer(terms(), start);
    ReportSeen report;
    for (const State state :
         {State::offered, State::cancelling, State::superseded, State::expired, State::silent}) {
        report.state = state;
        const auto decision = decide_report(deployment, terms(), report, start);
        REQUIRE_FALSE(decision.ok());
        CHECK(decision.error().where == "/state");
    }
    report.state = State::downloading;
    report.attempt = 2;
    CHECK_FALSE(decide_report(deployment, terms(), report, start).ok());
    report.attempt = 0;
    CHECK_FALSE(decide_report(deployment, terms(), report, start).ok());
}

TEST_CASE("a long detail is cut at a character's start") {
    Talk talk;
    ReportSeen report;
    report.state = State::failed;
    report.reason = Reason::incompatible;
    report.detail = std::string(2047, 'x') + "\xC3\xA4\xC3\xA4";
    talk.send(report);
    CHECK(talk.now_at.detail.size() == 2047);
}

TEST_CASE("in any order of reports exactly one end is reached and kept, and verified needs the version") {
    std::uint64_t seed = 7;
    const auto random = [&seed](std::uint64_t below) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        return (seed >> 33) % below;
    };
    constexpr State said[] = {State::downloading,   State::downloaded,  State::awaiting_window,
                              State::awaiting_user, State::installing,  State::rebooting,
                              State::installed,     State::soaking,     State::verified,
                              State::failed,        State::rolled_back, State::withdrawn};
    for (int run = 0; run < 2000; ++run) {
        Talk talk;
        for (int i = 0; i < 30; ++i) {
            talk.wait(std::chrono::seconds(random(400)));
            const Deployment before = talk.now_at;
            switch (random(5)) {
            case 0:
                talk.timer();
                break;
            case 1:
                talk.poll(random(2) == 0 ? "1.0" : "2.0", random(4) != 0);
                break;
            case 2:
                if (random(10) == 0) talk.now_at = decide_withdraw(talk.now_at, talk.with, talk.now).next;
                break;
            default:
                talk.say(said[random(12)], static_cast<Reason>(random(13)), random(2) == 0 ? "1.0" : "2.0",
                         random(4) != 0);
            }
            const Deployment& after = talk.now_at;
            CHECK(after.deadline.has_value() != is_terminal(after.state));
            CHECK(after.attempt >= before.attempt);
            if (after.state == State::verified && before.state != State::verified)
                CHECK(after.version_after == "2.0");
            if (after.state == State::soaking) CHECK(after.soak_until.has_value());
        }
    }
}

TEST_CASE("docs/deployment-states.md shows the tables as they are") {
    const std::string text =
        "# The machines of a deployment\n\nDrawn from the tables in `src/domain/install`; rewritten with "
        "`OAKUM_REWRITE_GOLDEN=1`.\n\n## The server's\n\nA report that is in no arrow changes nothing; while "
        "`cancelling`, reports of progress are answered with `withdrawn`.\n\n```mermaid\n" +
        deployment_diagram() +
        "```\n\n## The agent's\n\nEach phase is stored before its act begins.\n\n```mermaid\n" +
        agent_diagram() + "```\n";
    const std::string path = OAKUM_SOURCE_DIR "/docs/deployment-states.md";
    if (std::getenv("OAKUM_REWRITE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ifstream file(path);
    std::stringstream kept;
    kept << file.rdbuf();
    CHECK(kept.str() == text);
}

TEST_CASE("an update is left for what cannot wait only while nothing of the device was changed") {
    Terms terms;
    terms.version = "2.0";
    for (std::size_t i = 0; i < kStates; ++i) {
        const auto state = static_cast<State>(i);
        CAPTURE(to_string(state));
        const bool waits = state == State::offered || state == State::awaiting_window;
        const bool leaves = waits || state == State::downloading || state == State::downloaded ||
                            state == State::awaiting_user;
        CHECK(can_be_superseded(state, Speaks::foreign) == waits);
        CHECK(can_be_superseded(state, Speaks::ours) == leaves);
        // Who did not hear that another has its place is told as long as it can stop.
        const bool stops = (leaves && state != State::offered) || state == State::installing;
        CHECK(said_of_replaced(state) == (stops ? Outcome::stop : Outcome::stale));
        if (!leaves) continue;
        Deployment deployment = offer(terms, {});
        deployment.state = state;
        const Decision decision = decide_supersede(deployment, terms, "the fix takes its place", {});
        CHECK(decision.changed);
        CHECK(decision.next.state == State::superseded);
        CHECK(decision.next.detail == "the fix takes its place");
    }
}
