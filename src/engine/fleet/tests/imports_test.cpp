// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <fleet/imports.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;
using base::ErrorKind;
using Outcome = ImportReport::Outcome;

namespace {

struct Town : House {
    Imports imports{core, executor};

    ImportWish wish(std::string text, std::string name = "fleet.csv") {
        ImportWish wish;
        wish.name = std::move(name);
        wish.text = std::move(text);
        return wish;
    }
    base::Result<ImportReport> import(ImportWish wish) {
        return result<ImportReport>([&](auto reply) { imports.run(admin, wish, reply); });
    }
    ImportReport import(std::string text, std::string name = "fleet.csv") {
        auto report = import(wish(std::move(text), std::move(name)));
        REQUIRE_MESSAGE(report.ok(), report.error().text());
        return *report;
    }
    ImportReport look(std::string text) {
        ImportWish only = wish(std::move(text));
        only.dry_run = DryRun::yes;
        return *import(only);
    }
    base::Result<ports::EditRow> undo(ports::EditId id) {
        return result<ports::EditRow>([&](auto reply) { edits.undo(admin, id, "a test", reply); });
    }
    ports::EditRow edit(ports::EditId id) { return *control.find<ports::EditRow>(kTenant, id); }
    std::optional<DeviceId> with(const std::string& serial) { return live.by_serial(kTenant, serial); }
    std::string fact(DeviceId id, std::string_view key) {
        const auto held = live.fact({kTenant, id}, key);
        return held ? held->value : "";
    }
    std::uint64_t count(const std::string& query) { return live.count(select(query)).yes; }
    std::vector<std::string> audited() {
        std::vector<std::string> actions;
        const auto rows = *history.audit(kTenant, 0, 1000);
        for (const auto& row : rows)
            actions.push_back(row.action);
        return actions;
    }
};

// "1 new, 2 changed, 3 unchanged, 4 refused"
std::string counts(const ImportReport& report) {
    return std::to_string(report.created) + " new, " + std::to_string(report.changed) + " changed, " +
           std::to_string(report.unchanged) + " unchanged, " + std::to_string(report.refused) + " refused";
}
std::string refusals(const ImportReport& report) {
    std::string out;
    for (const auto& row : report.refusals)
        out += std::to_string(row.line) + ": " + row.reason + "\n";
    return out;
}

const std::string kFleet = "serial;model;platform;os_version;criticality;exposure;group\n"
                           "A;iPhone14,2;iOS;17.1;;;\n"
                           "B;;;;huge;;\n"
                           ";none;;;;;\n"
                           "A;;;;;;\n"
                           "C;;;;;;no such group\n"
                           "D;;;;;internet;\n";

} // namespace

TEST_CASE(
    "an import creates, changes, leaves and refuses, and a dry run says so before and changes nothing") {
    Town town;
    const ImportReport dry = town.look(kFleet);
    CHECK(counts(dry) == "2 new, 0 changed, 0 unchanged, 4 refused");
    CHECK(dry.id.is_zero());
    CHECK(town.live.size(kTenant) == 0);
    CHECK(town.audited().empty());
    CHECK(town.control.list<ports::EditRow>(kTenant).empty());

    const ImportReport real = town.import(kFleet);
    CHECK(counts(real) == counts(dry));
    CHECK(refusals(real) == refusals(dry));
    CHECK(refusals(real) ==
          "3: 'huge' is not low, medium, high or critical\n"
          "4: nothing in it names a device: neither a serial nor an id, a MAC address or an address\n"
          "5: line 2 names the same device (serial A)\n"
          "6: there is no group 'no such group'\n");
    CHECK(town.count("component(ios) < 17.2") == 1);
    CHECK(counts(town.look(kFleet)) == "0 new, 0 changed, 2 unchanged, 4 refused");
    CHECK(counts(town.import("serial,os_version\nA,17.2\nD,\n")) ==
          "0 new, 1 changed, 1 unchanged, 0 refused");
    CHECK(town.count("component(ios) < 17.2") == 0);
    CHECK(town.audited() ==
          std::vector<std::string>{"device.import", "device.imported", "device.import", "device.imported"});
}

