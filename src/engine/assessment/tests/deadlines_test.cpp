// SPDX-License-Identifier: Apache-2.0
#include "import_world.hpp"
#include "weighed.hpp"

#include <assessment/deadline_change.hpp>
#include <assessment/deadlines.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;

namespace {

constexpr const char* kTable = "known_exploited,days\nyes,5\nno,10\n";

struct PolicyWorld : test::ImportWorld {
    Deadlines& deadlines = assessor.deadlines();

    PolicyWorld() { put_all(shard::control_of(kTenant), {ports::DocumentRow{"setting/poll_seconds", "60"}}); }
    std::string stamp() { return deadlines.list(admin)->stamp; }
    base::Result<Deadlines::View> use(Deadlines::Wish wish, const std::string& at,
                                      const access::Actor* actor = nullptr) {
        return result<Deadlines::View>([&](auto done) {
            deadlines.use(actor != nullptr ? *actor : admin, std::move(wish), at, "the board wants it",
                          std::move(done));
        });
    }
    base::Result<std::string> add(const std::string& name, const std::string& table) {
        return result<std::string>([&](auto done) { deadlines.add(admin, name, table, std::move(done)); });
    }
    base::Status remove(const std::string& policy) {
        return status([&](auto done) { deadlines.remove(admin, policy, "", std::move(done)); });
    }
    std::vector<std::string> audited() {
        std::vector<std::string> actions;
        for (const auto& [place, row] : journal.stored)
            if (const auto* record = std::get_if<ports::AuditRow>(&row);
                record && record->action.starts_with("policy."))
                actions.push_back(record->action + " " + record->after);
        return actions;
    }
    DeadlineChange change(const Deadlines::Wish& wish) {
        return deadline_change(live, kTenant, assessor.fleet(kTenant), deadlines.in_force(kTenant),
                               *deadlines.wished(admin, wish), clock.now());
    }
};

} // namespace

TEST_CASE(
    "one policy is in force, the default until somebody chooses, and what was chosen is kept with its time") {
    PolicyWorld world;
    CHECK(world.deadlines.in_force(kTenant)->id() == "bod-26-04");
    const base::TimePoint before = world.clock.now();
    world.executor.advance(std::chrono::hours(1));
    const auto used = world.use({"exploited-or-not", {{"others", 30}}}, world.stamp());
    REQUIRE_MESSAGE(used.ok(), used.error().text());
    CHECK(used->policies.size() == 4);
    CHECK(std::ranges::count_if(used->policies, [](const auto& each) { return each.in_use; }) == 1);
    CHECK(world.deadlines.in_force(kTenant)->outcomes()[1].days == 30);
    CHECK(world.deadlines.in_force(kTenant, before)->id() == "bod-26-04");
    CHECK(world.deadlines.in_force(kTenant, world.clock.now())->id() == "exploited-or-not");
    CHECK(world.audited() ==
          std::vector<std::string>{R"(policy.use {"policy":"exploited-or-not","others":30})"});
    // What is in force already is nothing new, and the object by which others count stays the same.
    const Policy held = world.deadlines.in_force(kTenant);
    CHECK(world.use({"exploited-or-not", {{"others", 30}}}, world.stamp()).ok());
    CHECK(world.add("Plant 3", kTable).value() == "plant-3");
    CHECK(world.deadlines.in_force(kTenant) == held);
    CHECK(world.audited().size() == 2);
}

TEST_CASE("a policy is put in force only as it was previewed, and only by who may") {
    PolicyWorld world;
    const std::string looked = world.stamp();
    CHECK(world.add("Plant 3", kTable).ok());
    const auto late = world.use({"plant-3", {}}, looked);
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().kind == base::ErrorKind::conflict);
    CHECK(world.use({"plant-3", {}}, world.stamp()).ok());
    access::Actor viewer = world.admin;
    viewer.role = access::Role::operator_;
    CHECK(world.use({"bod-26-04", {}}, world.stamp(), &viewer).error().kind == base::ErrorKind::denied);
    CHECK(world.use({"nothing", {}}, world.stamp()).error().kind == base::ErrorKind::not_found);
    CHECK(world.use({"bod-26-04", {{"60 days", 90}}}, world.stamp()).error().kind ==
          base::ErrorKind::invalid);
}

