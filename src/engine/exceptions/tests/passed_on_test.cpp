// SPDX-License-Identifier: Apache-2.0
#include "../../assessment/tests/import_world.hpp"

#include <exceptions/passed_on.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using exception::Event;
using exception::State;
using fleet::test::kTenant;

namespace {

using assessment::test::osv;
using std::chrono::hours;

struct World : assessment::test::ImportWorld {
    shard::Timers timers{executor, clock};
    access::SecondPerson rule;
    exceptions::Exceptions decisions{core, assessor, timers, executor, rule, log};
    exceptions::PassedOn passed{core, decisions, rule};
    fleet::Replacements replacements{core, executor, passed};
    access::Actor ben, otto;
    device::DeviceId old, fresh;

    explicit World(access::SecondPerson who = access::SecondPerson::not_required,
                   const std::string& fresh_model = "CAM-1",
                   device::FactSource source = device::FactSource::reported)
        : rule(who) {
        ben = otto = admin;
        ben.name = "ben";
        ben.role = access::Role::approver;
        otto.name = "otto";
        otto.role = access::Role::operator_;
        decisions.start();
        edits.heed(passed);
        put_all(shard::control_of(kTenant), {ports::DocumentRow{"setting/poll_seconds", "60"}}); // a tenant
        // What runs on them follows from model and version, also after their facts change.
        const std::map<std::string, std::string> runs{
            {"firmware_version", "1.0"}, {"serial", "S1"}, {"model", "CAM-1"}};
        old = device_id_with("GO-1", "1.0", runs);
        auto other_runs = runs;
        other_runs["serial"] = "S2";
        other_runs["model"] = fresh_model;
        fresh = device_id_with("GO-1", "1.0", other_runs);
        for (const device::DeviceId id : {old, fresh}) {
            const std::string model = id == old ? "CAM-1" : fresh_model;
            put_all(shard::place_of(kTenant, id), {ports::FactRow{id, {"model", model, source, "", {}}}});
        }
        const device::SetId set = live.device({kTenant, old})->base_set;
        put_all(shard::control_of(kTenant), {ports::FirmwareRow{"CAM-1", "1.0", set, "sbom.json", {}},
                                             ports::FirmwareRow{"CAM-2", "1.0", set, "sbom.json", {}}});
        import("go.jsonl", osv("GO-1"));
    }
    ports::ExceptionId approved(const std::string& query) {
        exception::Wish wish;
        wish.subject.advisory = "GO-1";
        wish.scope.query = query;
        wish.reason = "the service is off";
        wish.expires = clock.now() + hours(24 * 30);
        const auto id = result<ports::ExceptionId>([&](auto done) { decisions.ask(admin, wish, done); });
        REQUIRE(id.ok());
        if (rule == access::SecondPerson::not_required) return *id;
        REQUIRE(status([&](auto done) { decisions.decide(ben, *id, Event::approved, "seen", done); }).ok());
        return *id;
    }
    ports::EditRow replace(const access::Actor& actor) {
        const auto seen = result<fleet::ReplacementPreview>(
            [&](auto done) { replacements.preview(actor, old, fresh, done); });
        REQUIRE_MESSAGE(seen.ok(), seen.error().text());
        const auto edit = result<ports::EditRow>(
            [&](auto done) { replacements.apply(actor, old, fresh, seen->stamp, "it fell", done); });
        REQUIRE_MESSAGE(edit.ok(), edit.error().text());
        CHECK(edit->state == "done");
        return *edit;
    }
    // The newest one, which is not `than`.
    ports::ExceptionRow other(ports::ExceptionId than) {
        for (const auto& row : control.list<ports::ExceptionRow>(kTenant))
            if (row->id != than) return *row;
        return {};
    }
    std::uint64_t exposed() {
        return assessment::figures(live, *assessor.fleet(kTenant),
                                   {kTenant, {}, device::parse_query("").value()},
                                   *assessor.deadlines().in_force(kTenant))
            .exposed;
    }
};

} // namespace

