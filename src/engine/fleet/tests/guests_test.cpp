// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <fleet/guests.hpp>
#include <fleet/imports.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using test::House;
using test::kTenant;

namespace {

struct Hall : House {
    Guests guests{core};
    base::Result<DeviceActor> admit(const std::string& serial, const std::string& token,
                                    const std::string& proof) {
        GuestRequest request;
        request.serial = serial;
        request.token = token;
        request.mark = Guests::mark_of("test", proof);
        request.protocol = "mender";
        return result<DeviceActor>([&](auto reply) { guests.admit(kTenant, request, reply); });
    }
    void put_device(const ports::DeviceRow& row) {
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, row.id), shard::Priority::person,
                        [row](shard::Transaction& transaction) -> base::Status {
                            transaction.put(row);
                            return {};
                        },
                        reply);
                }).ok());
    }
    base::Result<DeviceActor> find(const std::string& serial, const std::string& proof) {
        return guests.find(kTenant, serial, Guests::mark_of("test", proof));
    }
};

} // namespace

TEST_CASE("a guest is in with a token, and known by its proof from then on") {
    Hall hall;
    hall.token("t", 1);
    const auto in = hall.admit("S1", "t", "key 1");
    REQUIRE(in.ok());
    CHECK(hall.row(in->device).lifecycle == device::Lifecycle::active);
    CHECK(hall.find("S1", "key 1").ok());
    CHECK(hall.find("S1", "key 2").error().kind == base::ErrorKind::denied);
    CHECK(hall.find("S2", "key 1").error().kind == base::ErrorKind::not_found);
    CHECK(hall.admit("S2", "t", "key 2").error().kind == base::ErrorKind::unauthenticated);
}

TEST_CASE("what a list said of a device is no word of the guest that it becomes: it is asked what it runs") {
    Hall hall;
    Imports imports{hall.core, hall.executor};
    ImportWish wish;
    wish.name = "fleet.csv";
    wish.text = "serial;model;firmware_version\nS1;GW;2.0\n";
    REQUIRE(hall.result<ImportReport>([&](auto reply) { imports.run(hall.admin, wish, reply); }).ok());
    const device::DeviceId listed = hall.live.by_serial(kTenant, "S1").value();
    REQUIRE(hall.row(listed).last_inventory != base::TimePoint{});
    hall.token("t", 1);
    const auto in = hall.admit("S1", "t", "key 1");
    REQUIRE(in.ok());
    CHECK(in->device == listed);
    CHECK(hall.row(listed).last_inventory == base::TimePoint{});
}

TEST_CASE("without a token it waits for a person") {
    Hall hall;
    const auto asks = hall.admit("S1", "", "key 1");
    REQUIRE(asks.ok());
    CHECK(hall.row(asks->device).lifecycle == device::Lifecycle::pending);
    REQUIRE(hall.status([&](auto reply) { hall.enrolment.accept(hall.admin, asks->device, "ours", reply); })
                .ok());
    CHECK(hall.row(asks->device).lifecycle == device::Lifecycle::active);
    // Nobody takes its place while it is in.
    CHECK(hall.admit("S1", "", "key 2").error().kind == base::ErrorKind::conflict);
    CHECK(hall.admit("S1", "", "key 1").ok());
}

TEST_CASE("one that waits is let in by a token that it was given since, which is spent once") {
    Hall hall;
    const auto asks = hall.admit("S1", "", "key 1");
    REQUIRE(asks.ok());
    hall.token("t", 2);
    REQUIRE(hall.admit("S1", "t", "key 1").ok());
    CHECK(hall.row(asks->device).lifecycle == device::Lifecycle::active);
    REQUIRE(hall.admit("S1", "t", "key 1").ok());
    CHECK(hall.guests.may_enter(kTenant, "t"));
}

