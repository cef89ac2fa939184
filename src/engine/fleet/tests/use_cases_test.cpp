// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <doctest/doctest.h>

namespace {
using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;
using base::ErrorKind;
using std::chrono::seconds;
} // namespace

TEST_CASE("a token enrols one device, and the device is what it says it is") {
    House house;
    house.token("secret", 1);
    const auto enrolled = house.enrol("secret", "SN-1");
    REQUIRE(enrolled.ok());
    CHECK(!enrolled->pending);
    CHECK(enrolled->certificate_pem.starts_with("urn:oakum:1:" + enrolled->device.text()));
    CHECK(house.row(enrolled->device).lifecycle == device::Lifecycle::active);
    CHECK(house.live.by_serial(kTenant, "SN-1") == enrolled->device);
    CHECK(house.enrol("secret", "SN-2").error().kind == ErrorKind::unauthenticated);
    CHECK(house.enrol("no such", "SN-2").error().kind == ErrorKind::unauthenticated);
    CHECK(!house.live.by_serial(kTenant, "SN-2"));
    house.token("other", 5);
    CHECK(house.enrol("other", "SN-1").error().kind == ErrorKind::conflict); // an identity is not taken over
    CHECK(shard::verify_audit(std::nullopt, *house.history.audit(kTenant, 0, 100)).ok());
}

TEST_CASE("a lost answer can be asked for again until the identity was used") {
    House house;
    house.token("secret", 1);
    const auto first = house.enrol("secret", "SN-1");
    const auto again = house.enrol("secret", "SN-1");
    REQUIRE(again.ok());
    CHECK(again->device == first->device);
    CHECK(house.enrol("secret", "SN-2").error().kind == ErrorKind::unauthenticated);
    CHECK(house.enrolment.check(house.actor(*first)).ok()); // the device may have heard either answer
    house.clock.steady_ += seconds(5);
    CHECK(house.poll(house.actor(*again)).ok());
    CHECK(house.poll(house.actor(*first)).error().kind == ErrorKind::denied); // now it used the second
    CHECK(house.enrol("secret", "SN-1").error().kind == ErrorKind::unauthenticated);
}

TEST_CASE("a device that is enrolled anew may ask again too, though it told its inventory before") {
    House house;
    house.token("first", 1);
    const auto enrolled = house.enrol("first", "SN-1");
    REQUIRE(enrolled.ok());
    const DeviceActor before = house.actor(*enrolled);
    REQUIRE(house.poll(before).ok());
    REQUIRE(house.status([&](auto reply) { house.inventories.take(before, {}, "d1", reply); }).ok());
    REQUIRE(
        house.status([&](auto reply) { house.registry.retire(house.admin, enrolled->device, "sold", reply); })
            .ok());
    house.clock.steady_ += seconds(5);
    house.token("second", 1);
    REQUIRE(house.enrol("second", "SN-1").ok()); // this answer is lost
    house.clock.steady_ += seconds(5);
    const auto again = house.enrol("second", "SN-1");
    REQUIRE(again.ok());
    CHECK(again->device == enrolled->device);
    house.clock.steady_ += seconds(5);
    SUBCASE("until it polled") {
        CHECK(house.poll(house.actor(*again)).ok());
    }
    SUBCASE("until it told its inventory") {
        CHECK(house.status([&](auto reply) { house.inventories.take(house.actor(*again), {}, "d1", reply); })
                  .ok());
    }
    CHECK(house.enrol("second", "SN-1").error().kind == ErrorKind::unauthenticated);
    CHECK(house.poll(before).error().kind == ErrorKind::denied);
}

TEST_CASE("an expired or revoked token enrols nobody") {
    House house;
    house.token("secret", 1);
    house.clock.steady_ += std::chrono::hours(25);
    CHECK(house.enrol("secret", "SN-1").error().kind == ErrorKind::unauthenticated);
    CHECK(house.authority.issued == 0); // refused before anything is signed
}

TEST_CASE("with acceptance asked for, a device waits until a person accepts it") {
    House house;
    house.put(ports::DocumentRow{"setting/enrolment_acceptance", "1"});
    house.token("secret", 1);
    const auto enrolled = house.enrol("secret", "SN-1");
    REQUIRE(enrolled.ok());
    CHECK(enrolled->pending);
    house.offers.wanted = enrolled->device;
    CHECK(house.poll(house.actor(*enrolled)).ok());
    CHECK(house.offers.made == 0);
    CHECK(house
              .status(
                  [&](auto reply) { house.enrolment.accept(house.admin, enrolled->device, "known", reply); })
              .ok());
    CHECK(house.poll(house.actor(*enrolled)).ok());
    CHECK(house.offers.made == 1);
}

