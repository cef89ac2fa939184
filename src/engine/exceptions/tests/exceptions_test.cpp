// SPDX-License-Identifier: Apache-2.0
#include "../../assessment/tests/import_world.hpp"

#include <assessment/notices.hpp>
#include <exceptions/excepted_then.hpp>
#include <exceptions/exceptions.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using exception::Event;
using exception::Kind;
using exception::State;
using exceptions::Filter;
using fleet::test::kTenant;

namespace {

using assessment::test::kev;
using assessment::test::osv;
using std::chrono::hours;

struct World : assessment::test::ImportWorld {
    shard::Timers timers{executor, clock};
    exceptions::Exceptions decisions{core, assessor, timers, executor, access::SecondPerson::required, log};
    access::Actor ben;

    World() {
        ben = admin;
        ben.name = "ben";
        ben.role = access::Role::approver;
        decisions.start();
        put_all(shard::control_of(kTenant), {ports::DocumentRow{"setting/poll_seconds", "60"}}); // a tenant
    }
    assessment::Figures figures(const std::string& query = "") {
        return assessment::figures(live, *assessor.fleet(kTenant),
                                   {kTenant, {}, device::parse_query(query).value()},
                                   *assessor.deadlines().in_force(kTenant));
    }
    exception::Wish accept(std::string advisory, std::string query = "", int days = 30) {
        exception::Wish wish;
        wish.subject.advisory = std::move(advisory);
        wish.scope.query = std::move(query);
        wish.reason = "the service is off";
        wish.expires = clock.now() + hours(24 * days);
        return wish;
    }
    base::Result<ports::ExceptionId> ask(const exception::Wish& wish) { return ask(admin, wish); }
    base::Result<ports::ExceptionId> ask(const access::Actor& actor, const exception::Wish& wish) {
        return result<ports::ExceptionId>([&](auto done) { decisions.ask(actor, wish, done); });
    }
    base::Status decide(const access::Actor& actor, ports::ExceptionId id, Event event,
                        std::string why = "seen") {
        return status([&](auto done) { decisions.decide(actor, id, event, why, done); });
    }
    ports::ExceptionId approved(const exception::Wish& wish) {
        const auto id = ask(wish);
        REQUIRE(id.ok());
        REQUIRE(decide(ben, *id, Event::approved).ok());
        return *id;
    }
    State state(ports::ExceptionId id) { return control.find<ports::ExceptionRow>(kTenant, id)->state; }
    void pass(base::Duration time) {
        executor.advance(time);
        settle();
    }
    std::vector<std::string> causes(ports::ExceptionId id) {
        std::vector<std::string> found;
        for (const auto& [place, row] : journal.stored)
            if (const auto* change = std::get_if<ports::ChangeRow>(&row);
                change && change->kind == "exception" && change->subject == id.text())
                found.push_back(change->summary);
        return found;
    }
};

} // namespace

TEST_CASE("what is accepted by a second person is not open until it ends, and is never counted as clean") {
    World world;
    world.device_with("GO-1", "1.0", {{"site", "a"}});
    world.device_with("GO-1", "1.1", {{"site", "b"}});
    world.import("go.jsonl", osv("GO-1"));
    REQUIRE(world.figures().exposed == 2);

    const auto id = world.ask(world.accept("GO-1", "site = a"));
    REQUIRE(id.ok());
    CHECK(world.figures().exposed == 2); // asked for is not approved
    CHECK(world.decide(world.admin, *id, Event::approved).error().kind == base::ErrorKind::denied);
    REQUIRE(world.decide(world.ben, *id, Event::approved).ok());
    assessment::Figures figures = world.figures();
    CHECK(figures.exposed == 1);
    CHECK(figures.excepted == 1);
    CHECK(figures.findings_open == 1);
    CHECK(figures.findings_accepted == 1);
    REQUIRE(figures.advisories.size() == 1);
    CHECK(figures.advisories[0].affected == 2);
    CHECK(figures.advisories[0].accepted == 1);
    CHECK(world.figures("site = a").exposed == 0);
    CHECK(world.figures("site = a").excepted == 1);
    CHECK(world.figures("site = b").excepted == 0);
    const auto views = world.decisions.list(world.admin, Filter::current);
    REQUIRE(views.size() == 1);
    CHECK(views[0].covers.devices == 1);
    CHECK(views[0].query == "(site = a) and finding = \"GO-1\"");

    world.pass(hours(24 * 17));
    CHECK(world.decisions.list(world.admin, Filter::ending).size() == 1);
    world.pass(hours(24 * 14));
    CHECK(world.state(*id) == State::expired);
    CHECK(world.figures().exposed == 2);
    CHECK(world.figures().excepted == 0);
    const auto causes = world.causes(*id);
    REQUIRE(causes.size() == 3);
    CHECK(world.says(causes.back(), R"("state":"expired")"));
    CHECK(world.says(causes.back(), R"("findings":1)"));
    CHECK(world.says(causes.back(), "open again"));
}

