// SPDX-License-Identifier: Apache-2.0
#include "../../fleet/tests/house.hpp"

#include <budgets/budgets.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::budgets;
using budget::Budget;
using budget::Devices;
using budget::Percent;
using schedule::Priority;

namespace {

struct Town : fleet::test::House {
    Budgets budgets{core};
    Town() { budgets.start(); }

    base::Status set(const Budget& budget) {
        return status([&](auto reply) { budgets.put(admin, budget, reply); });
    }
    device::DeviceId device(const std::string& serial, const std::string& site) {
        token(serial, 1);
        const auto enrolled = enrol(serial, serial);
        REQUIRE(enrolled.ok());
        if (!site.empty()) put_fact(enrolled->device, "site", site);
        return enrolled->device;
    }
    void put_fact(device::DeviceId id, std::string_view key, const std::string& value) {
        REQUIRE(
            status([&](auto reply) {
                writer.submit(
                    shard::place_of(fleet::test::kTenant, id), shard::Priority::person,
                    [=](shard::Transaction& transaction) -> base::Status {
                        transaction.put(ports::FactRow{
                            id,
                            {std::string(key), value, device::FactSource::person, "", transaction.now()}});
                        return {};
                    },
                    reply);
            }).ok());
    }
    // The device's deployment goes to that state.
    void deploy(device::DeviceId id, install::State state) {
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(fleet::test::kTenant, id), shard::Priority::person,
                        [=, this](shard::Transaction& transaction) -> base::Status {
                            ports::DeviceRow row = *transaction.device(id);
                            std::optional<ports::DeploymentRow> held =
                                row.deployment.is_zero() ? std::nullopt
                                                         : transaction.deployment(id, row.deployment);
                            if (!held) {
                                held.emplace();
                                held->id = ids.next_as<ports::DeploymentId>();
                                held->device = id;
                            }
                            held->state = state;
                            row.deployment = held->id;
                            transaction.put(row);
                            transaction.put(*held);
                            return {};
                        },
                        reply);
                }).ok());
    }
    template <class Ask> auto look(device::DeviceId id, Ask ask) {
        std::optional<std::invoke_result_t<Ask, const fleet::Glance&>> answer;
        REQUIRE(live.glance({fleet::test::kTenant, id},
                            [&](const fleet::Glance& glance) { answer = ask(glance); }));
        return *answer;
    }
    bool room(device::DeviceId id, Priority priority = Priority::normal) {
        const bool room =
            look(id, [&](const fleet::Glance& glance) { return budgets.room(glance, priority); });
        const auto full =
            look(id, [&](const fleet::Glance& glance) { return budgets.full(glance, priority); });
        CHECK(room == !full.has_value());
        return room;
    }
    std::string why(device::DeviceId id) {
        return in_words(
            *look(id, [&](const fleet::Glance& glance) { return budgets.full(glance, Priority::normal); }));
    }
};

const Budget kOne{"one-a-site", "", {"site"}, Devices{1}, {}, ""};

} // namespace

TEST_CASE("one of a group is out of service, and the next waits until it is back; other groups do not") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    const auto b = town.device("s2", "kiel"); // the same site, as in queries
    const auto c = town.device("s3", "Bonn");
    CHECK(town.room(b));
    REQUIRE(town.set(kOne).ok());
    CHECK(town.room(b));
    town.deploy(a, install::State::offered);
    CHECK_FALSE(town.room(b));
    CHECK(town.why(b) == "budget \"one-a-site\": 1 of at most 1 of site kiel is out of service");
    CHECK(town.room(c));
    for (const auto state : {install::State::installing, install::State::silent}) {
        town.deploy(a, state);
        CHECK_FALSE(town.room(b));
    }
    town.deploy(a, install::State::expired);
    CHECK(town.room(b));
}

TEST_CASE("budgets that are set while devices are out of service count them, and so does a restart") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    const auto b = town.device("s2", "Kiel");
    town.deploy(a, install::State::soaking);
    REQUIRE(town.set(kOne).ok());
    CHECK_FALSE(town.room(b));
    Budgets again{town.core};
    again.start();
    CHECK_FALSE(
        town.look(b, [&](const fleet::Glance& glance) { return again.room(glance, Priority::normal); }));
    REQUIRE(town.status([&](auto reply) { town.budgets.remove(town.admin, "one-a-site", "", reply); }).ok());
    CHECK(town.room(b));
}

TEST_CASE(
    "a device counts where its facts say that it is now, also by its group's, and not once it is retired") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    const auto b = town.device("s2", "Bonn");
    REQUIRE(town.set(kOne).ok());
    town.deploy(a, install::State::installing);
    CHECK(town.room(b));
    town.put_fact(a, "site", "Bonn");
    CHECK_FALSE(town.room(b));
    REQUIRE(town.status([&](auto reply) { town.registry.retire(town.admin, a, "dead", reply); }).ok());
    CHECK(town.room(b));
}