TEST_CASE("without a token nobody takes the place of one that waits, nor a record that others rely on") {
    Hall hall;
    REQUIRE(hall.admit("S1", "", "key 1").ok());
    CHECK(hall.admit("S1", "", "key 2").error().kind == base::ErrorKind::conflict);
    hall.token("t", 1);
    const auto known = hall.enrol("t", "S2");
    REQUIRE(known.ok());
    ports::DeviceRow imported = hall.row(known->device);
    imported.certificate_serial.clear();
    hall.put_device(imported);
    CHECK(hall.admit("S2", "", "key 3").error().kind == base::ErrorKind::conflict);
    CHECK(hall.row(known->device).lifecycle == device::Lifecycle::active);
    imported.revoked = true;
    hall.put_device(imported);
    CHECK(hall.admit("S2", "", "key 3").error().kind == base::ErrorKind::conflict);
    // A list may have named it before it came.
    imported.revoked = false;
    imported.lifecycle = device::Lifecycle::unmanaged;
    hall.put_device(imported);
    CHECK(hall.admit("S2", "", "key 3").ok());
    CHECK(hall.row(known->device).lifecycle == device::Lifecycle::pending);
}

TEST_CASE("an identity that never expires is not free for others") {
    Hall hall;
    hall.token("t", 5);
    REQUIRE(hall.admit("S1", "t", "key 1").ok());
    hall.clock.steady_ += std::chrono::hours(23);
    CHECK(hall.admit("S1", "t", "key 2").error().kind == base::ErrorKind::conflict);
    CHECK(hall.enrol("t", "S1").error().kind == base::ErrorKind::conflict);
}

TEST_CASE("an identity that was ended comes back with another proof only") {
    Hall hall;
    hall.token("t", 5);
    const auto in = hall.admit("S1", "t", "key 1");
    REQUIRE(in.ok());
    REQUIRE(
        hall.status([&](auto reply) { hall.enrolment.revoke(hall.admin, in->device, "lost", reply); }).ok());
    CHECK_FALSE(hall.find("S1", "key 1").ok());
    CHECK(hall.admit("S1", "t", "key 1").error().kind == base::ErrorKind::denied);
    const auto again = hall.admit("S1", "t", "key 2");
    REQUIRE(again.ok());
    CHECK(again->device == in->device);
    CHECK(hall.find("S1", "key 2").ok());
}

TEST_CASE("a mark tells nothing of the proof, and proofs of other kinds have other marks") {
    CHECK(Guests::mark_of("a", "x").size() == 32);
    CHECK(Guests::mark_of("a", "x") != Guests::mark_of("b", "x"));
    CHECK(Guests::mark_of("a", "bx") != Guests::mark_of("ab", "x"));
}

TEST_CASE("a guest that tells no components leaves what is known of them") {
    Hall hall;
    hall.token("t", 1);
    const auto in = hall.admit("S1", "t", "key");
    REQUIRE(in.ok());
    InventoryReport told;
    told.tells_components = false;
    told.facts = {{"x.a", "1"}, {"firmware_version", "1.0"}};
    CHECK(hall.status([&](auto reply) { hall.inventories.take(*in, told, "", reply); }).ok());
    CHECK(hall.row(in->device).delta_set == SetId());
    CHECK(hall.row(in->device).running_version == "1.0");
    told.facts = {};
    told.forget = {"x.a", "x.never"};
    CHECK(hall.status([&](auto reply) { hall.inventories.take(*in, told, "", reply); }).ok());
    CHECK_FALSE(hall.live.fact(in->key(), "x.a"));
}

TEST_CASE("the page says what a guest speaks and what it does not say") {
    Hall hall;
    hall.token("t", 1);
    const auto in = hall.admit("S1", "t", "key");
    REQUIRE(in.ok());
    const auto told = hall.registry.explain(hall.admin, in->device);
    REQUIRE(told.ok());
    CHECK(told->sentences.front() == "It speaks Mender's device API.");
    CHECK(
        std::ranges::any_of(told->sentences, [](const auto& each) { return each.starts_with("Its model"); }));
    CHECK(std::ranges::any_of(told->capabilities, [](const auto& each) {
        return each.capability == device::Capability::exact_version && each.has;
    }));
}
