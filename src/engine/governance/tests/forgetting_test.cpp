// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/forgetting.hpp>

using namespace oakum;
using namespace oakum::governance;

namespace {

struct House : test::World {
    Forgetter forgetter{writer, control};
    access::Actor admin = first_administrator().principal.actor;
    access::UserId otto = add_user(admin, "otto", access::Role::operator_)->id;

    void put(ports::Row row) {
        REQUIRE(wait_status([&](auto done) {
                    writer.submit(
                        shard::control_of(device::kDefaultTenant), shard::Priority::person,
                        [row](shard::Transaction& transaction) -> base::Status {
                            std::visit([&](auto value) { transaction.put(std::move(value)); }, row);
                            return {};
                        },
                        done);
                }).ok());
    }
    void disable(access::UserId id) {
        UserPatch patch;
        patch.disabled = true;
        REQUIRE(wait<ports::UserRow>([&](auto done) { users.patch(admin, id, patch, done); }).ok());
    }
    base::Result<Forgetting> forget(access::UserId id) {
        return wait<Forgetting>([&](auto done) { forgetter.forget(admin, id, "left in May", done); });
    }
};

} // namespace

TEST_CASE("of somebody who left the account keeps no name, no credential, and no link to elsewhere") {
    House house;
    REQUIRE(house.sign_in("otto").ok());
    ports::AlarmRow alarm;
    alarm.id = ports::AlarmId(base::Id128{5, 1});
    alarm.acknowledged_by = "user otto";
    alarm.muted_by = "user anna";
    house.put(alarm);
    ports::EditRow edit;
    edit.id = ports::EditId(base::Id128{5, 2});
    edit.actor = "token ci of otto";
    house.put(edit);
    ports::ExceptionRow decision;
    decision.id = ports::ExceptionId(base::Id128{5, 3});
    decision.asked_by = "user otto";
    house.put(decision);
    house.put(ports::DocumentRow{"view/01jc0000000000000000000002",
                                 R"({"owner":")" + house.otto.text() + R"(","shared":false})"});
    house.put(
        ports::DocumentRow{"view/01jc0000000000000000000003",
                           R"({"owner":")" + house.otto.text() + R"(","owner_name":"otto","shared":true})"});
    CHECK(house.forget(house.otto).error().kind == base::ErrorKind::conflict); // may sign in
    house.disable(house.otto);
    const auto seen = house.forgetter.preview(house.admin, house.otto);
    REQUIRE(seen.ok());
    CHECK(seen->name == "otto");
    CHECK(seen->credentials == 1);
    CHECK(seen->views == 1);
    CHECK(seen->mentions == 2);
    CHECK(seen->decisions == 1);
    CHECK(house.control.find<ports::UserRow>(device::kDefaultTenant, house.otto)->name == "otto");

    const auto done = house.forget(house.otto);
    REQUIRE_MESSAGE(done.ok(), done.error().text());
    const auto user = house.control.find<ports::UserRow>(device::kDefaultTenant, house.otto);
    CHECK(user->name == seen->pseudonym);
    CHECK(user->password_hash.empty());
    CHECK(user->disabled);
    const auto held = house.control.find<ports::AlarmRow>(device::kDefaultTenant, alarm.id);
    CHECK(held->acknowledged_by == "user " + seen->pseudonym);
    CHECK(held->muted_by == "user anna");
    CHECK(house.control.find<ports::EditRow>(device::kDefaultTenant, edit.id)->actor ==
          "user " + seen->pseudonym);
    CHECK(house.control.find<ports::ExceptionRow>(device::kDefaultTenant, decision.id)->asked_by ==
          "user otto");
    CHECK(house.control.document(device::kDefaultTenant, "view/01jc0000000000000000000002").empty());
    const std::string shared =
        house.control.document(device::kDefaultTenant, "view/01jc0000000000000000000003");
    CHECK(shared.find(R"("owner_name":")" + seen->pseudonym) != std::string::npos);
    for (const auto& token : house.control.list<ports::TokenRow>(device::kDefaultTenant))
        if (token->user == house.otto)
            CHECK((token->revoked && token->label.empty() && token->client.empty()));
    const auto log = house.history.audit(device::kDefaultTenant, 0, 1000);
    for (const auto& record : *log)
        if (record.action == "user.forget")
            CHECK((record.before + record.after).find("otto") == std::string::npos);
    CHECK(house.audited("user.forget") == 1);
    CHECK(house.forget(house.otto).error().kind == base::ErrorKind::conflict); // already
    CHECK(house.add_user(house.admin, "otto", access::Role::viewer).ok());     // the name is free
}

TEST_CASE("only who edits people forgets, and never whoever may still sign in") {
    House house;
    access::Actor viewer = house.admin;
    viewer.role = access::Role::viewer;
    CHECK(house.forgetter.preview(viewer, house.otto).error().kind == base::ErrorKind::denied);
    CHECK(house.forgetter.preview(house.admin, access::UserId(base::Id128{9, 9})).error().kind ==
          base::ErrorKind::not_found);
    CHECK(house.forgetter.preview(house.admin, house.admin.user).error().kind == base::ErrorKind::conflict);
}
