// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <device/replacement.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;
using base::ErrorKind;

namespace {

// Remembers what it was asked, and refuses what a test says.
struct Decisions final : DecisionsByDevice {
    std::vector<BoundDecision> bound_to(const access::Actor&, DeviceId, DeviceId) const override {
        return bound;
    }
    void pass_on(const access::Actor&, PassOn wish, std::function<void(base::Status)> done) override {
        if (refuses) return done(base::conflict("no room"));
        passed.push_back(wish.to);
        done({});
    }
    void take_back(const access::Actor&, ports::ExceptionId id, std::string,
                   std::function<void(base::Status)> done) override {
        taken_back.push_back(id);
        done({});
    }
    std::vector<BoundDecision> bound;
    std::vector<ports::ExceptionId> passed, taken_back;
    bool refuses = false;
};

struct Hall : House {
    Decisions decisions;
    Replacements replacements{core, executor, decisions};
    GroupId plant, spares;
    DeviceId old, fresh;

    Hall() {
        edits.heed(decisions);
        plant = group("plant 3");
        spares = group("spares");
        token("a", 1, plant);
        token("b", 1, spares);
        old = enrol("a", "S1", "CAM-1")->device;
        fresh = enrol("b", "S2", "CAM-1")->device;
        set(old, {{"name", "gate camera"}, {"owner", "line 3"}, {"criticality", "high"}, {"tag.ring", "1"}});
        set(fresh, {{"name", "spare 7"}, {"tag.shelf", "B"}});
        REQUIRE(status([&](auto reply) { registry.hold(admin, old, true, "", reply); }).ok());
    }
    GroupId group(const std::string& name) {
        GroupWish wish;
        wish.name = name;
        return *result<GroupId>([&](auto reply) { groups.create(admin, wish, reply); });
    }
    void set(DeviceId id, std::map<std::string, std::string> facts) {
        REQUIRE(status([&](auto reply) { registry.set_facts(admin, id, facts, "", reply); }).ok());
    }
    base::Result<ReplacementPreview> look(DeviceId from, DeviceId to, const access::Actor& actor) {
        return result<ReplacementPreview>([&](auto reply) { replacements.preview(actor, from, to, reply); });
    }
    base::Result<ports::EditRow> apply(DeviceId from, DeviceId to, const std::string& stamp) {
        return result<ports::EditRow>(
            [&](auto reply) { replacements.apply(admin, from, to, stamp, "it fell", reply); });
    }
    ports::EditRow replace(DeviceId from, DeviceId to) {
        const auto seen = look(from, to, admin);
        REQUIRE_MESSAGE(seen.ok(), seen.error().text());
        const auto edit = apply(from, to, seen->stamp);
        REQUIRE_MESSAGE(edit.ok(), edit.error().text());
        return *edit;
    }
    base::Result<ports::EditRow> undo(ports::EditId id) {
        return result<ports::EditRow>([&](auto reply) { edits.undo(admin, id, "a test", reply); });
    }
    std::string fact(DeviceId id, std::string_view key) {
        const auto found = live.fact({kTenant, id}, key);
        return found ? found->value : "";
    }
};

} // namespace

TEST_CASE("a new unit takes the place of a broken one, which is retired and keeps its own history") {
    Hall hall;
    const std::size_t events = hall.kinds_of_events(hall.old).size();
    const auto seen = hall.look(hall.old, hall.fresh, hall.admin);
    REQUIRE(seen.ok());
    CHECK(seen->retires);
    CHECK_FALSE(seen->to_be_accepted);
    std::string told;
    for (std::size_t i = 0; i < seen->after.size(); ++i)
        told += seen->after[i].key + ":" + seen->before[i].value + ">" + seen->after[i].value + " ";
    CHECK(told == "criticality:>high name:spare 7>gate camera owner:>line 3 tag.ring:>1 =group:" +
                      hall.spares.text() + ">" + hall.plant.text() + " =hold:released>held ");
    CHECK(hall.fact(hall.fresh, "name") == "spare 7"); // it was looked at only

    const auto edit = hall.apply(hall.old, hall.fresh, seen->stamp);
    REQUIRE_MESSAGE(edit.ok(), edit.error().text());
    CHECK(edit->state == "done");
    CHECK(edit->changed == 2);
    CHECK(edit->name == "replace gate camera by spare 7");
    CHECK(hall.fact(hall.fresh, "name") == "gate camera");
    CHECK(hall.fact(hall.fresh, "owner") == "line 3");
    CHECK(hall.fact(hall.fresh, "tag.shelf") == "B");
    CHECK(hall.fact(hall.fresh, "serial") == "S2");
    CHECK(hall.fact(hall.fresh, device::kReplaces) == hall.old.text());
    CHECK(hall.fact(hall.old, device::kReplacedBy) == hall.fresh.text());
    CHECK(hall.row(hall.fresh).group == hall.plant);
    CHECK(hall.row(hall.fresh).hold);
    CHECK(hall.row(hall.old).lifecycle == device::Lifecycle::retired);
    CHECK(hall.fact(hall.old, "name") == "gate camera");
    CHECK(hall.kinds_of_events(hall.old).size() > events);
    const auto again = hall.look(hall.old, hall.fresh, hall.admin);
    CHECK(again->after.empty()); // nothing is left to do
    CHECK(hall.apply(hall.old, hall.fresh, again->stamp).error().kind == ErrorKind::conflict);
}