TEST_CASE(
    "one exception is about all that a fix would end, counts each finding once, and is named by its query") {
    World world;
    world.device_with("GO-1", "1.0", {{"site", "a"}});
    world.device_with("GO-2", "1.0", {{"site", "a"}});
    world.device_with("GO-3", "1.0", {{"site", "a"}});
    world.import("go.jsonl", osv("GO-1") + osv("GO-2") + osv("GO-3"));
    REQUIRE(world.figures().exposed == 3);
    auto wish = world.accept("GO-1", "site = a");
    wish.subject.advisory = "GO-1, GO-2, GO-1, GO-99"; // one twice, one that nobody knows
    const auto preview = world.decisions.preview(world.admin, wish);
    REQUIRE(preview.ok());
    CHECK(preview->covers.devices == 2);
    CHECK(preview->covers.findings == 2);
    CHECK(preview->before.exposed == 3);
    CHECK(preview->after.exposed == 1);
    CHECK(preview->query == R"((site = a) and finding in ("GO-1", "GO-2", "GO-1", "GO-99"))");
    CHECK(device::parse_query(preview->query).ok());
    CHECK(preview->sentence.starts_with("Accept GO-1 and 3 more, on devices with site = a"));
    world.approved(wish);
    CHECK(world.figures().exposed == 1);
    CHECK(world.figures().findings_accepted == 2);
}

TEST_CASE("a device that leaves the scope of an exception is open again, and one that enters it is not") {
    World world;
    const auto one = world.device_id_with("GO-1", "1.0", {{"site", "a"}});
    world.import("go.jsonl", osv("GO-1"));
    world.approved(world.accept("GO-1", "site = a"));
    CHECK(world.figures().exposed == 0);
    const auto move = [&](const std::string& site) {
        world.put_all(
            shard::place_of(kTenant, one),
            {ports::FactRow{one, {"site", site, device::FactSource::person, "", world.clock.now()}}});
    };
    move("b");
    CHECK(world.figures().exposed == 1);
    CHECK(world.figures().excepted == 0);
    move("a");
    CHECK(world.figures().exposed == 0);
    CHECK(world.figures().excepted == 1);
}

