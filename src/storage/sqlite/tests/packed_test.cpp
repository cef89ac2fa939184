// SPDX-License-Identifier: Apache-2.0
#include "packed.hpp"

#include <contract/row_maker.hpp>
#include <contract/row_text.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

template <class T> void check_round_trip(const T& value) {
    const auto bytes = pack(value);
    T back{};
    REQUIRE(unpack(bytes, back).ok());
    CHECK(pack(back) == bytes);
    // No shorter and no longer form is taken for a value of the same bytes.
    for (std::size_t length = 0; length < bytes.size(); ++length)
        CHECK_FALSE(unpack(base::ByteView(bytes).first(length), back).ok());
    auto longer = bytes;
    longer.push_back(0);
    CHECK_FALSE(unpack(longer, back).ok());
}

} // namespace

TEST_CASE("lists and plans come back from their column as they went in, and cut ones are damage") {
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        contract::RowMaker make(seed);
        check_round_trip(make.texts());
        check_round_trip(make.facts());
        check_round_trip(make.user(make.id<ports::UserId>(), 0).scope);
        check_round_trip(make.steps());
        check_round_trip(make.products());
        const auto plan = make.plan();
        check_round_trip(plan);
        rollout::Plan back;
        REQUIRE(unpack(pack(plan), back).ok());
        CHECK(contract::text(back) == contract::text(plan));
        check_round_trip(make.software_set(ports::SetId(make.digest())).statements);
    }
}

TEST_CASE("rubbish is damage, whatever it announces, and takes no memory for it") {
    contract::RowMaker make(1);
    for (int round = 0; round < 20'000; ++round) {
        base::Bytes bytes(make.below(60));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(make.u64());
        if (!bytes.empty()) bytes[0] = 1;
        std::vector<std::string> texts;
        std::vector<device::Fact> facts;
        std::vector<component::Statement> statements;
        rollout::Plan plan;
        // Whatever is taken packs to no more than it came from.
        if (unpack(bytes, texts).ok()) CHECK(pack(texts).size() <= bytes.size());
        if (unpack(bytes, facts).ok()) CHECK(pack(facts).size() <= bytes.size());
        // What was written before statements named one of a name takes two bytes more for each.
        if (unpack(bytes, statements).ok())
            CHECK(pack(statements).size() <= bytes.size() + 2 * statements.size());
        std::vector<exception::Step> steps;
        std::vector<advisory::NoticeProduct> products;
        if (unpack(bytes, steps).ok()) CHECK(pack(steps).size() <= bytes.size());
        if (unpack(bytes, products).ok()) CHECK(pack(products).size() <= bytes.size());
        if (!bytes.empty()) bytes[0] = 2;
        if (unpack(bytes, statements).ok()) CHECK(pack(statements).size() <= bytes.size());
        if (!bytes.empty()) bytes[0] = 4;
        if (unpack(bytes, plan).ok()) CHECK(pack(plan).size() <= bytes.size());
    }
    std::vector<std::string> texts;
    CHECK_FALSE(unpack(base::Bytes{1, 0xff, 0xff, 0xff, 0xff, 0x0f}, texts).ok());
    CHECK_FALSE(unpack(base::Bytes{2, 0}, texts).ok());
    CHECK_FALSE(unpack(base::Bytes{}, texts).ok());
}

TEST_CASE("statements of the first form are read: about every version of a name") {
    const base::Bytes bytes{1, 1, 3, 'C', 'V', 'E', 2, 's', 'h', 0, 0};
    std::vector<component::Statement> statements;
    REQUIRE(unpack(bytes, statements).ok());
    REQUIRE(statements.size() == 1);
    CHECK(statements[0].component_name == "sh");
    CHECK_FALSE(statements[0].version);
    CHECK_FALSE(statements[0].purl);
    statements[0].version = "";
    statements[0].purl = "pkg:deb/debian/sh@1";
    std::vector<component::Statement> again;
    REQUIRE(unpack(pack(statements), again).ok());
    CHECK(again == statements);
}