TEST_CASE("a revocation takes effect at once, and enrolling again gives a new identity") {
    House house;
    house.token("secret", 2);
    const auto enrolled = house.enrol("secret", "SN-1");
    CHECK(house.enrolment.check(house.actor(*enrolled)).ok());
    CHECK(house
              .status(
                  [&](auto reply) { house.enrolment.revoke(house.admin, enrolled->device, "stolen", reply); })
              .ok());
    CHECK(house.enrolment.check(house.actor(*enrolled)).error().kind == ErrorKind::denied);
    CHECK(house.poll(house.actor(*enrolled)).error().kind == ErrorKind::denied);
    const auto again = house.enrol("secret", "SN-1");
    REQUIRE(again.ok());
    CHECK(again->device == enrolled->device);
    CHECK(house.poll(house.actor(*again)).ok());
}

TEST_CASE("an identity whose certificate ended may be replaced, and not a second before") {
    House house;
    house.token("secret", 3);
    const auto enrolled = house.enrol("secret", "SN-1");
    REQUIRE(house.poll(house.actor(*enrolled)).ok());
    house.clock.steady_ += std::chrono::hours(90 * 24) - seconds(2);
    house.token("later", 3);
    CHECK(house.enrol("later", "SN-1").error().kind == ErrorKind::conflict);
    house.clock.steady_ += seconds(3);
    const auto again = house.enrol("later", "SN-1");
    REQUIRE(again.ok());
    CHECK(again->device == enrolled->device);
    CHECK(house.poll(house.actor(*again)).ok());
    CHECK(house.poll(house.actor(*enrolled)).error().kind == ErrorKind::denied);
}

TEST_CASE(
    "a renewed certificate ends the one before when it is first used, and the old one then means a clone") {
    House house;
    house.token("secret", 1);
    const auto enrolled = house.enrol("secret", "SN-1");
    const DeviceActor old = house.actor(*enrolled);
    const auto renew = [&] {
        return house.result<std::string>([&](auto reply) { house.enrolment.renew(old, "csr", reply); });
    };
    CHECK(renew().ok());         // this answer is lost
    CHECK(house.poll(old).ok()); // the old one goes on
    CHECK(house.poll(old)->renew);
    const auto pem = renew();
    REQUIRE(pem.ok());
    const DeviceActor fresh{kTenant, enrolled->device, pem->substr(pem->rfind(' ') + 1)};
    CHECK(house.poll(fresh).ok());
    CHECK(!house.row(enrolled->device).clone_suspected);
    CHECK(house.poll(old).error().kind == ErrorKind::denied);
    CHECK(house.row(enrolled->device).clone_suspected);
    CHECK(house.live.count(house.select("clone = yes")).yes == 1);
    CHECK(
        house
            .status([&](auto reply) { house.registry.clear_clone(house.admin, enrolled->device, "", reply); })
            .ok());
    CHECK(!house.row(enrolled->device).clone_suspected);
}