TEST_CASE("a mitigation leaves a finding open and takes points; a statement rules it out") {
    World world;
    world.device_with("CVE-2026-5", "1.0");
    std::string record = osv("CVE-2026-5");
    record.insert(
        1, R"("severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],)");
    world.import("go.jsonl", record);
    const assessment::Figures before = world.figures();
    REQUIRE(before.exposed == 1);
    exception::Wish wish = world.accept("CVE-2026-5");
    wish.kind = Kind::mitigate;
    wish.metric = "MAV:P";
    wish.evidence = {"https://wiki.example/vlan-7"};
    world.approved(wish);
    const assessment::Figures mitigated = world.figures();
    CHECK(mitigated.exposed == 1);
    CHECK(mitigated.findings_open == 1);
    CHECK(mitigated.findings_mitigated == 1);
    CHECK(mitigated.risk < before.risk);
    CHECK(mitigated.risk > 0);
    CHECK(mitigated.excepted == 0);

    exception::Wish stated = world.accept("CVE-2026-5");
    stated.kind = Kind::not_affected;
    stated.justification = exception::Justification::vulnerable_code_not_in_execute_path;
    stated.expires.reset();
    world.approved(stated);
    const assessment::Figures ruled_out = world.figures();
    CHECK(ruled_out.exposed == 0);
    CHECK(ruled_out.findings_not_affected == 1);
    CHECK(ruled_out.advisories.at(0).affected == 0);
    CHECK(ruled_out.advisories.at(0).not_affected == 1);
}

TEST_CASE("a rule suppresses what scores low, and nothing that is known to be exploited") {
    World world;
    const auto scored = [](const std::string& id) {
        std::string record = osv(id);
        record.insert(
            1, R"("severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N"}],)");
        return record;
    };
    world.device_with("CVE-2026-1", "1.0");
    world.device_with("CVE-2026-2", "1.0");
    world.device_with("CVE-2026-3", "1.0");
    world.import("go.jsonl", scored("CVE-2026-1") + scored("CVE-2026-2") + osv("CVE-2026-3"));
    world.import("kev.json", kev("2026-08-21T00:00:00.000Z", "CVE-2026-2"));
    REQUIRE(world.figures().exposed == 3);
    exception::Wish rule = world.accept("");
    rule.kind = Kind::suppress;
    rule.subject.below_tenths = 40;
    rule.expires.reset();
    world.approved(rule);
    const assessment::Figures figures = world.figures();
    CHECK(figures.findings_suppressed == 1);
    CHECK(figures.exposed == 2);
    CHECK(figures.exploited == 1);
}

TEST_CASE("what is decided is decided once, by those who may, for what they see") {
    World world;
    world.device_with("GO-1", "1.0");
    world.import("go.jsonl", osv("GO-1"));
    const auto id = world.ask(world.accept("GO-1"));
    access::Actor viewer = world.admin;
    viewer.role = access::Role::viewer;
    CHECK(world.ask(viewer, world.accept("GO-1")).error().kind == base::ErrorKind::denied);
    CHECK(world.decide(viewer, *id, Event::approved).error().kind == base::ErrorKind::denied);
    CHECK(world.decide(world.ben, ports::ExceptionId(base::Id128{1, 2}), Event::approved).error().kind ==
          base::ErrorKind::not_found);
    CHECK(world.decide(world.ben, *id, Event::refused, "").error().where == "/why");
    // Two at once: the second is told that it was decided.
    std::vector<base::Status> answers;
    for (const Event event : {Event::approved, Event::refused})
        world.decisions.decide(world.ben, *id, event, "seen",
                               [&](base::Status status) { answers.push_back(status); });
    world.settle();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].ok() != answers[1].ok());
    CHECK((answers[0].ok() ? answers[1] : answers[0]).error().kind == base::ErrorKind::conflict);

    access::Actor scoped = world.admin;
    scoped.role = access::Role::operator_;
    scoped.scope = {base::Id128{7, 7}};
    CHECK(world.ask(scoped, world.accept("GO-1")).error().where == "/group");
    exception::Wish of_others = world.accept("GO-1");
    of_others.scope.group = device::GroupId(base::Id128{8, 8});
    CHECK(world.ask(scoped, of_others).error().kind == base::ErrorKind::denied);
    // For the whole fleet: seen by everybody, taken back by those who see it all.
    CHECK(world.decisions.get(scoped, *id).ok());
    CHECK(world.decide(scoped, *id, Event::withdrawn).error().kind == base::ErrorKind::denied);
}

