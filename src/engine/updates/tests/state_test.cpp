// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <updates/standing.hpp>
#include <updates/state.hpp>
#include <updates/token_bucket.hpp>

using namespace oakum;
using namespace oakum::updates;
using namespace std::chrono_literals;

namespace {

AgentState sample() {
    AgentState state;
    state.phase = install::Phase::downloading;
    Current current;
    current.offer.deployment = "d-1";
    current.offer.attempt = 2;
    current.offer.release_name = "gateway";
    current.offer.release_version = "2.0";
    current.offer.target_path = "gateway/2.0/gateway.tar";
    current.offer.length = 77;
    current.offer.soak_seconds = 300;
    current.offer.is_rollback = true;
    current.image = {base::sha256("x"), 77, "2.0", 9, 4};
    current.slot = "b";
    current.reason = install::Reason::health_failed;
    current.detail = "bin/health said \"no\"\n";
    current.network_failures = 3;
    current.resumed = true;
    current.began_again = true;
    current.permitted_until = base::from_unix_ms(1'800'000'000'000);
    state.current = current;
    state.sequence = 1'800'000'017;
    state.desired = 1'800'000'001;
    state.done_deployment = "d-0";
    state.done_attempt = 1;
    state.done_as = wire::Report{};
    state.done_as->deployment = "d-0";
    state.done_as->state = install::State::rolled_back;
    state.done_as->reason = install::Reason::health_failed;
    state.last = Ended{"gateway",
                       "1.9",
                       install::State::rolled_back,
                       install::Reason::health_failed,
                       "no uplink",
                       base::from_unix_ms(1'800'000'000'123)};
    state.installed = Known{"1.0", base::sha256("y"), 8};
    state.previous = Known{"0.9", base::sha256("z"), 7};
    state.floor = 3;
    state.staged = base::sha256("x").hex();
    state.inventory_digest = base::sha256("i").hex();
    wire::Report report;
    report.deployment = "d-0";
    report.sequence = 5;
    report.state = install::State::verified;
    state.reports = {report, report};
    state.attacked =
        Attacked{trust::Attack::mix_and_match, "d-1", base::from_unix_ms(1'800'000'000'000), "another hash"};
    state.to_tell = wire::Manifest{"me",
                                   "d-1",
                                   2,
                                   9,
                                   1'800'000'000,
                                   "1.0",
                                   base::sha256("y").hex(),
                                   77,
                                   8,
                                   trust::Attack::mix_and_match,
                                   "another hash"};
    return state;
}

wire::Report told(install::State state, std::string deployment = "d-1") {
    wire::Report report;
    report.deployment = std::move(deployment);
    report.state = state;
    return report;
}

} // namespace

TEST_CASE("the stored state reads as it was written") {
    const std::string text = encode(sample());
    auto back = decode_state(text);
    REQUIRE(back.ok());
    CHECK(encode(*back) == text);
    CHECK(back->current->image == sample().current->image);
    CHECK(back->previous == sample().previous);
    CHECK(back->attacked == sample().attacked);
    CHECK(back->to_tell == sample().to_tell);
    CHECK(back->current->permitted_until == sample().current->permitted_until);
    const std::string idle = encode(AgentState{});
    CHECK(encode(decode_state(idle).value()) == idle);
}

TEST_CASE("a state that is torn, of another format or contradictory is refused") {
    const std::string text = encode(sample());
    for (std::size_t i = 0; i < text.size(); i += 3)
        CHECK_FALSE(decode_state(text.substr(0, i)).ok());
    std::string other = text;
    other.replace(other.find("\"format\":1"), 10, "\"format\":2");
    CHECK_FALSE(decode_state(other).ok());
    AgentState idle = sample();
    idle.phase = install::Phase::idle;
    CHECK_FALSE(decode_state(encode(idle)).ok());
    AgentState busy;
    busy.phase = install::Phase::trying;
    CHECK_FALSE(decode_state(encode(busy)).ok());
}

TEST_CASE("reports keep their order, and progress replaces progress") {
    AgentState state;
    state.sequence = 10;
    wire::Report resumed = told(install::State::downloading);
    resumed.resumed = true;
    enqueue(state, resumed);
    enqueue(state, told(install::State::downloading));
    REQUIRE(state.reports.size() == 1);
    CHECK(state.reports[0].sequence == 12);
    CHECK(state.reports[0].resumed);
    enqueue(state, told(install::State::installing));
    enqueue(state, told(install::State::downloading));
    CHECK(state.reports.size() == 3);
    CHECK(state.reports[2].sequence == 14);
}

TEST_CASE("a long absence of the server drops phases, never ends") {
    AgentState state;
    for (std::size_t i = 0; i < 3 * kMaxQueuedReports; ++i) {
        enqueue(state, told(install::State::installing, "d-" + std::to_string(i)));
        if (i % 4 == 0) enqueue(state, told(install::State::rolled_back, "d-" + std::to_string(i)));
    }
    CHECK(state.reports.size() == kMaxQueuedReports);
    std::size_t ends = 0;
    for (const auto& report : state.reports)
        ends += install::is_terminal(report.state) ? 1 : 0;
    CHECK(ends == 3 * kMaxQueuedReports / 4);
    for (std::size_t i = 0; i < 2 * kMaxQueuedReports; ++i)
        enqueue(state, told(install::State::failed));
    CHECK(state.reports.size() == ends + 2 * kMaxQueuedReports);
}

TEST_CASE("a bucket lets its rate through, after one burst") {
    TokenBucket bucket(1000, 500);
    CHECK(bucket.take(5s, 400) == 400);
    CHECK(bucket.take(5s, 400) == 100);
    CHECK(bucket.take(5s, 400) == 0);
    CHECK(bucket.wait(5s, 200) == 200ms);
    CHECK(bucket.take(5s + 200ms, 400) == 200);
    CHECK(bucket.wait(60s, 10'000) == 0s);
    CHECK(bucket.take(60s, 10'000) == 500);
    std::uint64_t passed = 0;
    for (base::Duration now = 60s; now < 70s; now += 7ms)
        passed += bucket.take(now, 10'000);
    CHECK(passed >= 9'900);
    CHECK(passed <= 10'000);
    CHECK(TokenBucket(0, 1).take(0s, 1 << 30) == 1 << 30);
    CHECK(TokenBucket(1, ~0ULL / 2000).take(std::chrono::hours(1'000'000), 7) == 7);
}

TEST_CASE("a standing reads as it was written, and nothing else does") {
    Standing standing;
    standing.as_of = base::from_unix_ms(1'800'000'000'001);
    standing.next_poll = base::from_unix_ms(1'800'000'060'001);
    standing.failing_since = base::from_unix_ms(-5);
    standing.failure = "polling: \x1b[31m\xff";
    standing.slot = "a";
    standing.version = "1.0";
    standing.health = {false, "bin/health ended with 1"};
    const auto read = decode_standing(encode(standing));
    REQUIRE(read.ok());
    CHECK(says_the_same(*read, standing));
    CHECK(read->as_of == standing.as_of);
    CHECK(read->health.detail == standing.health.detail);
    CHECK_FALSE(read->answered);
    const std::string text = encode(standing);
    for (std::size_t cut = 0; cut < text.size(); ++cut)
        CHECK_FALSE(decode_standing(std::string_view(text).substr(0, cut)).ok());
    CHECK_FALSE(decode_standing("{}").ok());
    standing.failure = std::string(100'000, 'x');
    CHECK(decode_standing(encode(standing)).ok());
}