TEST_CASE("a renewal that is asked for twice gives one certificate, whichever answer is heard") {
    House house;
    house.token("secret", 1);
    const auto enrolled = house.enrol("secret", "SN-1");
    const DeviceActor old = house.actor(*enrolled);
    const auto renew = [&](const DeviceActor& device, const std::string& request) {
        const auto pem =
            house.result<std::string>([&](auto reply) { house.enrolment.renew(device, request, reply); });
        REQUIRE(pem.ok());
        return *pem;
    };
    const auto actor = [&](const std::string& pem) {
        return DeviceActor{kTenant, enrolled->device, pem.substr(pem.rfind(' ') + 1)};
    };
    const std::string first = renew(old, "csr of key 1");
    house.clock.steady_ += seconds(20);
    CHECK(renew(old, "csr of key 1") == first);
    const auto events = house.kinds_of_events(enrolled->device);
    CHECK(std::count(events.begin(), events.end(), "certificate") == 1); // and one is written down
    SUBCASE("the first is used") {
        CHECK(house.poll(actor(first)).ok());
        CHECK(house.poll(old).error().kind == ErrorKind::denied);
        CHECK(house.row(enrolled->device).clone_suspected); // of the one that still uses the old one
    }
    SUBCASE("both at the same moment") {
        std::vector<std::string> both;
        for (int copy = 0; copy < 2; ++copy)
            house.enrolment.renew(old, "csr of key 2",
                                  [&](base::Result<std::string> pem) { both.push_back(pem.value()); });
        house.settle();
        REQUIRE(both.size() == 2);
        CHECK(both.front() == both.back());
        CHECK(both.front() != first); // another key, another certificate: the one before never gets valid
        CHECK(house.poll(actor(both.front())).ok());
        CHECK(house.poll(actor(first)).error().kind == ErrorKind::denied);
    }
    SUBCASE("a key that is kept still gets a new certificate each time") {
        CHECK(house.poll(actor(first)).ok());
        const std::string next = renew(actor(first), "csr of key 1");
        CHECK(actor(next).certificate_serial != actor(first).certificate_serial);
        CHECK(house.poll(actor(next)).ok());
        CHECK(house.poll(actor(first)).error().kind == ErrorKind::denied);
    }
    SUBCASE("a clone that renews with a key of its own is noticed") {
        const std::string cloned = renew(old, "csr of a clone");
        CHECK(house.poll(actor(first)).error().kind == ErrorKind::denied);
        CHECK(house.row(enrolled->device).clone_suspected);
        CHECK(house.poll(actor(cloned)).ok());
    }
    SUBCASE("a revocation ends all of them at once") {
        CHECK(house
                  .status([&](auto reply) {
                      house.enrolment.revoke(house.admin, enrolled->device, "stolen", reply);
                  })
                  .ok());
        for (const DeviceActor& device : {old, actor(first)}) {
            CHECK(house.poll(device).error().kind == ErrorKind::denied);
            CHECK(house
                      .result<std::string>(
                          [&](auto reply) { house.enrolment.renew(device, "csr of key 1", reply); })
                      .error()
                      .kind == ErrorKind::denied);
        }
    }
}

TEST_CASE("a device is told to renew in the last third of its certificate's life, however short that is") {
    House house;
    const auto words = [](const std::string& pem) {
        std::vector<std::int64_t> from_to;
        for (std::size_t at = pem.find(' '); from_to.size() < 2; at = pem.find(' ', at + 1))
            from_to.push_back(std::stoll(pem.substr(at + 1)));
        return from_to;
    };
    std::int64_t life = 90 * 86'400, margin = 300;
    SUBCASE("as nothing is set") {}
    SUBCASE("in days, as it was set before") {
        house.put(ports::DocumentRow{"setting/certificate_days", "30"});
        life = 30 * 86'400;
    }
    SUBCASE("in seconds") {
        house.put(ports::DocumentRow{"setting/certificate_days", "30"});
        house.put(ports::DocumentRow{"setting/certificate_seconds", "60"});
        life = 60;
        margin = 6; // a tenth, so that a short life does not begin long before
    }
    house.token("secret", 1);
    const auto enrolled = house.enrol("secret", "SN-1");
    REQUIRE(enrolled.ok());
    const std::int64_t now = base::unix_seconds(house.clock.now());
    CHECK(words(enrolled->certificate_pem) == std::vector{now - margin, now + life});
    const DeviceActor device = house.actor(*enrolled);
    house.clock.steady_ += seconds(life * 2 / 3 - 1);
    CHECK(!house.poll(device)->renew);
    house.clock.steady_ += seconds(1);
    CHECK(house.poll(device)->renew);
    const auto pem =
        house.result<std::string>([&](auto reply) { house.enrolment.renew(device, "csr", reply); });
    REQUIRE(pem.ok());
    const std::int64_t then = base::unix_seconds(house.clock.now());
    CHECK(words(*pem) == std::vector{then - margin, then + life});
}

TEST_CASE("two boots that alternate under one identity are a clone") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house.poll(device, "boot-a").ok());
    CHECK(house.poll(device, "boot-b").ok());
    CHECK(house.poll(device, "boot-c").ok());
    CHECK(!house.row(device.device).clone_suspected);
    CHECK(house.poll(device, "boot-b").ok());
    CHECK(house.row(device.device).clone_suspected);
}