TEST_CASE(
    "undoing a replacement gives both units back what nobody changed since, and its decisions with it") {
    Hall hall;
    const ports::ExceptionId accepted(base::Id128{7, 7}), other(base::Id128{7, 8});
    hall.decisions.bound = {{accepted, "Accept CVE-1", true, "passes on"},
                            {other, "Accept CVE-2", false, "stays"}};
    const auto edit = hall.replace(hall.old, hall.fresh);
    CHECK(edit.reasons == std::vector<std::string>{"Accept CVE-2: stays"});
    REQUIRE(hall.decisions.passed.size() == 1);
    CHECK(hall.decisions.passed.front() != accepted);
    hall.set(hall.fresh, {{"owner", "line 9"}});
    const auto undone = hall.undo(edit.id);
    REQUIRE_MESSAGE(undone.ok(), undone.error().text());
    CHECK(undone->state == "undone");
    CHECK(undone->put_back == 2);
    CHECK(undone->left_alone == 1);
    REQUIRE(undone->left.size() == 1);
    CHECK(undone->left.front().find("owner was changed since") != std::string::npos);
    CHECK(hall.fact(hall.fresh, "name") == "spare 7");
    CHECK(hall.fact(hall.fresh, "owner") == "line 9");
    CHECK(hall.fact(hall.fresh, device::kReplaces).empty());
    CHECK(hall.row(hall.fresh).group == hall.spares);
    CHECK_FALSE(hall.row(hall.fresh).hold);
    CHECK(hall.row(hall.old).lifecycle == device::Lifecycle::active);
    CHECK(hall.fact(hall.old, device::kReplacedBy).empty());
    CHECK(hall.decisions.taken_back == hall.decisions.passed);
    CHECK(hall.undo(edit.id).error().kind == ErrorKind::conflict);
    CHECK(hall.replace(hall.old, hall.fresh).state == "done"); // and again
}

TEST_CASE("what was not looked at is not done, and a decision that cannot pass on is said") {
    Hall hall;
    const auto seen = hall.look(hall.old, hall.fresh, hall.admin);
    REQUIRE(seen.ok());
    hall.set(hall.old, {{"owner", "line 4"}});
    CHECK(hall.apply(hall.old, hall.fresh, seen->stamp).error().kind == ErrorKind::conflict);
    CHECK(hall.row(hall.old).lifecycle == device::Lifecycle::active);
    hall.decisions.bound = {{ports::ExceptionId(base::Id128{7, 7}), "Accept CVE-1", true, "passes on"}};
    hall.decisions.refuses = true;
    const auto edit = hall.replace(hall.old, hall.fresh);
    CHECK(edit.state == "done");
    CHECK(edit.reasons == std::vector<std::string>{"a decision was not passed on: no room"});
}

TEST_CASE("one place has one unit, and one unit one place; whoever may not change both changes neither") {
    Hall hall;
    hall.replace(hall.old, hall.fresh);
    hall.token("c", 2);
    const DeviceId third = hall.enrol("c", "S3")->device, fourth = hall.enrol("c", "S4")->device;
    CHECK(hall.look(hall.old, third, hall.admin).error().kind == ErrorKind::conflict);
    CHECK(hall.look(third, hall.fresh, hall.admin).error().kind == ErrorKind::conflict);
    CHECK(hall.look(third, hall.old, hall.admin).error().kind == ErrorKind::conflict);
    CHECK(hall.look(third, third, hall.admin).error().kind == ErrorKind::conflict);
    access::Actor viewer = hall.admin, scoped = hall.admin;
    viewer.role = access::Role::viewer;
    scoped.role = access::Role::operator_;
    scoped.scope = {hall.plant.get()};
    CHECK(hall.look(third, fourth, viewer).error().kind == ErrorKind::denied);
    CHECK(hall.look(hall.fresh, third, scoped).error().kind == ErrorKind::not_found);
    // Seen through a group's query, the old one's own group is out of reach: nobody is put into it.
    access::Actor by_query = hall.admin;
    by_query.role = access::Role::operator_;
    GroupWish cameras;
    cameras.name = "cameras";
    cameras.query = "name = \"gate camera\" or serial = S3";
    const GroupId seen =
        *hall.result<GroupId>([&](auto reply) { hall.groups.create(hall.admin, cameras, reply); });
    by_query.scope = {seen.get()};
    CHECK(hall.look(hall.fresh, third, by_query).error().kind == ErrorKind::not_found);
    // The next in line: the second replacement is of the unit that stands there now.
    CHECK(hall.replace(hall.fresh, third).state == "done");
    CHECK(hall.fact(third, "name") == "gate camera");
}

TEST_CASE("what broke off after the new unit is gone on with by doing it again, or taken back") {
    Hall hall;
    const auto seen = hall.look(hall.old, hall.fresh, hall.admin);
    REQUIRE(seen.ok());
    std::optional<base::Result<ports::EditRow>> answer;
    hall.replacements.apply(hall.admin, hall.old, hall.fresh, seen->stamp, "",
                            [&](auto given) { answer = given; });
    hall.executor.run();
    hall.journal.succeed(); // that it began
    hall.executor.run();
    hall.journal.succeed(); // the new unit
    hall.executor.run();
    hall.journal.fail(base::unavailable("disk full"));
    hall.settle();
    REQUIRE(answer);
    REQUIRE(answer->ok());
    CHECK((*answer)->state == "interrupted");
    CHECK(hall.fact(hall.fresh, "name") == "gate camera");
    CHECK(hall.row(hall.old).lifecycle == device::Lifecycle::active);
    const auto again = hall.replace(hall.old, hall.fresh);
    CHECK(again.state == "done");
    CHECK(hall.row(hall.old).lifecycle == device::Lifecycle::retired);
    CHECK(hall.undo(again.id)->put_back == 1);
    CHECK(hall.undo((*answer)->id)->put_back == 1);
    CHECK(hall.fact(hall.fresh, "name") == "spare 7");
    CHECK(hall.fact(hall.fresh, device::kReplaces).empty());
}