TEST_CASE("the preview shows what changes on some devices, and how each was found") {
    Town town;
    town.import("serial,site\nA,Plant 1\n");
    const ImportReport report = town.look("serial,site,owner\nA,Plant 2,ot\nB,Plant 1,ot\n");
    REQUIRE(report.sample.size() == 2);
    CHECK(report.sample[0].outcome == Outcome::changed);
    CHECK(report.sample[0].by == "serial A");
    CHECK(report.sample[0].device == town.with("A"));
    REQUIRE(report.sample[0].changes.size() == 2);
    CHECK(report.sample[0].changes[1].key == "site");
    CHECK(report.sample[0].changes[1].before == "Plant 1");
    CHECK(report.sample[0].changes[1].after == "Plant 2");
    CHECK(report.sample[1].outcome == Outcome::created);
    CHECK_FALSE(report.sample[1].device);
}

TEST_CASE("a file that names no devices is refused whole, with its columns") {
    Town town;
    const auto refused = town.import(town.wish("color,wheels\nred,4\n"));
    REQUIRE(!refused.ok());
    CHECK(refused.error().kind == ErrorKind::invalid);
    CHECK(refused.error().message.find("color, wheels") != std::string::npos);
    const ImportReport shown = town.look("color,wheels\nred,4\n");
    CHECK(shown.layout.columns.size() == 2);
    CHECK(shown.notes.front().starts_with("no column names the devices"));
    CHECK(counts(shown) == "0 new, 0 changed, 0 unchanged, 1 refused");
    CHECK(town.import(town.wish("")).error().kind == ErrorKind::invalid);
    ImportWish wish = town.wish("serial\nA\n");
    wish.group = GroupId(base::Id128{1, 2});
    CHECK(town.import(wish).error().kind == ErrorKind::not_found);
    access::Actor viewer = town.admin;
    viewer.role = access::Role::viewer;
    const auto denied = town.result<ImportReport>(
        [&](auto reply) { town.imports.run(viewer, town.wish("serial\nA\n"), reply); });
    CHECK(denied.error().kind == ErrorKind::denied);
    access::Actor scoped = town.admin;
    scoped.role = access::Role::operator_;
    scoped.scope = {base::Id128{1, 2}};
    CHECK_FALSE(town.result<ImportReport>(
                        [&](auto reply) { town.imports.run(scoped, town.wish("serial\nA\n"), reply); })
                    .ok());
}