TEST_CASE("an offer counts from its decision on, and a failed one gives its place back") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    const auto b = town.device("s2", "Kiel");
    REQUIRE(town.set(kOne).ok());
    const auto offer = town.ids.next_as<ports::DeploymentId>();
    town.look(a, [&](const fleet::Glance& glance) { return town.budgets.reserve(glance, offer), true; });
    CHECK_FALSE(town.room(b));
    // Rules that change meanwhile do not forget it.
    Budget two = kOne;
    two.name = "another";
    REQUIRE(town.set(two).ok());
    CHECK_FALSE(town.room(b));
    town.budgets.release(fleet::test::kTenant, offer);
    CHECK(town.room(b));
    town.budgets.release(fleet::test::kTenant, offer); // once more does no harm
    CHECK(town.room(b));
}

TEST_CASE("an offer that was decided before the first budget counts in it") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    const auto b = town.device("s2", "Kiel");
    const auto offer = town.ids.next_as<ports::DeploymentId>();
    town.look(a, [&](const fleet::Glance& glance) { return town.budgets.reserve(glance, offer), true; });
    CHECK(town.room(b));
    CHECK(town.budgets.list(town.admin)->empty());
    REQUIRE(town.set(kOne).ok());
    CHECK_FALSE(town.room(b));
    // Nor does taking the last budget away and setting it again lose it.
    REQUIRE(town.status([&](auto reply) { town.budgets.remove(town.admin, "one-a-site", "", reply); }).ok());
    CHECK(town.room(b));
    REQUIRE(town.set(kOne).ok());
    CHECK_FALSE(town.room(b));
    town.budgets.release(fleet::test::kTenant, offer);
    CHECK(town.room(b));
}

TEST_CASE("a share rests on how many a group has: nothing goes until they are counted, then 1 at least") {
    Town town;
    std::vector<device::DeviceId> kiel;
    for (int i = 0; i < 8; ++i)
        kiel.push_back(town.device("k" + std::to_string(i), "Kiel"));
    const auto bonn = town.device("b1", "Bonn");
    REQUIRE(town.set({"quarter", "", {"site"}, Percent{25}, {}, ""}).ok());
    CHECK_FALSE(town.room(kiel[0]));
    CHECK(town.why(kiel[0]) == "budget \"quarter\": how many there are of site Kiel is being counted");
    town.budgets.count(1000);
    CHECK(town.room(kiel[0]));
    town.deploy(kiel[0], install::State::installing);
    CHECK(town.room(kiel[1]));
    town.deploy(kiel[1], install::State::installing);
    CHECK_FALSE(town.room(kiel[2])); // 2 of 8
    CHECK(town.room(bonn));          // 25 % of 1, and 1 at least
    town.deploy(bonn, install::State::installing);
    CHECK_FALSE(town.room(bonn));
    // Four more make it three, once they are counted again.
    for (int i = 0; i < 4; ++i)
        town.device("n" + std::to_string(i), "Kiel");
    town.budgets.count(1000);
    CHECK_FALSE(town.room(kiel[2]));
    town.clock.steady_ += std::chrono::minutes(1);
    town.budgets.count(1000);
    CHECK(town.room(kiel[2]));
}

TEST_CASE("0 means none, a missing fact makes one group, an unknown query counts, urgency may pass") {
    Town town;
    const auto a = town.device("s1", "");
    const auto b = town.device("s2", "");
    REQUIRE(town.set({"none", "site = Kiel", {}, Percent{0}, Priority::urgent, ""}).ok());
    // Whether it stands in Kiel is not known.
    CHECK_FALSE(town.room(a));
    CHECK(town.why(a) == "budget \"none\": none of its devices may be out of service");
    CHECK(town.room(a, Priority::urgent));
    REQUIRE(town.status([&](auto reply) { town.budgets.remove(town.admin, "none", "", reply); }).ok());
    REQUIRE(town.set(kOne).ok());
    town.deploy(a, install::State::installing);
    CHECK_FALSE(town.room(b));
    CHECK(town.why(b) == "budget \"one-a-site\": 1 of at most 1 of no known site is out of service");
}

TEST_CASE("a preview says what a budget means now; people without the right change nothing") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    town.device("s2", "Kiel");
    town.device("s3", "Bonn");
    town.device("s4", "");
    town.deploy(a, install::State::installing);
    const auto said = town.budgets.preview(town.admin, kOne);
    REQUIRE(said.ok());
    CHECK(said->sentence ==
          "At most 1 device with the same site is out of service at once, of 4 devices in 3 "
          "groups.");
    CHECK(said->full == 1);
    REQUIRE(said->tightest.size() == 3);
    CHECK(said->tightest[0].words == "site Kiel");
    CHECK(said->tightest[0].out == 1);
    CHECK(said->tightest[0].devices == 2);
    CHECK(said->warnings.size() == 2); // one without a site, two alone
    CHECK(town.budgets.list(town.admin)->empty());

    access::Actor reader = town.admin;
    reader.role = access::Role::viewer;
    CHECK(town.status([&](auto reply) { town.budgets.put(reader, kOne, reply); }).error().kind ==
          base::ErrorKind::denied);
    Budget wrong = kOne;
    wrong.query = "site =";
    CHECK(town.set(wrong).error().where.starts_with("/query"));
    REQUIRE(town.set(kOne).ok());
    CHECK(town.budgets.list(town.admin)->size() == 1);
    CHECK(
        town.status([&](auto reply) { town.budgets.remove(town.admin, "other", "", reply); }).error().kind ==
        base::ErrorKind::not_found);
}

