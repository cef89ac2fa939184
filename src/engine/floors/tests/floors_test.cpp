// SPDX-License-Identifier: Apache-2.0
#include "../../../domain/schedule/tests/fake_zones.hpp"
#include "../../fleet/tests/house.hpp"

#include <fleet/uptake.hpp>
#include <floors/floors.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::floors;
using fleet::test::kTenant;
using floor::Obstacle;
using floor::Policy;
using floor::Standing;

namespace {

constexpr std::string_view kAppleList = R"({"LastCheck":"2026-08-22T18:45:03+00:00","OSVersions":[
  {"OSVersion":"26","SecurityReleases":[
    {"ProductName":"iOS and iPadOS","ProductVersion":"26.6.1","ReleaseDate":"2026-08-17T00:00:00Z","SupportedDevices":["iPhone16,1"]},
    {"ProductName":"iOS and iPadOS","ProductVersion":"26.4","ReleaseDate":"2026-03-24T00:00:00Z","SupportedDevices":[]}]},
  {"OSVersion":"18","SecurityReleases":[
    {"ProductName":"iOS and iPadOS","ProductVersion":"18.7.10","ReleaseDate":"2026-08-17T00:00:00Z","SupportedDevices":["iPhone11,2"]}]}],
  "Devices":{"iPhone16,1":{"MarketingName":"iPhone 15 Pro"},"iPhone11,2":{"MarketingName":"iPhone XS"}}})";

// Feeds that are kept, by name; nothing else is asked of them here.
class Feeds final : public ports::FeedFiles {
  public:
    std::map<std::string, std::string> files;

    base::Result<std::vector<std::string>> kept() override {
        std::vector<std::string> names;
        for (const auto& [name, text] : files)
            names.push_back(name);
        return names;
    }
    base::Status read(const std::string& name,
                      const std::function<base::Status(base::ByteView)>& piece) override {
        return piece(base::as_bytes(files.at(name)));
    }
    base::Result<std::unique_ptr<ports::IncomingFeed>> begin() override { return none(); }
    base::Result<std::unique_ptr<ports::PartialFeed>> resume(const std::string&) override { return none(); }
    base::Status forget_partial_except(const std::vector<std::string>&) override { return none(); }
    base::Result<std::uint64_t> room() override { return none(); }
    base::Status keep(const std::string&, const std::string&) override { return none(); }
    base::Status discard(const std::string&) override { return none(); }
    base::Status replace_compiled(base::ByteView) override { return none(); }
    bool kept_since_compiled() override { return false; }
    base::Result<base::Bytes> scores() override { return none(); }
    base::Status replace_scores(base::ByteView) override { return none(); }
    base::Result<std::shared_ptr<const ports::CompiledAdvisories>> compiled() override { return none(); }

  private:
    static base::Error none() { return base::not_found("nothing is asked of it here"); }
};

connector::ManagedDevice phone(const std::string& id, const std::string& version,
                               std::map<std::string, std::string> more = {}) {
    connector::ManagedDevice device;
    device.id = id;
    device.facts = {{"x.intune_id", id},        {"serial", "S" + id},    {"name", "phone " + id},
                    {"platform", "ios"},        {"os_version", version}, {"model", "iPhone 15 Pro"},
                    {"x.ownership", "company"}, {"x.supervised", "yes"}};
    for (auto& [key, value] : more)
        device.facts[key] = value;
    std::erase_if(device.facts, [](const auto& fact) { return fact.second.empty(); });
    return device;
}

Policy ios(std::string version) {
    Policy policy;
    policy.name = "phones";
    policy.platform = "ios";
    policy.version = std::move(version);
    policy.latest = policy.version.empty();
    return policy;
}

struct Town : fleet::test::House {
    schedule::test::FakeZones zones;
    Feeds feeds;
    Catalogue catalogue{feeds, log};
    Floors floors;