TEST_CASE("a preview says what an exception covers and what it would change, and changes nothing") {
    World world;
    world.device_with("GO-1", "1.0", {{"site", "a"}});
    world.device_with("GO-1", "1.0", {{"site", "b"}});
    world.import("go.jsonl", osv("GO-1"));
    const auto preview = world.decisions.preview(world.admin, world.accept("GO-1", "site = a"));
    REQUIRE(preview.ok());
    CHECK(preview->covers.devices == 1);
    CHECK(preview->covers.findings == 1);
    CHECK(preview->before.exposed == 2);
    CHECK(preview->after.exposed == 1);
    CHECK(preview->after.excepted == 1);
    CHECK(preview->second_person);
    CHECK(world.figures().exposed == 2);
    CHECK(world.decisions.list(world.admin, Filter::all).empty());
    CHECK(world.decisions.preview(world.admin, world.accept("GO-1", "kev")).error().where == "/query");
    exception::Wish wish = world.accept("GO-1");
    wish.kind = Kind::mitigate;
    wish.evidence = {"x"};
    wish.metric = "XX:9";
    CHECK(world.decisions.preview(world.admin, wish).error().where == "/metric");
}

TEST_CASE("exceptions for more groups and queries than can be told apart are refused, and the others count") {
    World world;
    world.device_with("GO-1", "1.0", {{"site", "s0"}});
    world.import("go.jsonl", osv("GO-1"));
    for (std::size_t i = 0; i < fleet::kMostCells; ++i)
        world.approved(world.accept("GO-1", "site = s" + std::to_string(i)));
    CHECK(world.ask(world.accept("GO-1", "site = other")).error().kind == base::ErrorKind::conflict);
    CHECK(world.ask(world.accept("GO-1", "site = s1")).ok());
    CHECK(world.ask(world.accept("GO-1")).ok());
    CHECK(world.figures().excepted == 1);
}

TEST_CASE("what counted at a moment is told of that moment, for the devices and components that it is for") {
    World world;
    const auto one = world.device_id_with("GO-1", "1.0", {{"site", "a"}});
    const auto other = world.device_id_with("GO-1", "1.0", {{"site", "b"}});
    world.import("go.jsonl", osv("GO-1"));
    const auto of = [&](const std::string& name) {
        component::Component app;
        app.name = "x/" + name;
        app.version = "1.0";
        app.purl = "pkg:golang/x/" + name + "@1.0";
        return fleet::component_id(app);
    };
    const std::vector<ports::ComponentId> hole{of("GO-1")}, both{of("GO-1"), of("GO-2")};
    const base::TimePoint before = world.clock.now();
    world.pass(hours(1));
    const auto id = world.approved(world.accept("GO-1", "site = a"));
    const base::TimePoint then = world.clock.now();
    world.pass(hours(24 * 31));
    REQUIRE(world.state(id) == State::expired);
    const auto advisory = world.assessor.fleet(kTenant)->knowledge->file.find("GO-1").front();
    const auto covers = [&](base::TimePoint at, device::DeviceId device,
                            const std::vector<ports::ComponentId>& components) {
        return exceptions::ExceptedThen(world.core, world.assessor.fleet(kTenant), kTenant, at)
            .covers(device, advisory, components);
    };
    CHECK(covers(then, one, hole));
    CHECK_FALSE(covers(then, other, hole));
    CHECK_FALSE(covers(then, one, both)); // open in the one that nobody knows
    CHECK_FALSE(covers(then, one, {}));
    CHECK_FALSE(covers(before, one, hole));
    CHECK_FALSE(covers(world.clock.now(), one, hole));
    const auto during = [&](base::TimePoint from, base::TimePoint to) {
        return world.decisions.list(world.admin, Filter::all, {from, to}).size();
    };
    CHECK(during(before, before) == 0);
    CHECK(during(before, then) == 1);
    CHECK(during(world.clock.now(), world.clock.now()) == 0);
    // A mitigation leaves it open.
    exception::Wish mitigation = world.accept("GO-1");
    mitigation.kind = Kind::mitigate;
    mitigation.metric = "MAV:A";
    mitigation.evidence = {"VLAN 7"};
    world.approved(mitigation);
    CHECK_FALSE(covers(world.clock.now(), one, hole));
    world.approved(world.accept("GO-1"));
    CHECK(covers(world.clock.now(), other, hole));
}