TEST_CASE(
    "an exception of one device passes on to the unit of its model that takes its place, and comes back") {
    World world;
    const auto id = world.approved("serial = S1");
    REQUIRE(world.exposed() == 1); // the spare
    const auto edit = world.replace(world.otto);
    const ports::ExceptionRow row = world.other(id);
    CHECK(row.state == State::approved);
    CHECK(row.wish.scope.query == "id = " + world.fresh.text());
    CHECK(row.asked_by == "user anna");
    CHECK(row.history.back().actor == "user otto"); // who passed it on, not who approved the other one
    CHECK(row.history.back().why.find("passed on by user otto") != std::string::npos);
    CHECK(world.exposed() == 0);
    CHECK(world.decisions.get(world.admin, id)->covers.devices == 0); // retired units count nowhere
    const auto undone = world.result<ports::EditRow>(
        [&](auto done) { world.edits.undo(world.otto, edit.id, "the wrong one", done); });
    REQUIRE(undone.ok());
    CHECK(undone->left_alone == 0);
    CHECK(world.other(id).state == State::withdrawn);
    CHECK(world.exposed() == 1);
}

TEST_CASE(
    "where a second person approves it is asked for anew, and stays open until somebody else approves it") {
    World world(access::SecondPerson::required);
    const auto id = world.approved("id = " + world.old.text());
    world.replace(world.otto);
    const ports::ExceptionRow row = world.other(id);
    CHECK(row.state == State::asked);
    CHECK(row.asked_by == "user otto");
    CHECK(world.exposed() == 1);
    CHECK_FALSE(world
                    .status([&](auto done) {
                        world.decisions.decide(world.otto, row.id, Event::approved, "seen", done);
                    })
                    .ok());
    REQUIRE(world
                .status([&](auto done) {
                    world.decisions.decide(world.ben, row.id, Event::approved, "seen", done);
                })
                .ok());
    CHECK(world.exposed() == 0);
}

TEST_CASE("another model, or one that a person stated by hand, is not the same kind") {
    for (const auto& [model, source] :
         {std::pair("CAM-2", device::FactSource::reported), std::pair("CAM-1", device::FactSource::person)}) {
        World world(access::SecondPerson::not_required, model, source);
        world.approved("serial = S1");
        const auto bound = world.passed.bound_to(world.otto, world.old, world.fresh);
        REQUIRE(bound.size() == 1);
        CHECK(bound.front().note.find("not known to be of the same model") != std::string::npos);
    }
}

TEST_CASE("a decision passes on once, however often it is sent") {
    World world;
    const auto id = world.approved("serial = S1");
    world.replace(world.otto);
    CHECK(world.passed.bound_to(world.otto, world.old, world.fresh).empty());
    const ports::ExceptionId second(base::Id128{9, 9});
    CHECK(world
              .status([&](auto done) {
                  world.passed.pass_on(world.otto, {id, second, world.old, world.fresh, ""}, done);
              })
              .ok());
    CHECK_FALSE(world.control.find<ports::ExceptionRow>(kTenant, second));
}

TEST_CASE("an exception of which the device is one condition among others stays, and that is said") {
    World world;
    const auto id = world.approved("serial = S1 and model = CAM-1");
    world.approved("model = CAM-1"); // not bound to a device: it covers both before and after
    const auto bound = world.passed.bound_to(world.otto, world.old, world.fresh);
    REQUIRE(bound.size() == 1);
    CHECK(bound.front().id == id);
    CHECK_FALSE(bound.front().passes);
    CHECK(bound.front().note.find("ask for it anew") != std::string::npos);
    access::Actor scoped = world.otto;
    scoped.scope = {base::Id128{1, 1}};
    world.approved("id = " + world.old.text());
    for (const auto& decision : world.passed.bound_to(scoped, world.old, world.fresh))
        CHECK_FALSE(decision.passes);
}