    explicit Town(access::SecondPerson rule = access::SecondPerson::not_required)
        : floors(core, zones, catalogue, executor, rule) {
        feeds.files["apple-ios.json"] = kAppleList;
        feeds.files["apple-macos.json"] = R"({"OSVersions":[]})";
        floors.start();
        settle();
    }
    void have(std::vector<connector::ManagedDevice> devices) {
        fleet::Uptake uptake(core, kTenant, {"hq", "Microsoft Intune (hq)", "x.intune_id", "intune", {}});
        bool done = false;
        uptake.take(std::move(devices), [&] { done = true; });
        settle();
        REQUIRE(done);
    }
    base::Result<View> set(const Policy& policy) {
        return result<View>([&](auto done) { floors.put(admin, policy, std::move(done)); });
    }
    base::Result<View> except(const access::Actor& actor, const std::string& query) {
        floor::Exception wish;
        wish.query = query;
        wish.reason = "its app does not run there";
        wish.until = clock.now() + std::chrono::hours(24 * 30);
        return result<View>([&](auto done) { floors.except(actor, "phones", wish, std::move(done)); });
    }
    base::Result<View> decide(const access::Actor& actor, exception::Event event) {
        return result<View>(
            [&](auto done) { floors.decide(actor, "phones", 1, event, "seen", std::move(done)); });
    }
    access::Actor other(const std::string& name, access::Role role) const {
        access::Actor actor = admin;
        actor.name = name;
        actor.role = role;
        return actor;
    }
};

} // namespace

TEST_CASE("a floor says who keeps it, who has time, and who cannot and why") {
    Town town;
    town.have({phone("a", "26.6.1"), phone("b", "26.3"), phone("c", ""),
               phone("d", "26.3", {{"x.supervised", "no"}}),
               phone("e", "26.3", {{"x.ownership", "personal"}}),
               phone("f", "26.3", {{"timezone", "Asia/Tokyo"}})});
    const auto view = town.set(ios("26.4"));
    REQUIRE_MESSAGE(view.ok(), view.error().text());
    CHECK(view->total == 6);
    CHECK(view->of(Standing::keeps) == 1);
    CHECK(view->of(Standing::short_of_it) == 2);
    CHECK(view->of(Standing::cannot) == 2);
    CHECK(view->of(Standing::unknown) == 1);
    CHECK(view->obstacles[static_cast<std::size_t>(Obstacle::personal)] == 1);
    CHECK(view->obstacles[static_cast<std::size_t>(Obstacle::not_supervised)] == 1);
    CHECK(view->sentence ==
          "1 of 6 devices keeps iOS 26.4; 2 can be brought there; 2 cannot keep it; 1 cannot "
          "be told.");
    REQUIRE(view->lines.size() == 5);
    CHECK(view->lines[0].judged.standing == Standing::cannot);
    bool tokyo = false;
    for (const DeviceLine& line : view->lines) {
        if (line.name == "phone f")
            tokyo = line.local.find("19:00") != std::string::npos && !line.local.ends_with(')');
        if (line.name == "phone b") CHECK(line.local.ends_with("19:00 (UTC)"));
    }
    CHECK(tokyo);
    CHECK(base::to_date(view->offered_as_of.value()) == "2026-08-22");
}