TEST_CASE(
    "what would let go of a device while it is out is refused, in the query, in a group and in the facts") {
    Town town;
    ports::GroupRow group;
    group.id = town.ids.next_as<device::GroupId>();
    group.name = "old ones";
    group.query = "firmware_version < 2.0";
    town.put(group);
    for (const std::string query :
         {"lifecycle = active", "model = GW and running_version = 1.0", "not firmware_version = 1.0", "kev",
          "overdue", "component(\"busybox\")", "last_seen > 2026-01-01", "deployment = none", "hold = no",
          "x.provides.line = a", "group = \"old ones\""}) {
        CAPTURE(query);
        const base::Status refused = town.set({"b", query, {}, Devices{1}, {}, ""});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().where.starts_with("/query column "));
        CHECK(refused.error().text().find("ask for facts that stay, such as site") != std::string::npos);
    }
    for (const std::string by :
         {"firmware_version", "os_version", "running_version", "lifecycle", "group", "sight"}) {
        CAPTURE(by);
        const base::Status refused = town.set({"b", "", {"site", by}, Devices{1}, {}, ""});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().where == "/by/1");
    }
    group.query = "site = Kiel";
    town.put(group);
    CHECK(town.set({"b",
                    "group = \"old ones\" and tag.role in (a, b) and not model = GW-*",
                    {"x.rack"},
                    Devices{1},
                    {},
                    ""})
              .ok());
    // One of before this was refused is said to be one.
    group.query = "firmware_version < 2.0";
    town.put(group);
    CHECK(town.budgets.list(town.admin)
              ->front()
              .warnings.front()
              .starts_with("It may lose devices that are out of service"));
}

TEST_CASE("groups are counted piece by piece, and not again for another reason or another number") {
    Town town;
    std::vector<device::DeviceId> kiel;
    for (int i = 0; i < 8; ++i)
        kiel.push_back(town.device("k" + std::to_string(i), "Kiel"));
    Budget quarter{"quarter", "", {"site"}, Percent{25}, {}, ""};
    REQUIRE(town.set(quarter).ok());
    town.budgets.count(3);
    town.budgets.count(3);
    CHECK_FALSE(town.room(kiel[0]));
    town.budgets.count(3);
    CHECK(town.room(kiel[0]));
    town.deploy(kiel[0], install::State::installing);
    quarter.why = "the line must go on";
    REQUIRE(town.set(quarter).ok());
    CHECK(town.room(kiel[1]));
    CHECK(town.budgets.list(town.admin)->front().budget.why == "the line must go on");
    quarter.limit = Percent{12};
    REQUIRE(town.set(quarter).ok());
    CHECK_FALSE(town.room(kiel[1])); // 1 of 8, and one is out
    town.deploy(kiel[0], install::State::verified);
    CHECK(town.room(kiel[1]));
    quarter.by.clear();
    REQUIRE(town.set(quarter).ok());
    CHECK_FALSE(town.room(kiel[1])); // other groups, which are to be counted
}

TEST_CASE("who sees some groups is shown whole redundancy groups, and none without a device of theirs") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    town.device("s2", "Kiel");
    town.device("s3", "Bonn");
    town.deploy(a, install::State::installing);
    ports::GroupRow group;
    group.id = town.ids.next_as<device::GroupId>();
    group.name = "mine";
    group.query = "serial = s2";
    town.put(group);
    access::Actor mine = town.admin;
    mine.scope = {group.id.get()};
    const auto said = town.budgets.preview(mine, kOne);
    REQUIRE(said.ok());
    CHECK(said->sentence ==
          "At most 1 device with the same site is out of service at once, of 2 devices in 1 group. "
          "Groups without a device of yours are left out.");
    CHECK(said->full == 1);
    REQUIRE(said->tightest.size() == 1);
    CHECK(said->tightest[0].words == "site Kiel");
    CHECK(said->tightest[0].out == 1);
    CHECK(said->tightest[0].devices == 2);
}

TEST_CASE("a preview counts by its query, and those of which it cannot be told") {
    Town town;
    town.device("s1", "Kiel");
    town.device("s2", "Bonn");
    const Budget kiel{"kiel", "site = Kiel", {}, Devices{1}, {}, ""};
    CHECK(town.budgets.preview(town.admin, kiel)->devices == 1);
    town.device("s3", "");
    CHECK(town.budgets.preview(town.admin, kiel)->devices == 2);
}

TEST_CASE("budgets that cannot be read hold everything until somebody looks") {
    Town town;
    const auto a = town.device("s1", "Kiel");
    town.put(ports::DocumentRow{Budgets::kDocument, "{"});
    CHECK_FALSE(town.room(a));
}