TEST_CASE(
    "a table of one's own is added under a name of its own, and leaves the list when it is not in use") {
    PolicyWorld world;
    CHECK(world.add("Plant 3", "severity,days\nhgh,3\n").error().where == "line 2");
    CHECK(world.add("", kTable).error().kind == base::ErrorKind::invalid);
    CHECK(world.add("BOD 26.04", kTable).error().kind == base::ErrorKind::conflict);
    CHECK(world.add("Plant 3", kTable).ok());
    CHECK(world.add("plant-3!", kTable).error().kind == base::ErrorKind::conflict);
    CHECK(world.use({"plant-3", {}}, world.stamp()).ok());
    CHECK(world.remove("plant-3").error().kind == base::ErrorKind::conflict);
    CHECK(world.remove("bod-26-04").error().kind == base::ErrorKind::conflict);
    const base::TimePoint then = world.clock.now();
    world.executor.advance(std::chrono::hours(1));
    CHECK(world.use({"bod-26-04", {}}, world.stamp()).ok());
    CHECK(world.remove("plant-3").ok());
    CHECK(world.deadlines.list(world.admin)->policies.size() == 4);
    // What was decided by it then still is.
    CHECK(world.deadlines.in_force(kTenant, then)->id() == "plant-3");
    CHECK_FALSE(world.deadlines.wished(world.admin, {"plant-3", {}}).ok());
}

TEST_CASE("what another policy would change is counted before it is in force, and holds afterwards") {
    PolicyWorld world;
    world.import("osv.json", test::osv("GO-1", "2001-01-02T00:00:00Z"));
    world.device_with("GO-1", "1.0", {{"exposure", "isolated"}});
    world.device_with("GO-1", "1.0");
    world.device_with("GO-1", "9.0");
    const DeadlineChange none = world.change({"bod-26-04", {}});
    CHECK(none.devices == 3);
    CHECK(none.findings == 2);
    CHECK(none.sooner + none.later == 0);
    CHECK(none.newly_overdue == 0);
    CHECK(none.on_assumption_before == 1); // the device whose exposure nobody told
    const DeadlineChange change = world.change({"exploited-or-not", {{"others", 1}}});
    CHECK(change.sooner == 2);
    CHECK(change.later == 0);
    CHECK(change.on_assumption_after == 0);
    CHECK(change.overdue_before == 1);
    CHECK(change.newly_overdue == 1); // the isolated one, which could wait for the next upgrade
    REQUIRE(change.rows.size() == 3);
    CHECK(change.rows[0].days == 1);
    CHECK(change.rows[0].after == 2);
    CHECK(change.rows[1].days == 60);
    CHECK(change.rows[1].before == 1);
    CHECK_FALSE(change.rows[2].days);
    CHECK(change.rows[2].before == 1);
}

TEST_CASE("devices become overdue by another policy, without a verdict being judged again") {
    PolicyWorld world;
    world.import("osv.json", test::osv("GO-1", "2001-01-02T00:00:00Z"));
    const device::DeviceId id = world.device_id_with("GO-1", "1.0", {{"exposure", "isolated"}});
    ports::DeviceRow row = *world.live.device({kTenant, id});
    row.first_seen = world.clock.now() - std::chrono::days(20);
    ++row.row_version;
    world.put_all(shard::place_of(kTenant, id), {row});
    const auto assessed = world.assessor.fleet(kTenant);
    const DeadlineChange change = world.change({"exploited-or-not", {{"others", 10}}});
    CHECK(change.overdue_before == 0);
    CHECK(change.newly_overdue == 1);
    CHECK(world.use({"exploited-or-not", {{"others", 10}}}, world.stamp()).ok());
    CHECK(world.assessor.fleet(kTenant) == assessed);
    Standings standings;
    standings.begin(assessed, world.deadlines.in_force(kTenant));
    const Standing& standing = standings.of(row.base_set, row.delta_set, context_of("", "isolated", ""));
    CHECK(standing.is_overdue(world.clock.now(), row.first_seen));
    CHECK(world.change({"bod-26-04", {}}).no_longer_overdue == 1);
}
