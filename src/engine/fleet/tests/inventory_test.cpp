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

TEST_CASE("an inventory is hash-consed, and people's words are above the device's") {
    House house;
    house.token("secret", 2);
    const DeviceActor a = house.actor(*house.enrol("secret", "SN-1")),
                      b = house.actor(*house.enrol("secret", "SN-2"));
    component::Component busybox;
    busybox.name = "busybox";
    busybox.version = "1.35.0";
    const auto take = [&](const DeviceActor& device, const std::string& kernel) {
        InventoryReport report;
        report.facts = {{"kernel", kernel}, {"site", "reported"}, {"owner", "mallory"}};
        report.components = {busybox};
        return house.status(
            [&](auto reply) { house.inventories.take(device, report, base::sha256(kernel).hex(), reply); });
    };
    CHECK(house
              .status([&](auto reply) {
                  house.registry.set_facts(house.admin, a.device, {{"site", "Plant 3"}}, "", reply);
              })
              .ok());
    CHECK(take(a, "6.1").ok());
    CHECK(take(b, "6.1").ok());
    CHECK(house.row(a.device).delta_set == house.row(b.device).delta_set);
    CHECK(house.software.subjects(kTenant).size() == 1);
    CHECK(house.live.fact({kTenant, a.device}, "site")->value == "Plant 3");
    CHECK(house.live.fact({kTenant, b.device}, "site")->value == "reported");
    CHECK(!house.live.fact({kTenant, a.device}, "owner")); // a device does not choose its owner
    CHECK(house.live.count(house.select("component(busybox) < 1.36")).yes == 2);
    CHECK(take(a, "6.2").ok());
    CHECK(house.live.fact({kTenant, a.device}, "kernel")->value == "6.2");
    InventoryReport bad;
    bad.facts = {{"Kernel", "x"}};
    CHECK(house.status([&](auto reply) { house.inventories.take(a, bad, "", reply); }).error().kind ==
          ErrorKind::invalid);
    const auto sets = *house.history.device_sets(kTenant, a.device);
    CHECK(sets.size() == 1); // the same set again opens no interval
}

TEST_CASE("what was only seen on the network leaves when the device that it is says its MAC address") {
    House house;
    const auto seen = [&](std::uint64_t number, const std::string& mac) {
        ports::DeviceRow row;
        row.id = DeviceId(base::Id128{7, number});
        row.lifecycle = device::Lifecycle::unmanaged;
        const base::Status put = house.status([&](auto reply) {
            house.core.writer.submit(
                shard::place_of(kTenant, row.id), shard::Priority::person,
                [&](shard::Transaction& transaction) -> base::Status {
                    transaction.put(row);
                    transaction.put(
                        ports::FactRow{row.id, {"x.mac", mac, device::FactSource::imported, "scan", {}}});
                    return {};
                },
                reply);
        });
        REQUIRE(put.ok());
        return row.id;
    };
    const DeviceId camera = seen(1, "00:40:8c:00:00:01"), printer = seen(2, "00:40:8c:00:00:02");
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    InventoryReport report;
    report.facts = {{"x.mac", "00:40:8c:00:00:01"}};
    REQUIRE(house.status([&](auto reply) { house.inventories.take(device, report, "a", reply); }).ok());
    house.settle();
    CHECK(house.row(camera).lifecycle == device::Lifecycle::retired);
    CHECK(house.row(printer).lifecycle == device::Lifecycle::unmanaged);
    CHECK(house.live.count(house.select("")).total == 1);
    // What is no MAC address asks nothing.
    report.facts = {{"x.mac", "\" or id = *"}};
    REQUIRE(house.status([&](auto reply) { house.inventories.take(device, report, "b", reply); }).ok());
    house.settle();
    CHECK(house.row(printer).lifecycle == device::Lifecycle::unmanaged);
    // A person takes the other in, and it counts.
    REQUIRE(
        house.status([&](auto reply) { house.enrolment.accept(house.admin, printer, "ours", reply); }).ok());
    CHECK(house.row(printer).lifecycle == device::Lifecycle::active);
    CHECK(house.live.count(house.select("")).total == 2);
}