TEST_CASE("a poll that changes nothing writes nothing and survives the loss of the store") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    REQUIRE(house.poll(device).ok());
    PollReport report;
    report.boot_id = "b1";
    report.running_version = "1.0";
    report.desired = house.row(device.device).desired_number;
    const std::size_t stored = house.journal.stored.size();
    const auto answer = house.polling.poll_at_once(device, report);
    REQUIRE(answer);
    REQUIRE(answer->ok());
    CHECK((*answer)->send_inventory); // none was taken yet
    CHECK((*answer)->poll_seconds >= 54);
    CHECK((*answer)->poll_seconds <= 66);
    CHECK(house.journal.stored.size() == stored);
    // The store refuses everything: a device that has news is still told what it was to do, and gets no new
    // offer.
    house.offers.wanted = device.device;
    report.boot_id = "b2";
    std::optional<base::Result<PollAnswer>> told;
    house.polling.poll(device, report, [&](base::Result<PollAnswer> given) { told = std::move(given); });
    house.executor.run();
    REQUIRE(house.journal.busy());
    house.journal.fail(base::unavailable("the disk is full"));
    house.executor.run();
    REQUIRE(told);
    REQUIRE(told->ok());
    CHECK((*told)->desired == report.desired);
    CHECK(!(*told)->offer);
    CHECK(house.offers.made == 0);
}

TEST_CASE("last_seen lags and is written by the flush") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house.poll(device).ok());
    const auto before = house.row(device.device).last_seen;
    house.clock.steady_ += seconds(50);
    CHECK(house.poll(device).ok());
    CHECK(house.row(device.device).last_seen == before);
    CHECK(house.registry.get(house.admin, device.device)->row.last_seen == before + seconds(50));
    house.polling.flush_last_seen();
    house.settle();
    CHECK(house.row(device.device).last_seen == before + seconds(50));
}

TEST_CASE("a device that is not heard of for three times its cadence is quiet, and active when heard again") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house.poll(device).ok());
    house.clock.steady_ += seconds(170);
    const auto sweep = [&] {
        for (int i = 0; i < 3; ++i)
            house.polling.sweep_quiet();
        house.settle();
    };
    sweep();
    CHECK(house.row(device.device).lifecycle == device::Lifecycle::active);
    house.clock.steady_ += seconds(20);
    sweep();
    CHECK(house.row(device.device).lifecycle == device::Lifecycle::quiet);
    CHECK(house.poll(device).ok());
    CHECK(house.row(device.device).lifecycle == device::Lifecycle::active);
}

TEST_CASE("a device outside one's scope does not exist") {
    House house;
    const auto group = house.result<GroupId>([&](auto reply) {
        house.groups.create(house.admin, {"Plant 3", "", {{"criticality", "high"}}}, reply);
    });
    REQUIRE(group.ok());
    house.token("inside", 1, *group);
    house.token("outside", 1);
    const DeviceActor in = house.actor(*house.enrol("inside", "SN-1")),
                      out = house.actor(*house.enrol("outside", "SN-2"));
    access::Actor operator_ = house.admin;
    operator_.role = access::Role::operator_;
    operator_.scope = {group->get()};
    CHECK(house.registry.get(operator_, in.device).ok());
    const auto hidden = house.registry.get(operator_, out.device);
    REQUIRE(!hidden.ok());
    CHECK(hidden.error().kind == ErrorKind::not_found);
    CHECK(hidden.error() == house.registry.get(operator_, DeviceId(out.device.get())).error());
    const auto listed = house.registry.sample(operator_, "", 10);
    REQUIRE(listed.ok());
    CHECK(listed->size() == 1);
    CHECK(house.registry.count(operator_, "")->total == 1);
    CHECK(house.status([&](auto reply) { house.registry.hold(operator_, out.device, true, "", reply); })
              .error()
              .kind == ErrorKind::not_found);
    CHECK(house.status([&](auto reply) { house.registry.hold(operator_, in.device, true, "", reply); }).ok());
    access::Actor viewer = house.admin;
    viewer.role = access::Role::viewer;
    CHECK(house.status([&](auto reply) { house.registry.hold(viewer, in.device, true, "", reply); })
              .error()
              .kind == ErrorKind::denied);
    access::Actor stranger = house.admin;
    stranger.tenant = 7;
    CHECK(house.registry.get(stranger, in.device).error().kind == ErrorKind::not_found);
    // What the group gives is inherited, and the page says from where.
    const DeviceSummary summary = *house.registry.get(house.admin, in.device);
    for (const auto& fact : summary.facts)
        if (fact.key == "criticality") {
            CHECK(fact.source == device::FactSource::group);
            CHECK(fact.detail == "Plant 3");
        }
    CHECK(house.live.count(house.select("criticality = high")).yes == 1);
}

