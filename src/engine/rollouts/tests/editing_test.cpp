// SPDX-License-Identifier: Apache-2.0
// Waves that have not opened are changed while the others go on.
#include "world.hpp"

#include <rollout/edit.hpp>

#include <algorithm>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;
using namespace std::chrono_literals;

namespace {

access::Actor person(const access::Actor& like, const std::string& name, access::Role role) {
    access::Actor actor = like;
    actor.name = name;
    actor.role = role;
    return actor;
}

struct Editable : World {
    // A second life of the same rows, in which somebody else has to approve.
    shard::Timers strict_timers{executor, clock};
    Rollouts strict{core, strict_timers, dice, Approval::required, log};
    access::Actor anna = person(admin, "anna", access::Role::administrator);
    access::Actor bert = person(admin, "bert", access::Role::administrator);

    shard::Held<ports::RolloutRow> row(ports::RolloutId id) {
        return control.find<ports::RolloutRow>(fleet::test::kTenant, id);
    }
    base::Status edit(Rollouts& in, const access::Actor& actor, ports::RolloutId id,
                      std::vector<rollout::Wave> waves, std::optional<base::Digest256> seen = {}) {
        const base::Digest256 content = seen.value_or(rollout::content_of(row(id)->plan));
        return status([&](auto reply) { in.edit(actor, id, std::move(waves), content, "because", reply); });
    }
    base::Status does(Rollouts& in, const access::Actor& actor, ports::RolloutId id, rollout::Event event,
                      std::optional<base::Digest256> seen = {}) {
        return status([&](auto reply) { in.act(actor, id, event, "because", reply, seen); });
    }
    void update_all() {
        for (const auto& device : devices)
            if (const auto deployment = offered(device))
                tell(device, *deployment, State::installed, 1, Reason::none, "2.0");
    }
    std::vector<std::string> decisions; // that became durable

    Editable() {
        writer.on_committed([this](const shard::Committed& committed) {
            for (const ports::ShardRows& shard : committed.batch.shards)
                for (const ports::Row& one : shard.rows)
                    if (const auto* decision = std::get_if<ports::RolloutDecisionRow>(&one))
                        decisions.push_back(decision->decision + ": " + decision->sentence);
        });
    }
};

} // namespace

TEST_CASE(
    "a wave that has not opened is changed while the rollout runs, and devices go by what it says now") {
    Editable world;
    world.enrol_many(6);
    rollout::Plan plan = world.plan({{100, kEasy}, {100, kEasy}});
    plan.waves[0].query = "serial = S0";
    const auto id = world.start(plan);
    auto waves = world.row(id)->plan.waves;
    waves[1].query = "serial in (S1, S2)";
    waves.push_back({"the rest", 1'000'000, kEasy});
    waves[2].pace.max_in_flight = 1;
    REQUIRE(world.edit(world.rollouts, world.admin, id, waves).ok());
    CHECK(world.rollouts.members(fleet::test::kTenant, *world.row(id)) ==
          std::vector<std::uint32_t>{1, 2, 3});
    CHECK(std::ranges::count(world.decisions,
                             "changed: " + world.admin.text() +
                                 ": wave 2 \"wave 100\": for serial in (S1, S2) instead of everybody; "
                                 "wave 3 \"the rest\" is new "
                                 "(100 % of everybody). because") == 1);
    world.update_all();
    world.look();
    CHECK(world.row(id)->open_wave == 1);
    world.update_all();
    CHECK(world.totals(id).verified == 3);
    world.look();
    for (const auto& device : world.devices)
        static_cast<void>(world.offered(device));
    CHECK(world.totals(id).pending == 1); // the pace of the new wave
}

TEST_CASE("what has opened stays, and so does what is over") {
    Editable world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{50, kEasy}, {100, kEasy}}));
    auto waves = world.row(id)->plan.waves;
    waves[0].gate.soak = 1h;
    const auto refused = world.edit(world.rollouts, world.admin, id, waves);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::conflict);
    CHECK(refused.error().where == "/waves/0");
    waves = world.row(id)->plan.waves;
    waves[1].query = "tag.ring =";
    CHECK(world.edit(world.rollouts, world.admin, id, waves).error().where.starts_with("/waves/1/query"));
    REQUIRE(world.act(id, rollout::Event::pause).ok());
    waves[1].query = "";
    waves[1].gate.soak = 1h;
    CHECK(world.edit(world.rollouts, world.admin, id, waves).ok());
    REQUIRE(world.act(id, rollout::Event::abort).ok());
    waves[1].gate.soak = 2h;
    CHECK(world.edit(world.rollouts, world.admin, id, waves).error().text().find("no wave left to change") !=
          std::string::npos);
}