TEST_CASE("an SBOM of a firmware version reaches the devices that run it, now and later") {
    House house;
    house.token("secret", 2);
    const DeviceActor a = house.actor(*house.enrol("secret", "SN-1")),
                      b = house.actor(*house.enrol("secret", "SN-2"));
    CHECK(house.poll(a, "b1", "1.0").ok());
    CHECK(house.poll(b, "b1", "2.0").ok());
    CHECK(house.live.count(house.select("component(openssl)")).unknown == 2);
    component::Component openssl;
    openssl.name = "openssl";
    openssl.version = "3.0.2";
    const auto set = house.result<SetId>([&](auto reply) {
        house.inventories.attach_to_firmware(house.admin, "GW-1", "1.0", {"gw.cdx.json", {openssl}, {}},
                                             reply);
    });
    REQUIRE(set.ok());
    house.settle();
    CHECK(house.row(a.device).base_set == *set);
    CHECK(house.row(b.device).base_set == SetId());
    CHECK(house.poll(b, "b2", "1.0").ok());
    CHECK(house.row(b.device).base_set == *set);
    CHECK(house.poll(b, "b3", "9.9").ok()); // nobody knows what is in it
    CHECK(house.row(b.device).base_set == SetId());
    CHECK(house.live.count(house.select("component(openssl) < 3.0.7")).yes == 1);
    CHECK(house.live.count(house.select("component(openssl) < 3.0.7")).unknown == 1);
}

TEST_CASE("what a build says of a firmware stands beside its SBOM, once, until another SBOM comes") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house.poll(device, "b1", "1.0").ok());
    const auto state = [&](const component::Statement& statement) {
        auto set = house.result<SetId>([&](auto reply) {
            house.inventories.state_of_firmware(
                house.admin, "GW-1", "1.0", "cve.json",
                [&](const std::vector<component::Component>& components,
                    std::vector<component::Statement>& statements) -> base::Status {
                    if (components.empty()) return base::bug("no components");
                    statements.push_back(statement);
                    return {};
                },
                reply);
        });
        house.settle();
        return set;
    };
    const component::Statement first{"CVE-2024-1", "openssl", component::StatementStatus::fixed,
                                     "patched",    "3.0.2",   ""};
    CHECK(state(first).error().kind == base::ErrorKind::not_found);
    component::Component openssl;
    openssl.name = "openssl";
    openssl.version = "3.0.2";
    const auto plain = house.result<SetId>([&](auto reply) {
        house.inventories.attach_to_firmware(house.admin, "GW-1", "1.0", {"gw.cdx.json", {openssl}, {}},
                                             reply);
    });
    REQUIRE(plain.ok());
    house.settle();
    const auto stated = state(first);
    REQUIRE(stated.ok());
    CHECK(*stated != *plain);
    CHECK(house.row(device.device).base_set == *stated);
    CHECK(house.software.set(kTenant, *stated)->origin == "SBOM gw.cdx.json and cve.json");
    CHECK(house.software.components(kTenant, *stated)->size() == 1);
    CHECK(state(first).value() == *stated);
    auto second = first;
    second.advisory = "CVE-2024-2";
    CHECK(house.software.set(kTenant, state(second).value())->statements.size() == 2);
    // A newer word about the same takes the place of the older, and back again.
    const auto status = [&](SetId of) { return house.software.set(kTenant, of)->statements.back().status; };
    auto open = second;
    open.status = component::StatementStatus::affected;
    const SetId corrected = state(open).value();
    CHECK(house.software.set(kTenant, corrected)->statements.size() == 2);
    CHECK(status(corrected) == component::StatementStatus::affected);
    CHECK(status(state(second).value()) == component::StatementStatus::fixed);
    CHECK(house.software.set(kTenant, house.row(device.device).base_set)->origin ==
          "SBOM gw.cdx.json and cve.json");
    // Who may not bring devices in may not clear them either.
    bool denied = false;
    access::Actor viewer = house.admin;
    viewer.role = access::Role::viewer;
    house.inventories.state_of_firmware(
        viewer, "GW-1", "1.0", "x", [](const auto&, auto&) { return base::Status(); },
        [&](base::Result<SetId> set) { denied = !set.ok() && set.error().kind == base::ErrorKind::denied; });
    CHECK(denied);
}