TEST_CASE("a plan of the third form is read: its waves have no pace") {
    base::Bytes bytes{3, 3, 'o', 'l', 'd'};
    bytes.insert(bytes.end(), 16, 7);
    for (const int byte : std::initializer_list<int>{
             0,  120, 160, 31,  3,   1,   1,   2,                     // starts 1 ms after the epoch
             1,  3,   'a', 'l', 'l', 192, 132, 61,                    // 1'000'000
             10, 208, 134, 3,   144, 78,  208, 134, 3, 4, 1, 240, 46, // 10, 50'000, 10'000, 50'000, 4, open
             5,  'i', 'd', '=', 's', '1'})
        bytes.push_back(static_cast<std::uint8_t>(byte));
    rollout::Plan plan;
    REQUIRE(unpack(bytes, plan).ok());
    CHECK(plan.starts == base::from_unix_ms(1));
    REQUIRE(plan.waves.size() == 1);
    CHECK(plan.waves[0].query == "id=s1");
    CHECK(plan.waves[0].pace == rollout::Pace{});
    plan.waves[0].pace = {.max_in_flight = 300, .per_minute = 5};
    check_round_trip(plan);
    rollout::Plan back;
    REQUIRE(unpack(pack(plan), back).ok());
    CHECK(back.waves[0].pace == plan.waves[0].pace);
}

TEST_CASE("a plan of the second form is read: its waves take everybody, and a person starts it") {
    // Version 2, as it was written: the first form with a gate that weighs evidence.
    base::Bytes bytes{2, 3, 'o', 'l', 'd'};
    bytes.insert(bytes.end(), 16, 7);
    for (const int byte :
         std::initializer_list<int>{0,   120, 160, 31,  3,   1,   1,
                                    3,   'a', 'l', 'l', 192, 132, 61, // 1'000'000
                                    10,  208, 134, 3,   144, 78,  208,
                                    134, 3,   4,   1,   240, 46}) // 10, 50'000, 10'000, 50'000, 4, open
        bytes.push_back(static_cast<std::uint8_t>(byte));
    rollout::Plan plan;
    plan.starts = base::from_unix_ms(1);
    REQUIRE(unpack(bytes, plan).ok());
    REQUIRE(plan.waves.size() == 1);
    CHECK(plan.waves[0].query.empty());
    CHECK(plan.waves[0].gate.hard_stop == 4);
    CHECK(plan.waves[0].gate.soak.count() == 3000);
    CHECK_FALSE(plan.starts);
    check_round_trip(plan);
}

TEST_CASE("a plan of the first form is read: what halted is tolerated, and a wave goes on by itself") {
    // Version 1, as it was written: name, release, query, soak, step timeout, attempts, rollback, one wave of
    // 100 %.
    base::Bytes bytes{1, 3, 'o', 'l', 'd'};
    bytes.insert(bytes.end(), 16, 7);
    for (const int byte : std::initializer_list<int>{
             0,  120, 160, 31, 3,   1,   1, 3, 'a', 'l', 'l', 192, 132, 61, // 1'000'000
             10, 208, 134, 3,  160, 141, 6, 3, 240, 46})                    // 10, 50'000, 100'000, 3, 3000
        bytes.push_back(static_cast<std::uint8_t>(byte));
    rollout::Plan plan;
    REQUIRE(unpack(bytes, plan).ok());
    CHECK(plan.name == "old");
    REQUIRE(plan.waves.size() == 1);
    const rollout::Gate& gate = plan.waves[0].gate;
    CHECK(plan.waves[0].share_ppm == 1'000'000);
    CHECK(gate.minimum == 10);
    CHECK(gate.tolerated_failure_ppm == 100'000);
    CHECK(gate.halt_error_ppm == 10'000);
    CHECK(gate.hard_stop == 0);
    CHECK(gate.unproven == rollout::Unproven::open);
    CHECK(gate.soak.count() == 3000);
    rollout::Plan again;
    REQUIRE(unpack(pack(plan), again).ok());
    CHECK(contract::text(again) == contract::text(plan));
}
