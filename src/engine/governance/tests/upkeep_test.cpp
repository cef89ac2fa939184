// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/upkeep.hpp>

using namespace oakum;
using namespace oakum::governance;
using std::chrono::hours;

namespace {

// Takes several steps to finish a round, and remembers what it was asked.
struct Store final : ports::Pruner {
    base::Result<Pruned> prune(const ports::Retention& retention, std::size_t limit) override {
        CHECK(limit == Upkeep::kStep);
        asked.push_back(retention);
        if (broken) return base::unavailable("the disk is full");
        const bool last = asked.size() % 3 == 0;
        return Pruned{last ? 7U : 500U, last};
    }
    std::vector<ports::Retention> asked;
    bool broken = false;
};

struct House {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Log log;
    shard::ControlTables control;
    Store store;
    Upkeep upkeep{store, control, executor, clock, log};
    shard::Place place = shard::control_of(device::kDefaultTenant);

    void token(std::uint64_t n, ports::TokenKind kind, base::TimePoint expires) {
        ports::TokenRow row;
        row.id = ports::TokenId(base::Id128{1, n});
        row.kind = kind;
        row.secret = base::sha256(std::to_string(n));
        row.expires = expires;
        control.apply(place, row);
    }
    bool has_token(std::uint64_t n) {
        const bool held =
            control.find<ports::TokenRow>(place.tenant, ports::TokenId(base::Id128{1, n})) != nullptr;
        CHECK(held == (control.token_by_secret(place.tenant, base::sha256(std::to_string(n))) != nullptr));
        return held;
    }
};

} // namespace

TEST_CASE("a round goes on in bounded steps until all is through, with the periods of the design") {
    House house;
    const base::TimePoint now = house.clock.now();
    house.upkeep.begin_round();
    house.upkeep.begin_round(); // one is under way
    house.executor.run();
    CHECK(house.store.asked.size() == 1);
    house.executor.advance(std::chrono::seconds(1));
    REQUIRE(house.store.asked.size() == 3);
    CHECK(house.upkeep.forgotten() == 1007);
    for (const ports::Retention& asked : house.store.asked) {
        CHECK(asked.events_before == now - hours(24 * 400));
        CHECK(asked.changes_before == now - hours(24 * 7));
        CHECK(asked.idempotency_before == now - hours(24));
    }
    house.upkeep.begin_round();
    house.executor.advance(std::chrono::seconds(1));
    CHECK(house.store.asked.size() == 6);
}

TEST_CASE("what happened to devices is looked for once a day, not in each round") {
    House house;
    const auto looks_for_events = [&] {
        house.upkeep.begin_round();
        house.executor.advance(std::chrono::seconds(1));
        return house.store.asked.back().events_before > base::TimePoint();
    };
    CHECK(looks_for_events());
    CHECK_FALSE(looks_for_events());
    house.executor.advance(hours(23));
    CHECK_FALSE(looks_for_events());
    house.executor.advance(hours(1));
    CHECK(looks_for_events());
    CHECK_FALSE(looks_for_events());
}

TEST_CASE("what the store let go leaves the memory, and nothing else does") {
    House house;
    const base::TimePoint now = house.clock.now();
    house.token(1, ports::TokenKind::session, now - hours(24 * 8));
    house.token(2, ports::TokenKind::session, now - hours(24 * 6));
    house.token(3, ports::TokenKind::sign_in, now - hours(24 * 8));
    house.token(4, ports::TokenKind::api, now - hours(24 * 8));
    house.token(5, ports::TokenKind::enrolment, now - hours(24 * 401));
    for (const int age : {23, 25}) {
        ports::IdempotencyRow row;
        row.key = std::to_string(age);
        row.at = now - hours(age);
        house.control.apply(house.place, row);
    }
    for (const int days : {0, 89, 91}) {
        ports::JobRow row;
        row.id = std::to_string(days);
        if (days > 0) row.ended = now - hours(24 * days);
        house.control.apply(house.place, row);
    }
    house.upkeep.begin_round();
    house.executor.advance(std::chrono::seconds(1));
    CHECK_FALSE(house.has_token(1));
    CHECK(house.has_token(2));
    CHECK_FALSE(house.has_token(3));
    CHECK(house.has_token(4));
    CHECK_FALSE(house.has_token(5));
    CHECK(house.control.find<ports::IdempotencyRow>(house.place.tenant, "23"));
    CHECK_FALSE(house.control.find<ports::IdempotencyRow>(house.place.tenant, "25"));
    CHECK(house.control.find<ports::JobRow>(house.place.tenant, "0")); // it has not ended
    CHECK(house.control.find<ports::JobRow>(house.place.tenant, "89"));
    CHECK_FALSE(house.control.find<ports::JobRow>(house.place.tenant, "91"));
}

TEST_CASE("a store that cannot be pruned is said in the log, keeps the memory as it is, and is tried again") {
    House house;
    house.token(1, ports::TokenKind::session, house.clock.now() - hours(24 * 8));
    house.store.broken = true;
    house.upkeep.begin_round();
    house.executor.advance(std::chrono::seconds(1));
    CHECK(house.log.lines.size() == 1);
    CHECK(house.has_token(1));
    house.store.broken = false;
    house.upkeep.begin_round();
    house.executor.advance(std::chrono::seconds(1));
    CHECK_FALSE(house.has_token(1));
}