TEST_CASE(
    "an SBOM with other statements takes the place of the one before, with none of its components new") {
    House house;
    house.token("secret", 1);
    const DeviceActor device = house.actor(*house.enrol("secret", "SN-1"));
    CHECK(house.poll(device, "b1", "1.0").ok());
    component::Component openssl;
    openssl.name = "openssl";
    openssl.version = "3.0.2";
    const auto attach = [&](std::vector<component::Statement> statements) {
        const auto set = house.result<SetId>([&](auto reply) {
            house.inventories.attach_to_firmware(house.admin, "GW-1", "1.0",
                                                 {"gw.cdx.json", {openssl}, std::move(statements)}, reply);
        });
        REQUIRE(set.ok());
        house.settle();
        CHECK(house.row(device.device).base_set == *set);
        return *set;
    };
    const SetId plain = attach({});
    const SetId cleared = attach(
        {{"CVE-2024-1", "openssl", component::StatementStatus::not_affected, "not built", "3.0.2", ""}});
    CHECK(cleared != plain);
    CHECK(house.software.set(kTenant, cleared)->statements.size() == 1);
    const SetId of_all =
        attach({{"CVE-2024-1", "openssl", component::StatementStatus::not_affected, "not built"}});
    CHECK(of_all != cleared);
    CHECK(attach({}) == plain);
}

TEST_CASE("a phone's base layer names its model, and firmware the hardware that it is said to run on") {
    House house;
    house.token("secret", 1);
    const DeviceActor phone = house.actor(*house.enrol("secret", "SN-1"));
    const auto names = [&](SetId set) {
        std::string text;
        const auto components = house.software.components(kTenant, set);
        REQUIRE(components.ok());
        for (const auto& component : *components)
            text += component.name + " " + (component.cpe.empty() ? component.version : component.cpe) + "; ";
        return text;
    };
    InventoryReport report;
    report.facts = {{"platform", "ios"}, {"os_version", "17.3"}, {"model", "iPhone16,1"}};
    component::Component app;
    app.name = "Mail";
    app.version = "5";
    report.components = {app};
    const auto take = [&](const std::string& digest) {
        REQUIRE(house.status([&](auto reply) { house.inventories.take(phone, report, digest, reply); }).ok());
    };
    take("1");
    const SetId first = house.row(phone.device).base_set, apps = house.row(phone.device).delta_set;
    CHECK(names(first).find("iPhone16,1") != std::string::npos);
    // The apps are assessed on that system, and anew on the next one.
    const auto assessed = [&](Subject wanted) {
        const std::vector<Subject> subjects = house.software.subjects(kTenant);
        return std::find(subjects.begin(), subjects.end(), wanted) != subjects.end();
    };
    CHECK(assessed(subject(apps, first)));
    report.facts["os_version"] = "17.4";
    take("2");
    const SetId second = house.row(phone.device).base_set;
    CHECK(second != first);
    CHECK(house.row(phone.device).delta_set == apps);
    CHECK(assessed(subject(apps, second)));
    CHECK_FALSE(assessed(subject(apps)));
    REQUIRE(house
                .status([&](auto reply) {
                    house.registry.set_facts(
                        house.admin, phone.device,
                        {{"x.hardware_cpe", "cpe:2.3:h:apple:iphone_15:-:*:*:*:*:*:*:*"}}, "", reply);
                })
                .ok());
    CHECK(names(house.row(phone.device).base_set).find("cpe:2.3:h:apple:iphone_15") != std::string::npos);
}

TEST_CASE("what a device ran is cut where the layer beneath changed") {
    const auto at = [](std::int64_t seconds) { return base::from_unix_ms(seconds * 1000); };
    const SetId a(base::sha256("a")), b(base::sha256("b")), apps(base::sha256("apps"));
    const DeviceId device{};
    using ports::Layer;
    const auto ran = ran_subjects({{device, Layer::delta, apps, at(10), at(60)},
                                   {device, Layer::base, a, at(20), at(40)},
                                   {device, Layer::base, b, at(40), std::nullopt},
                                   {device, Layer::delta, apps, at(70), std::nullopt}});
    std::string text;
    for (const auto& piece : ran)
        text += std::string(piece.subject.set == apps ? "apps"
                            : piece.subject.set == a  ? "a"
                                                      : "b") +
                (piece.subject.on == a   ? "/a"
                 : piece.subject.on == b ? "/b"
                                         : "") +
                " " + std::to_string(base::unix_ms(piece.row.from) / 1000) + "-" +
                (piece.row.to ? std::to_string(base::unix_ms(*piece.row.to) / 1000) : "") + "; ";
    CHECK(text == "a 20-40; b 40-; apps 10-20; apps/a 20-40; apps/b 40-60; apps/b 70-; ");
    CHECK(ran_subjects({{device, Layer::delta, apps, at(1), std::nullopt}}).size() == 1);
}