TEST_CASE("of two people who change it at once the second is told, and nothing of theirs is taken over") {
    Editable world;
    world.enrol_many(2);
    const auto id = world.start(world.plan({{50, kEasy}, {100, kEasy}}));
    const auto seen = rollout::content_of(world.row(id)->plan);
    auto first = world.row(id)->plan.waves, second = first;
    first[1].gate.soak = 1h;
    second[1].gate.soak = 2h;
    CHECK(world.edit(world.rollouts, world.anna, id, first, seen).ok());
    const auto refused = world.edit(world.rollouts, world.bert, id, second, seen);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::conflict);
    CHECK(refused.error().text().find("somebody else changed the plan since it was looked at") !=
          std::string::npos);
    CHECK(world.row(id)->plan.waves[1].gate.soak == base::Duration(1h));
    // Who only operates plans nothing.
    CHECK(world.edit(world.rollouts, person(world.admin, "vera", access::Role::viewer), id, second)
              .error()
              .kind == base::ErrorKind::denied);
}

TEST_CASE(
    "where approvals are asked for, no other wave opens before somebody else approved what was changed") {
    Editable world;
    world.enrol_many(8);
    rollout::Plan plan = world.plan({{100, kEasy}, {100, kEasy}, {100, kEasy}});
    plan.waves[0].query = "serial in (S0, S1)";
    plan.waves[1].query = "serial in (S2, S3)";
    const auto id = world.start(plan);
    auto waves = world.row(id)->plan.waves;
    waves[2].pace.per_minute = 100;
    REQUIRE(world.edit(world.strict, world.anna, id, waves).ok());
    CHECK(world.strict.unapproved(fleet::test::kTenant, id) == std::vector<std::string>{world.anna.text()});
    CHECK(world.rollouts.unapproved(fleet::test::kTenant, id).empty()); // nobody asks for it there
    // What is open goes on.
    world.update_all();
    CHECK(world.totals(id).verified == 2);
    const auto look = [&] {
        world.strict.look_at_gates();
        world.settle();
    };
    look();
    CHECK(world.row(id)->open_wave == 0);
    const auto refused = world.does(world.strict, world.anna, id, rollout::Event::open_next_wave);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().text().find("its waves were changed by " + world.anna.text()) != std::string::npos);
    CHECK(world.row(id)->open_wave == 0);
    // Neither who changed it nor, once more people did, one of them; and not what nobody saw.
    CHECK_FALSE(world.does(world.strict, world.anna, id, rollout::Event::approve).ok());
    const auto seen = rollout::content_of(world.row(id)->plan);
    const auto carl = person(world.admin, "carl", access::Role::administrator);
    waves[2].pace.per_minute = 50;
    REQUIRE(world.edit(world.strict, carl, id, waves).ok());
    CHECK_FALSE(world.does(world.strict, carl, id, rollout::Event::approve).ok());
    CHECK_FALSE(world.does(world.strict, world.anna, id, rollout::Event::approve).ok());
    CHECK(world.does(world.strict, world.bert, id, rollout::Event::approve, seen).error().kind ==
          base::ErrorKind::conflict);
    const auto now = rollout::content_of(world.row(id)->plan);
    REQUIRE(world.does(world.strict, world.bert, id, rollout::Event::approve, now).ok());
    CHECK(world.row(id)->approved_by == world.bert.text());
    CHECK(world.row(id)->state == rollout::State::running);
    CHECK(world.strict.unapproved(fleet::test::kTenant, id).empty());
    look();
    CHECK(world.row(id)->open_wave == 1);
}

TEST_CASE("a plan that waits for its approval is approved as it was looked at, and by none who wrote it") {
    Editable world;
    const auto id = world.result<ports::RolloutId>([&](auto reply) {
        world.strict.create(world.anna, world.plan({{50, kEasy}, {100, kEasy}}), schedule::Priority::normal,
                            reply);
    });
    REQUIRE(id.ok());
    const auto seen = rollout::content_of(world.row(*id)->plan);
    auto waves = world.row(*id)->plan.waves;
    waves[0].share_ppm = 100'000;
    REQUIRE(world.edit(world.strict, world.bert, *id, waves).ok());
    const auto carl = person(world.admin, "carl", access::Role::administrator);
    CHECK_FALSE(world.does(world.strict, world.bert, *id, rollout::Event::approve).ok());
    CHECK_FALSE(world.does(world.strict, carl, *id, rollout::Event::approve, seen).ok());
    REQUIRE(world.does(world.strict, carl, *id, rollout::Event::approve).ok());
    CHECK(world.row(*id)->state == rollout::State::scheduled);
    waves[0].share_ppm = 200'000;
    CHECK(world.edit(world.strict, world.bert, *id, waves).error().text().find("it was approved as it is") !=
          std::string::npos);
    // Nothing was started yet, so no wave waits.
    REQUIRE(world.does(world.strict, carl, *id, rollout::Event::start).ok());
}