TEST_CASE("what Apple does not offer to a model is refused with what would be, unless that is borne") {
    Town town;
    town.have({phone("a", "26.3"), phone("old", "18.7.8", {{"model", "iPhone XS"}})});
    const auto never = town.set(ios("26.9"));
    REQUIRE_FALSE(never.ok());
    CHECK(never.error().where == "/version");
    CHECK(never.error().message == "Apple's list of 2026-08-22 has no iOS 26.9; the newest is 26.6.1");
    const auto refused = town.set(ios("26.4"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().where == "/version");
    CHECK(refused.error().message.starts_with(
        "1 device of the model iPhone XS cannot run 26.4: the newest that it is offered is 18.7.10; take"));
    CHECK(town.floors.list(town.admin)->empty());
    Policy borne = ios("26.4");
    borne.accepts_unoffered = true;
    const auto kept = town.set(borne);
    REQUIRE(kept.ok());
    CHECK(kept->obstacles[static_cast<std::size_t>(Obstacle::end_of_life)] == 1);
    CHECK(kept->warnings.size() == 1);
    // Each model has a newest of its own.
    const auto latest = town.set(ios(""));
    REQUIRE(latest.ok());
    CHECK(latest->of(Standing::short_of_it) + latest->of(Standing::overdue) == 2);
    std::map<std::string, std::string> wanted;
    for (const DeviceLine& line : latest->lines)
        wanted[line.name] = line.judged.wanted;
    CHECK(wanted == std::map<std::string, std::string>{{"phone a", "26.6.1"}, {"phone old", "18.7.10"}});
}

TEST_CASE("without Apple's list the newest cannot be asked for, and a version with a warning") {
    Town town;
    town.feeds.files.clear();
    Catalogue empty(town.feeds, town.log);
    empty.read();
    Floors floors(town.core, town.zones, empty, town.executor, access::SecondPerson::not_required);
    town.have({phone("a", "26.3")});
    CHECK(floors.preview(town.admin, ios("")).error().where == "/latest");
    const auto view = floors.preview(town.admin, ios("26.4"));
    REQUIRE(view.ok());
    CHECK(view->warnings.size() == 1);
    CHECK_FALSE(view->offered_as_of.has_value());
}

TEST_CASE("a list that was imported since is taken up, and one that cannot be read changes nothing") {
    Town town;
    const auto note_import = [&] {
        ports::FeedRow row;
        row.name = "apple";
        town.put(row);
        town.settle();
    };
    town.feeds.files["apple-ios.json"] = "{\"half";
    note_import();
    CHECK(town.catalogue.offered()->newest()->version == "26.6.1");
    std::string newer(kAppleList);
    newer.replace(newer.find("26.6.1"), 6, "26.6.2");
    town.feeds.files["apple-ios.json"] = newer;
    note_import();
    CHECK(town.catalogue.offered()->newest()->version == "26.6.2");
}

TEST_CASE("a floor has versions, and its time begins anew only when it asks for something else") {
    Town town;
    town.have({phone("a", "26.3")});
    const auto first = town.set(ios("26.4"));
    REQUIRE(first.ok());
    CHECK(first->floor.version == 1);
    CHECK(town.set(ios("26.4"))->floor.version == 1);
    town.clock.wall_offset += std::chrono::hours(24);
    Policy longer = ios("26.4");
    longer.days = 30;
    const auto second = town.set(longer);
    CHECK(second->floor.version == 2);
    CHECK(second->floor.since == first->floor.since);
    CHECK(second->floor.set > first->floor.set);
    const auto third = town.set(ios("26.6.1"));
    CHECK(third->floor.version == 3);
    CHECK(third->floor.since > first->floor.since);
    CHECK(town.floors.get(town.admin, "phones")->floor.version == 3);
    CHECK(town.status([&](auto done) { town.floors.remove(town.admin, "phones", "", done); }).ok());
    CHECK(town.floors.get(town.admin, "phones").error().kind == base::ErrorKind::not_found);
    CHECK(town.floors.list(town.admin)->empty());
    std::vector<std::string> deeds;
    const auto audit = *town.history.audit(kTenant, 0, 100);
    for (const auto& row : audit)
        if (row.resource == "floor phones") deeds.push_back(row.action);
    CHECK(deeds == std::vector<std::string>{"floor.set", "floor.set", "floor.set", "floor.remove"});
}

TEST_CASE("who is past the deadline is overdue") {
    Town town;
    town.have({phone("a", "26.3"), phone("b", "26.6.1")});
    REQUIRE(town.set(ios("26.4")).ok());
    CHECK(town.floors.get(town.admin, "phones")->of(Standing::overdue) == 0);
    town.clock.wall_offset += std::chrono::hours(24 * 15);
    CHECK(town.floors.get(town.admin, "phones")->of(Standing::overdue) == 1);
}

TEST_CASE("a list keeps what it found for a minute, and a changed floor is looked at anew") {
    Town town;
    town.have({phone("a", "26.3")});
    REQUIRE(town.set(ios("26.4")).ok());
    const auto listed = [&] { return town.floors.list(town.admin)->at(0); };
    CHECK(listed().total == 1);
    town.have({phone("a", "26.3"), phone("b", "26.6.1")});
    CHECK(listed().total == 1);
    CHECK(town.floors.get(town.admin, "phones")->total == 2);
    town.clock.wall_offset += Floors::kKept;
    CHECK(listed().total == 2);
    CHECK(listed().of(Standing::keeps) == 1);
    REQUIRE(town.set(ios("26.6.1")).ok());
    CHECK(listed().words == "iOS 26.6.1");
    town.have({phone("a", "26.3"), phone("b", "26.6.1"), phone("c", "26.3")});
    CHECK(town.except(town.admin, "serial = Sa").ok());
    CHECK(listed().total == 3);
    CHECK(listed().of(Standing::excepted) == 1);
}

TEST_CASE("an exception counts once another person approved it, and until its day") {
    Town town(access::SecondPerson::required);
    town.have({phone("a", "26.3"), phone("b", "26.3")});
    REQUIRE(town.set(ios("26.4")).ok());
    const access::Actor anna = town.other("anna", access::Role::administrator),
                        ben = town.other("ben", access::Role::approver);
    CHECK(town.except(anna, "serial = ").error().where.starts_with("/query"));
    const auto asked = town.except(anna, "serial = Sa");
    REQUIRE_MESSAGE(asked.ok(), asked.error().text());
    CHECK(asked->of(Standing::excepted) == 0);
    CHECK(town.decide(anna, exception::Event::approved).error().kind == base::ErrorKind::denied);
    const auto approved = town.decide(ben, exception::Event::approved);
    REQUIRE_MESSAGE(approved.ok(), approved.error().text());
    CHECK(approved->of(Standing::excepted) == 1);
    CHECK(town.decide(ben, exception::Event::approved).error().kind == base::ErrorKind::conflict);
    town.clock.wall_offset += std::chrono::hours(24 * 31);
    const auto later = town.floors.get(anna, "phones");
    CHECK(later->of(Standing::excepted) == 0);
    CHECK(later->of(Standing::overdue) == 2);
    CHECK(later->floor.exceptions.at(0).state == exception::State::expired);
}

TEST_CASE("only who may edit policies sets a floor, and who sees a part of the fleet counts that part") {
    Town town;
    town.have({phone("a", "26.3")});
    const access::Actor viewer = town.other("eve", access::Role::viewer);
    CHECK(town.result<View>([&](auto done) { town.floors.put(viewer, ios("26.4"), std::move(done)); })
              .error()
              .kind == base::ErrorKind::denied);
    REQUIRE(town.set(ios("26.4")).ok());
    access::Actor elsewhere = viewer;
    elsewhere.scope = {base::Id128{1, 2}};
    CHECK(town.floors.get(viewer, "phones")->total == 1);
    CHECK(town.floors.get(elsewhere, "phones")->total == 0);
    CHECK(town.floors.list(viewer)->at(0).total == 1);
    CHECK(town.floors.list(elsewhere)->at(0).total == 0);
    // Nor do warnings tell of devices that one may not see.
    town.have({phone("a", "26.3"), phone("old", "18.7.8", {{"model", "iPhone XS"}})});
    Policy borne = ios("26.4");
    borne.accepts_unoffered = true;
    REQUIRE(town.set(borne).ok());
    CHECK(town.floors.get(viewer, "phones")->warnings.size() == 1);
    CHECK(town.floors.get(elsewhere, "phones")->warnings.empty());
    CHECK(town.except(elsewhere, "serial = Sa").error().kind == base::ErrorKind::denied);
}

TEST_CASE("what cannot be meant is refused with its place") {
    Town town;
    const auto place = [&](auto edit) {
        Policy policy = ios("26.4");
        edit(policy);
        const auto view = town.floors.preview(town.admin, policy);
        return view.ok() ? std::string() : view.error().where;
    };
    CHECK(place([](Policy& p) { p.query = "site ="; }).starts_with("/query column"));
    CHECK(place([](Policy& p) { p.zone_if_unknown = "Mars/Base"; }) == "/zone_if_unknown");
    CHECK(place([](Policy& p) { p.version = "26.4\" or kev"; }) == "/version");
    CHECK(place([](Policy&) {}).empty());
}
