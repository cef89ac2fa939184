// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <fleet/guests.hpp>
#include <fleet/shared_keys.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using test::House;
using test::kTenant;
using Proof = SharedKeys::Proof;

namespace {

// Opens only for the purpose that it sealed for.
class Sealer final : public ports::Sealer {
  public:
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override {
        return std::string(purpose) + "|" + base::to_hex(secret);
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override {
        if (!sealed.starts_with(std::string(purpose) + "|")) return base::corrupt("another purpose");
        return base::from_hex(sealed.substr(purpose.size() + 1));
    }
};

struct Hall : House {
    Sealer sealer;
    SharedKeys keys{core, enrolment, sealer, dice};
    Guests guests{core};
    base::Result<SharedKeys::Made> add(SharedKeys::Wish wish, std::optional<access::Actor> who = {}) {
        return result<SharedKeys::Made>([&](auto reply) { keys.add(who.value_or(admin), wish, reply); });
    }
    base::Status remove(const std::string& endpoint) {
        return status([&](auto reply) { keys.remove(admin, endpoint, reply); });
    }
    base::Result<DeviceActor> come(const std::string& endpoint) {
        const auto entry = keys.of_endpoint(kTenant, endpoint);
        REQUIRE(entry);
        GuestRequest asked;
        asked.serial = endpoint;
        asked.mark = entry->mark;
        asked.protocol = "lwm2m";
        asked.let_in = entry->group;
        return result<DeviceActor>([&](auto reply) { guests.admit(kTenant, asked, reply); });
    }
};

} // namespace

TEST_CASE("a key is told once, kept sealed, and found by its identity") {
    Hall hall;
    const auto made = hall.add({.endpoint = "urn:dev:1"});
    REQUIRE(made.ok());
    CHECK(made->key.size() == 16);
    CHECK(made->entry.identity == "urn:dev:1");
    CHECK(hall.keys.key(kTenant, "urn:dev:1").value() == made->key);
    CHECK(hall.keys.of_identity(kTenant, "urn:dev:1")->mark == made->entry.mark);
    CHECK(hall.keys.key(kTenant, "urn:dev:2").error().kind == base::ErrorKind::not_found);
    CHECK(hall.keys.list(hall.admin).value().size() == 1);
    // Nothing that is written says it but the sealed document.
    for (const auto& [place, row] : hall.journal.stored)
        if (const auto* audit = std::get_if<ports::AuditRow>(&row))
            CHECK(audit->after.find(base::to_hex(made->key)) == std::string::npos);
}

TEST_CASE("a device may bring the key and the identity that its maker gave it") {
    Hall hall;
    const base::Bytes key(32, 7);
    CHECK(hall.add({.endpoint = "ep", .identity = "psk-1", .key = key})->key == key);
    CHECK(hall.keys.key(kTenant, "psk-1").value() == key);
    CHECK_FALSE(hall.keys.key(kTenant, "ep").ok());
    CHECK(hall.add({.endpoint = "ep"}).error().kind == base::ErrorKind::conflict);
    CHECK(hall.add({.endpoint = "ep2", .identity = "psk-1"}).error().kind == base::ErrorKind::conflict);
    for (const SharedKeys::Wish& wrong : std::initializer_list<SharedKeys::Wish>{
             {.endpoint = ""},
             {.endpoint = "a b"},
             {.endpoint = std::string(129, 'x')},
             {.endpoint = "e", .identity = {}, .key = base::Bytes(15)},
             {.endpoint = "e", .identity = {}, .key = base::Bytes(65)},
             {.endpoint = "e", .identity = {}, .key = key, .group = {}, .proof = Proof::none}})
        CHECK(hall.add(wrong).error().kind == base::ErrorKind::invalid);
}

TEST_CASE("who was named is in without a token, and after its key was removed only with a new one") {
    Hall hall;
    hall.put(ports::DocumentRow{"setting/enrolment_acceptance", "1"});
    REQUIRE(hall.add({.endpoint = "ep"}).ok());
    const auto in = hall.come("ep");
    REQUIRE(in.ok());
    CHECK(hall.row(in->device).lifecycle == device::Lifecycle::active);
    CHECK(hall.guests.find(kTenant, "ep", in->certificate_serial).ok());
    CHECK(hall.remove("ep").ok());
    CHECK_FALSE(hall.keys.key(kTenant, "ep").ok());
    CHECK(hall.guests.find(kTenant, "ep", in->certificate_serial).error().kind == base::ErrorKind::denied);
    CHECK(hall.remove("ep").error().kind == base::ErrorKind::not_found);
    REQUIRE(hall.add({.endpoint = "ep"}).ok());
    const auto again = hall.come("ep");
    REQUIRE(again.ok());
    CHECK(again->device == in->device);
    CHECK(again->certificate_serial != in->certificate_serial);
}

TEST_CASE("naming a device takes no record over that holds another identity") {
    Hall hall;
    hall.token("t", 1);
    REQUIRE(hall.enrol("t", "S1").ok());
    REQUIRE(hall.add({.endpoint = "S1"}).ok());
    CHECK(hall.come("S1").error().kind == base::ErrorKind::conflict);
}

TEST_CASE("keys are made by those who may let devices in, and within their groups") {
    Hall hall;
    access::Actor viewer = hall.admin;
    viewer.role = access::Role::viewer;
    CHECK(hall.add({.endpoint = "ep"}, viewer).error().kind == base::ErrorKind::denied);
    access::Actor scoped = hall.admin;
    scoped.scope = {hall.ids.next()};
    CHECK_FALSE(hall.add({.endpoint = "ep"}, scoped).ok());
    REQUIRE(hall.add({.endpoint = "ep"}).ok());
    CHECK(hall.status([&](auto reply) { hall.keys.remove(scoped, "ep", reply); }).error().kind ==
          base::ErrorKind::not_found);
    CHECK(hall.keys.list(scoped).value().empty());
}