TEST_CASE("what was told of columns is remembered for the next file with these heads, of this tenant alone") {
    Town town;
    ImportWish wish = town.wish("Nummer X,Bay,User\nA,r1,anna\n");
    wish.told = {{"Nummer X", "serial"}, {"Bay", "x.rack"}, {"User", "x.user"}};
    REQUIRE(town.import(wish).ok());
    CHECK(town.fact(*town.with("A"), "x.rack") == "r1");
    CHECK(town.fact(*town.with("A"), "x.user") == "anna");
    // In another order; what is about persons is asked for each time.
    const ImportReport again = town.import("User,Bay,Nummer X\nben,r2,A\n");
    CHECK(counts(again) == "0 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(again.layout.columns[1].how == device_lists::How::remembered);
    CHECK(town.fact(*town.with("A"), "x.rack") == "r2");
    CHECK(town.fact(*town.with("A"), "x.user") == "anna");
    access::Actor stranger = town.admin;
    stranger.tenant = 7;
    CHECK_FALSE(town.result<ImportReport>([&](auto reply) {
                        town.imports.run(stranger, town.wish("User,Bay,Nummer X\nben,r2,A\n"), reply);
                    })
                    .ok());
    // A preview does not remember.
    ImportWish dry = town.wish("Nummer Y\nB\n");
    dry.told = {{"Nummer Y", "serial"}};
    dry.dry_run = DryRun::yes;
    REQUIRE(town.import(dry).ok());
    CHECK_FALSE(town.import(town.wish("Nummer Y\nB\n")).ok());
}

TEST_CASE(
    "a device is found by its serial, its id, its own marks, its network card or an address of its own") {
    Town town;
    town.import("serial,name,address,mac,imei\n"
                "A,one,10.0.0.1,00:11:22:33:44:01,\n"
                "B,two,10.0.0.2,,\n"
                "C,three,10.0.0.2,,\n"
                ",four,10.0.0.4,,490154203237518\n");
    CHECK(town.live.size(kTenant) == 4);
    const std::string id = town.with("B")->text();
    const ImportReport report = town.import("serial,id,address,mac,imei,site\n"
                                            ",,"
                                            ",00-11-22-33-44-01,,s1\n"
                                            "," +
                                            id +
                                            ",,,,s2\n"
                                            ",,10.0.0.2,,,s3\n"
                                            ",,10.0.0.4,,,s4\n"
                                            ",,10.0.0.9,,,s5\n"
                                            "X," +
                                            id +
                                            ",,,,s6\n"
                                            ",17,,,,s7\n"
                                            ",,,,,s8\n");
    CHECK(counts(report) == "1 new, 3 changed, 0 unchanged, 4 refused");
    CHECK(town.fact(*town.with("A"), "site") == "s1");
    CHECK(town.fact(*town.with("B"), "site") == "s2");
    CHECK(town.count("x.imei = 490154203237518 and site = s4") == 1);
    CHECK(town.count("address = 10.0.0.9 and site = s5") == 1);
    CHECK(refusals(report) ==
          "4: 2 devices have the address 10.0.0.2; name a serial number\n"
          "7: the device with this id has the serial B, not X\n"
          "8: there is no device with the id '17'\n"
          "9: nothing in it names a device: neither a serial nor an id, a MAC address or an address\n");
    CHECK(report.sample[0].by == "MAC address 00:11:22:33:44:01");
    // One that had no serial gets it, found by its IMEI; no second device appears.
    const ImportReport more = town.import("serial,imei\nD,490154203237518\n");
    CHECK(counts(more) == "0 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(town.count("serial = D and site = s4") == 1);
}

TEST_CASE("an address that many sites use names no device of another site") {
    Town town;
    town.import("serial,address,site\nA,192.168.0.10,Plant 1\n");
    const ImportReport report =
        town.import("address,site,kind\n192.168.0.10,Plant 2,camera\n192.168.0.10,Plant "
                    "1,camera\n192.168.0.10,Plant 3,camera\n");
    CHECK(counts(report) == "2 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(town.fact(*town.with("A"), "kind") == "camera");
    CHECK(town.count("site = \"Plant 2\" and kind = camera") == 1);
}

TEST_CASE("a scan shows what nobody manages once, and never beside the managed device that it is") {
    Town town;
    const auto lease = [](const std::string& mac, const std::string& address, const std::string& host) {
        return "1794567890 " + mac + " " + address + " " + host + " *\n";
    };
    town.import("serial,name,address,site\nA,gw-17,10.0.0.1,Plant 1\n");
    const ImportReport first = town.import(lease("00:11:22:33:44:01", "10.0.0.1", "*") +
                                               lease("00:11:22:33:44:02", "10.0.0.2", "GW-17.plant") +
                                               lease("00:11:22:33:44:03", "10.0.0.3", "iphone"),
                                           "dnsmasq.leases");
    // The first is A by its address; the second has A's name and another card, so it is not.
    CHECK(counts(first) == "2 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(town.count("lifecycle = unmanaged") == 2);
    CHECK(town.fact(*town.with("A"), "x.mac") == "00:11:22:33:44:01");
    CHECK(town.fact(*town.with("A"), "name") == "gw-17");
    CHECK(counts(town.import(lease("00:11:22:33:44:03", "10.0.0.3", "iphone"), "dnsmasq.leases")) ==
          "0 new, 0 changed, 1 unchanged, 0 refused");

    // One of them enrols at the address where it was seen: the record of the stranger leaves with the next
    // scan.
    town.token("t", 1);
    const DeviceActor phone = town.actor(*town.enrol("t", "B"));
    REQUIRE(town.status([&](auto reply) {
                    town.registry.set_facts(town.admin, phone.device, {{"address", "10.0.0.3"}}, "", reply);
                })
                .ok());
    const ImportReport second = town.import(lease("00:11:22:33:44:04", "10.0.0.3", "*"), "dnsmasq.leases");
    CHECK(counts(second) == "0 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(town.fact(phone.device, "x.mac") == "00:11:22:33:44:04");
    const ImportReport third = town.import("serial,mac\nB,00:11:22:33:44:03\n");
    CHECK(third.doubles == 1);
    CHECK(town.count("lifecycle = unmanaged") == 1);

    // Who manages it exports it: it is unmanaged no longer.
    town.import(
        "Device ID,Device name,Last check-in,Managed by,Ownership,Compliance,Wi-Fi MAC,Serial number\n"
        "7f,iPhone,2026-11-05,Intune,Corporate,x,00:11:22:33:44:02,F2\n");
    CHECK(town.count("lifecycle = unmanaged") == 0);
    CHECK(town.count("serial = F2 and x.intune_id = 7f and x.seen_by = \"DHCP lease (dnsmasq)\"") == 1);
}

TEST_CASE("what somebody passed over does not come back with the next scan, and an older scan knows nothing "
          "better") {
    Town town;
    const auto scan = [](const std::string& address, int at) {
        return "<nmaprun scanner=\"nmap\" start=\"1793700000\"><host endtime=\"" + std::to_string(at) +
               "\"><status state=\"up\"/><address addr=\"" + address +
               "\" addrtype=\"ipv4\"/><address addr=\"00:11:22:33:44:01\" addrtype=\"mac\" "
               "vendor=\"Printers\"/>"
               "</host></nmaprun>";
    };
    const ImportReport first = town.import(scan("10.0.0.1", 1793700060), "scan.xml");
    REQUIRE(first.sample.size() == 1);
    REQUIRE(!first.sample[0].changes.empty());
    CHECK(first.sample[0].changes[0].key == "lifecycle");
    CHECK(first.sample[0].changes[0].after == "unmanaged");
    const DeviceId printer = *first.sample[0].device;
    CHECK(counts(town.import(scan("10.0.0.2", 1793700120))) == "0 new, 1 changed, 0 unchanged, 0 refused");
    CHECK(counts(town.import(scan("10.0.0.1", 1793700060))) == "0 new, 0 changed, 1 unchanged, 0 refused");
    CHECK(town.fact(printer, "address") == "10.0.0.2");
    CHECK(town.live.fact({kTenant, printer}, "address")->detail == "fleet.csv");

    REQUIRE(
        town.status([&](auto reply) { town.registry.retire(town.admin, printer, "a printer", reply); }).ok());
    CHECK(counts(town.import(scan("10.0.0.3", 1793700180))) == "0 new, 0 changed, 1 unchanged, 0 refused");
    CHECK(town.row(printer).lifecycle == device::Lifecycle::retired);
    // Who names it in a table of his own has another device.
    CHECK(counts(town.import("mac,name\n00:11:22:33:44:01,printer\n")) ==
          "1 new, 0 changed, 0 unchanged, 0 refused");
}

TEST_CASE("what a device or a person says stands above what a file says, and that is counted") {
    Town town;
    town.token("t", 1);
    const DeviceActor device = town.actor(*town.enrol("t", "A", "GW-1"));
    REQUIRE(town.status([&](auto reply) {
                    town.registry.set_facts(town.admin, device.device, {{"owner", "anna"}}, "", reply);
                })
                .ok());
    const ImportReport report = town.import("serial,model,owner,site\nA,GW-2,ben,Plant 1\n");
    CHECK(report.changed == 1);
    CHECK(report.kept == 2);
    CHECK(town.fact(device.device, "owner") == "anna");
    CHECK(town.fact(device.device, "model") == "GW-1");
    CHECK(town.fact(device.device, "site") == "Plant 1");
}

TEST_CASE("a retired device comes back by an import only when nothing else could bring it back") {
    Town town;
    town.import("serial\nA\n");
    town.token("t", 1);
    const DeviceActor enrolled = town.actor(*town.enrol("t", "B"));
    for (const DeviceId id : {*town.with("A"), enrolled.device})
        REQUIRE(town.status([&](auto reply) { town.registry.retire(town.admin, id, "", reply); }).ok());
    const ImportReport report = town.import("serial\nA\nB\n");
    CHECK(counts(report) == "0 new, 1 changed, 0 unchanged, 1 refused");
    CHECK(report.sample[0].changes[0].key == "lifecycle");
    CHECK(town.row(*town.with("A")).lifecycle == device::Lifecycle::active);
    CHECK(refusals(report) == "3: this device is retired; it comes back by enrolling again\n");
}

TEST_CASE("new devices join the group that was named; a column goes before it") {
    Town town;
    const auto plant =
        *town.result<GroupId>([&](auto r) { town.groups.create(town.admin, {"Plant", "", {}}, r); });
    const auto lab =
        *town.result<GroupId>([&](auto r) { town.groups.create(town.admin, {"Lab", "", {}}, r); });
    town.import("serial\nA\n");
    ImportWish wish = town.wish("serial,group\nA,\nB,\nC,lab\n");
    wish.group = plant;
    REQUIRE(town.import(wish).ok());
    CHECK(town.row(*town.with("A")).group.is_zero());
    CHECK(town.row(*town.with("B")).group == plant);
    CHECK(town.row(*town.with("C")).group == lab);
}

TEST_CASE("a large import goes through a small queue, and its report stays small") {
    Town town;
    std::string text = "serial,model\n";
    for (std::size_t n = 0; n < 3000; ++n)
        text += "S" + std::to_string(n) + ",M\n";
    for (std::size_t n = 0; n < 500; ++n)
        text += ",M\n";
    const ImportReport report = town.import(text);
    CHECK(counts(report) == "3000 new, 0 changed, 0 unchanged, 500 refused");
    CHECK(report.sample.size() == Imports::kSampled);
    CHECK(report.refusals.size() == 100);
    CHECK(town.count("model = M") == 3000);
    CHECK(town.edit(report.id).reasons.size() == 20);
    CHECK(town.edit(report.id).total == 3500);
}

TEST_CASE("who asked is answered after a while; the import goes on, and its record tells how") {
    Town town;
    std::string text = "serial\n";
    for (std::size_t n = 0; n < 2000; ++n)
        text += "S" + std::to_string(n) + "\n";
    std::optional<ImportReport> answer;
    town.imports.run(town.admin, town.wish(text), [&](base::Result<ImportReport> given) { answer = *given; });
    for (int i = 0; i < 10 && !answer; ++i) {
        town.clock.steady_ += std::chrono::seconds(11);
        town.executor.run();
        if (town.journal.busy()) town.journal.succeed();
    }
    REQUIRE(answer);
    CHECK(answer->running);
    CHECK(answer->created < 2000);
    CHECK(town.edit(answer->id).state == "running");
    CHECK(town.edit(answer->id).total == 2001); // as many as the file has lines, until it is read
    town.settle();
    const ports::EditRow edit = town.edit(answer->id);
    CHECK(edit.state == "done");
    CHECK(edit.fresh == 2000);
    CHECK(edit.total == 2000);
    CHECK(town.audited() == std::vector<std::string>{"device.import", "device.imported"});
}

TEST_CASE("a failed commit refuses its lines, and the others go on") {
    Town town;
    std::optional<base::Result<ImportReport>> answer;
    town.imports.run(town.admin, town.wish("serial\nA\nB\n"), [&](auto given) { answer = std::move(given); });
    town.executor.run();
    town.journal.succeed(); // the import is recorded
    town.executor.run();
    town.journal.fail(base::unavailable("the disk is full"));
    town.settle();
    REQUIRE(answer);
    REQUIRE(answer->ok());
    CHECK((*answer)->refused == 2);
    CHECK(town.live.size(kTenant) == 0);
}

TEST_CASE(
    "an import is taken back where nobody changed anything since; what it made and did nothing leaves") {
    Town town;
    town.import("serial,site,owner\nA,Plant 1,ot\nB,Plant 1,ot\nC,Plant 1,ot\n");
    const ImportReport second = town.import(
        "serial,site,owner,zone\nA,Plant 2,it,z\nB,Plant 2,it,\nC,Plant 1,ot,\nD,Plant 9,,\nE,Plant 9,,\n",
        "second.csv");
    CHECK(counts(second) == "2 new, 2 changed, 1 unchanged, 0 refused");
    const DeviceId a = *town.with("A"), b = *town.with("B"), e = *town.with("E");
    REQUIRE(town.status([&](auto reply) {
                    town.registry.set_facts(town.admin, b, {{"owner", "anna"}}, "", reply);
                })
                .ok());
    REQUIRE(town.status([&](auto reply) {
                    town.registry.set_facts(town.admin, e, {{"site", "Plant 8"}}, "", reply);
                })
                .ok());
    const auto undone = town.undo(second.id);
    REQUIRE(undone.ok());
    CHECK(undone->state == "undone");
    CHECK(undone->put_back == 3);   // A, B's site, D
    CHECK(undone->left_alone == 2); // B's owner, E
    CHECK(town.fact(a, "site") == "Plant 1");
    CHECK(town.fact(a, "owner") == "ot");
    CHECK(town.fact(a, "zone") == "");
    CHECK(town.live.fact({kTenant, a}, "site")->detail == "fleet.csv");
    CHECK(town.fact(b, "site") == "Plant 1");
    CHECK(town.fact(b, "owner") == "anna");
    CHECK_FALSE(town.with("D"));
    CHECK(town.with("E") == e);
    CHECK(town.live.count(town.select("")).total == 4);
    // What the undo removed is new again.
    CHECK(counts(town.import("serial\nD\n")) == "1 new, 0 changed, 0 unchanged, 0 refused");
    access::Actor viewer = town.admin;
    viewer.role = access::Role::viewer;
    CHECK(town.result<ports::EditRow>([&](auto r) { town.edits.undo(viewer, second.id, "", r); })
              .error()
              .kind == ErrorKind::denied);
}

TEST_CASE("a scan is taken back too: what it made leaves, what it took for known is unmanaged again") {
    Town town;
    const auto lease = [](const std::string& mac) { return "1794567890 " + mac + " 10.0.0.3 cam *\n"; };
    const ImportReport seen = town.import(lease("00:11:22:33:44:01"), "dnsmasq.leases");
    const DeviceId camera = *seen.sample.at(0).device;
    // Another device turns out to have that network card.
    town.token("t", 1);
    REQUIRE(town.enrol("t", "B").ok());
    const ImportReport named = town.import("serial,mac\nB,00:11:22:33:44:01\n");
    CHECK(named.doubles == 1);
    CHECK(town.row(camera).lifecycle == device::Lifecycle::retired);
    REQUIRE(town.undo(named.id).ok());
    CHECK(town.row(camera).lifecycle == device::Lifecycle::unmanaged);
    CHECK(town.fact(*town.with("B"), "x.mac") == "");
    // And one that was taken in.
    const ImportReport taken = town.import("mac,owner\n00:11:22:33:44:01,ot\n");
    CHECK(town.row(camera).lifecycle == device::Lifecycle::active);
    REQUIRE(town.undo(taken.id).ok());
    CHECK(town.row(camera).lifecycle == device::Lifecycle::unmanaged);
    CHECK(town.undo(seen.id)->put_back == 1);
    CHECK(town.count("lifecycle = unmanaged") == 0);
    CHECK(counts(town.import(lease("00:11:22:33:44:01"))) == "1 new, 0 changed, 0 unchanged, 0 refused");
}