TEST_CASE("groups are refused when their name is taken, their query is wrong or leads back to them") {
    House house;
    const auto create = [&](GroupWish wish) {
        return house.result<GroupId>([&](auto reply) { house.groups.create(house.admin, wish, reply); });
    };
    CHECK(create({"A", "group = B", {}}).ok());
    CHECK(create({"a", "", {}}).error().kind == ErrorKind::conflict);
    CHECK(create({"B", "group = A", {}}).error().where == "/query");
    CHECK(create({"C", "modle = x", {}}).error().where == "column 1");
    CHECK(create({"D", "", {{"serial", "1"}}}).error().where == "/defaults/serial");
    CHECK(create({"", "", {}}).error().where == "/name");
    CHECK(house.groups.list(house.admin)->size() == 1);
}

TEST_CASE("groups of groups go four deep, and what lies deeper nobody can tell, however it is asked") {
    House house;
    house.token("secret", 3);
    for (const char* serial : {"SN-1", "SN-2"})
        REQUIRE(house.enrol("secret", serial).ok());
    const auto create = [&](const std::string& name, const std::string& query) {
        return house.result<GroupId>(
            [&](auto reply) { house.groups.create(house.admin, {name, query, {}}, reply); });
    };
    REQUIRE(create("G1", "serial = SN-1").ok());
    for (int i = 2; i <= 4; ++i)
        REQUIRE(create("G" + std::to_string(i), "group = G" + std::to_string(i - 1)).ok());
    const auto fifth = create("G5", "group = G4");
    REQUIRE_FALSE(fifth.ok());
    CHECK(fifth.error().where == "/query");
    CHECK(fifth.error().message.find("go 4 deep") != std::string::npos);
    const auto agreed = [&](const std::string& text) {
        const Selection selection = house.select(text);
        const Count counted = house.live.count(selection);
        Count one_by_one;
        for (const DeviceId& id : house.live.page(house.select(""), std::nullopt, 100))
            house.live.glance({kTenant, id}, [&](const Glance& glance) {
                const device::Truth truth = device::evaluate(selection.query, glance);
                one_by_one.yes += truth == device::Truth::yes;
                one_by_one.unknown += truth == device::Truth::unknown;
            });
        CHECK(counted.yes == one_by_one.yes);
        CHECK(counted.unknown == one_by_one.unknown);
        return counted;
    };
    CHECK(agreed("group = G4").yes == 1);
    CHECK(agreed("group = G4").unknown == 0);
    // One that was made deeper from below, which is not looked at then.
    GroupId first;
    const std::vector<GroupView> views = house.groups.list(house.admin).value();
    for (const GroupView& view : views)
        if (view.row.name == "G1") first = view.row.id;
    REQUIRE(create("G0", "serial = SN-1").ok());
    REQUIRE(house
                .status([&](auto reply) {
                    house.groups.change(house.admin, first, {"G1", "group = G0", {}}, std::nullopt, reply);
                })
                .ok());
    CHECK(agreed("group = G3").yes == 1);
    CHECK(agreed("group = G4").yes == 0);
    CHECK(agreed("group = G4").unknown == 2);
    CHECK(agreed("not group = G4").unknown == 2);
}

TEST_CASE("every change by a person is in the audit log, with what was before") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house
              .status([&](auto r) {
                  house.registry.set_facts(house.admin, device.device, {{"owner", "ops"}}, "new team", r);
              })
              .ok());
    CHECK(house
              .status([&](auto r) {
                  house.registry.set_facts(house.admin, device.device, {{"owner", ""}}, "", r);
              })
              .ok());
    CHECK(house.status([&](auto r) { house.registry.hold(house.admin, device.device, true, "", r); }).ok());
    CHECK(house.status([&](auto r) { house.registry.retire(house.admin, device.device, "sold", r); }).ok());
    const auto log = *house.history.audit(kTenant, 0, 100);
    CHECK(shard::verify_audit(std::nullopt, log).ok());
    REQUIRE(log.size() == 5);
    CHECK(log[1].action == "device.edit");
    CHECK(log[1].after == "{\"owner\":\"ops\"}");
    CHECK(log[1].why == "new team");
    CHECK(log[2].before == "{\"owner\":\"ops\"}");
    CHECK(log[4].action == "device.retire");
    CHECK(house.poll(device).error().kind == ErrorKind::denied);
    CHECK(house.live.count(house.select("")).total == 0);
    CHECK(!house.registry.explain(house.admin, device.device)->sentences.empty());
}