TEST_CASE("exceptions assess no set again, and devices that they do not touch share what they weigh") {
    World world;
    for (int i = 0; i < 20; ++i)
        world.device_with("GO-1", "1.0", {{"site", "s" + std::to_string(i)}});
    world.device_with("GO-2", "1.0", {{"site", "s1"}});
    world.import("go.jsonl", osv("GO-1") + osv("GO-2"));
    const auto before = world.assessor.fleet(kTenant);
    world.approved(world.accept("GO-1", "site = s1"));
    const auto after = world.assessor.fleet(kTenant);
    CHECK(before != after);
    CHECK(before->sets == after->sets); // the same assessments
    const auto tallies =
        world.live.tally({kTenant, {}, device::parse_query("").value()}, {}, assessment::cells_of(*after));
    CHECK(tallies.size() == 3); // two sets, one of them in two cells
    assessment::Standings standings;
    standings.begin(after, world.assessor.deadlines().in_force(kTenant));
    std::set<const assessment::Standing*> distinct;
    for (const fleet::Tally& tally : tallies)
        distinct.insert(&standings.of(tally.base, tally.delta, {}, tally.cell));
    CHECK(distinct.size() == 3);
    // A set that no exception is about weighs the same wherever its devices stand.
    for (const fleet::Tally& tally : tallies)
        if (const auto* set = after->find(tally.base); set->components()[0].name == "x/GO-2")
            CHECK(&standings.of(tally.base, tally.delta, {}, 0) ==
                  &standings.of(tally.base, tally.delta, {}, 1));
}

TEST_CASE("an own advisory matches as soon as it is stored, keeps its id when the CVE comes, and goes when "
          "withdrawn") {
    World world;
    assessment::Notices notices(world.core);
    world.device_with("later", "1.0");
    advisory::Notice notice;
    notice.title = "The update service takes any file";
    notice.products = {{"pkg:golang/x/later", "", "", "1.2.0", ""}};
    notice.exploited = true;
    const auto id = world.result<std::string>([&](auto done) { notices.add(world.admin, notice, done); });
    REQUIRE(id.ok());
    CHECK(id->starts_with("OAKUM-"));
    CHECK(world.figures().exposed == 1);
    CHECK(world.figures().exploited == 1);
    const auto exception = world.approved(world.accept(*id));
    CHECK(world.figures().excepted == 1);

    notice.aliases = {"CVE-2026-77"};
    CHECK(world.status([&](auto done) { notices.edit(world.admin, *id, notice, 9, done); }).error().kind ==
          base::ErrorKind::conflict);
    REQUIRE(world.status([&](auto done) { notices.edit(world.admin, *id, notice, 1, done); }).ok());
    std::string record = osv("later");
    record.replace(record.find("\"later\""), 7, "\"CVE-2026-77\"");
    world.import("go.jsonl", record);
    const auto knowledge = world.assessor.knowledge();
    REQUIRE(knowledge->file.size() == 1);
    CHECK(knowledge->file.id(0) == "CVE-2026-77");
    CHECK(knowledge->file.find(*id).size() == 1);
    // What was decided about the one is decided about the other.
    CHECK(world.figures().excepted == 1);
    CHECK(world.state(exception) == State::approved);

    REQUIRE(world.status([&](auto done) { notices.withdraw(world.admin, *id, "wrong", done); }).ok());
    CHECK(world.assessor.knowledge()->file.find(*id).empty());
    CHECK(world.figures().exploited == 0);
    access::Actor viewer = world.admin;
    viewer.role = access::Role::viewer;
    CHECK(world.result<std::string>([&](auto done) { notices.add(viewer, notice, done); }).error().kind ==
          base::ErrorKind::denied);
}
