// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/anchor.hpp>
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

// Takes two steps for each that it is asked to remove.
struct Evidence final : ports::EvidencePruner {
    base::Result<ports::Pruner::Pruned> prune_audit(device::TenantId, std::uint64_t through,
                                                    std::size_t limit) override {
        CHECK(limit == Upkeep::kStep);
        audit.push_back(through);
        return ports::Pruner::Pruned{10, audit.size() % 2 == 0};
    }
    base::Result<ports::Pruner::Pruned> prune_findings(base::TimePoint before, std::size_t) override {
        findings.push_back(before);
        return ports::Pruner::Pruned{3, findings.size() % 2 == 0};
    }
    std::vector<std::uint64_t> audit;
    std::vector<base::TimePoint> findings;
};

struct Packs final : Reports {
    std::uint64_t older(base::TimePoint) const override { return 4; }
    base::Result<std::uint64_t> remove_older(base::TimePoint before) override {
        removed.push_back(before);
        return std::uint64_t{4};
    }
    std::vector<base::TimePoint> removed;
};

struct House {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Log log;
    shard::test::Journal journal;
    test::History history{journal};
    shard::ControlTables control;
    shard::test::Devices devices;
    shard::Writer writer{executor, clock, journal, journal, control, devices, {&control}, log};
    Store store;
    Evidence evidence;
    Packs packs;
    Upkeep upkeep{store, evidence, history, writer, control, executor, clock, log};
    shard::Place place = shard::control_of(device::kDefaultTenant);

    void token(std::uint64_t n, ports::TokenKind kind, base::TimePoint expires) {
        ports::TokenRow row;
        row.id = ports::TokenId(base::Id128{1, n});
        row.kind = kind;
        row.secret = base::sha256(std::to_string(n));
        row.expires = expires;
        control.apply(place, row);
    }
    // A round to its end, with what it commits.
    void round() {
        upkeep.begin_round();
        executor.run();
        for (int i = 0; i < 200; ++i) {
            executor.advance(std::chrono::milliseconds(50));
            if (journal.busy()) journal.succeed();
        }
    }
    void commit(std::function<base::Status(shard::Transaction&)> decide) {
        writer.submit(place, shard::Priority::person, std::move(decide), [](const base::Status&) {});
        executor.run();
        journal.succeed();
        executor.run();
    }
    std::vector<ports::AuditRow> audited() { return *history.audit(place.tenant, 0, 1'000'000); }
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
    CHECK(house.upkeep.forgotten().rows == 1007);
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

TEST_CASE("old audit records go once a day, after an anchor for them is in the log") {
    House house;
    const auto write = [&](const std::string& resource) {
        house.commit([resource](shard::Transaction& transaction) -> base::Status {
            transaction.audit({"user anna", "device.hold", resource, "", "", ""});
            return {};
        });
    };
    write("device 1");
    write("device 2");
    house.round();
    CHECK(house.evidence.audit.empty()); // for ever, until somebody decides
    house.commit([](shard::Transaction& transaction) -> base::Status {
        transaction.put(ports::DocumentRow{kRetention, R"({"audit":400})"});
        return {};
    });
    house.executor.advance(hours(24 * 399));
    write("device 3");
    house.round();
    CHECK(house.evidence.audit.empty());
    house.executor.advance(hours(24 * 2));
    house.round();
    CHECK(house.evidence.audit == std::vector<std::uint64_t>{3, 3});
    CHECK(house.upkeep.forgotten().audit == 20);
    const auto anchored = [&] {
        std::vector<Anchor> anchors;
        for (const auto& row : house.audited())
            if (const auto anchor = anchor_of(row)) anchors.push_back(*anchor);
        return anchors;
    };
    REQUIRE(anchored().size() == 1);
    CHECK(anchored().front() == Anchor{3, house.audited()[2].hash});
    house.round(); // once a day
    CHECK(house.evidence.audit.size() == 2);
}

TEST_CASE("closed findings and packs go when people say so, and the day is told of in the audit log") {
    House house;
    house.commit([](shard::Transaction& transaction) -> base::Status {
        transaction.put(ports::DocumentRow{kRetention, R"({"findings":365,"reports":30})"});
        return {};
    });
    const base::TimePoint now = house.clock.now();
    house.round();
    REQUIRE(house.evidence.findings.size() == 2);
    CHECK(house.evidence.findings.front() == now - hours(24 * 365));
    CHECK(house.packs.removed.empty()); // nobody was named who keeps them
    CHECK(findings_since(house.control, house.place.tenant) ==
          base::parse_time(base::to_iso8601(now - hours(24 * 365))).value());
    const auto rows = house.audited();
    REQUIRE_FALSE(rows.empty());
    CHECK(rows.back().action == "retention.forget");
    CHECK(rows.back().after == R"({"findings":6,"reports":0,"rows":1007})");
    house.upkeep.heed(house.packs);
    house.executor.advance(hours(25));
    house.round();
    CHECK(house.packs.removed.size() == 1);
    CHECK(house.upkeep.forgotten().reports == 4);
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
