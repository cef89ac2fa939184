// SPDX-License-Identifier: Apache-2.0
#include "import_world.hpp"
#include "marks.hpp"

#include <assessment/adoption.hpp>
#include <assessment/daily_figures.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace oakum;
using namespace oakum::assessment;
using fleet::test::kTenant;

namespace {

using std::chrono::days;
using std::chrono::hours;

const device::GroupId kFleet;

// What the journal took, as a store would answer it.
class Records final : public ports::DailyRecords {
  public:
    explicit Records(const shard::test::Journal& journal) : journal_(journal) {}
    using Figures = std::vector<ports::FiguresRow>;
    base::Result<Figures> figures(ports::TenantId, ports::GroupId group, base::TimePoint from,
                                  base::TimePoint to) override {
        return kept([&](const auto& row) { return row.group == group && row.day >= from && row.day <= to; });
    }
    base::Result<Figures> figures_of_day(ports::TenantId, base::TimePoint day) override {
        if (broken) return base::unavailable("the disk is gone");
        return kept([&](const auto& row) { return row.day == day; });
    }
    base::Result<std::optional<base::TimePoint>> first_day(ports::TenantId, ports::GroupId group) override {
        const Figures all = kept([&](const auto& row) { return row.group == group; });
        return all.empty() ? std::nullopt : std::optional(all.front().day);
    }
    base::Result<std::vector<ports::MarkRow>> marks(ports::TenantId, ports::GroupId, base::TimePoint,
                                                    base::TimePoint) override {
        std::vector<ports::MarkRow> all;
        for (const auto& [place, row] : journal_.stored)
            if (const auto* mark = std::get_if<ports::MarkRow>(&row)) all.push_back(*mark);
        return all;
    }
    bool broken = false;

  private:
    template <class Keep> Figures kept(Keep keep) const {
        std::map<std::pair<base::TimePoint, ports::GroupId>, ports::FiguresRow> rows;
        for (const auto& [place, row] : journal_.stored)
            if (const auto* figures = std::get_if<ports::FiguresRow>(&row); figures && keep(*figures))
                rows[{figures->day, figures->group}] = *figures;
        Figures all;
        for (const auto& [key, row] : rows)
            all.push_back(row);
        return all;
    }
    const shard::test::Journal& journal_;
};

struct DayWorld : test::ImportWorld {
    Records records{journal};
    shard::ClockWatch watch{clock};
    std::unique_ptr<DailyFigures> daily;

    DayWorld() {
        put_all(shard::control_of(kTenant), {ports::DocumentRow{"setting/poll_seconds", "60"}}); // a tenant
        start();
    }
    void start() { daily = std::make_unique<DailyFigures>(core, assessor, records, watch, executor, log); }
    // Seconds go by, each with its look, as in the server.
    void pass(base::Duration time) {
        const base::Duration end = clock.steady() + time;
        const base::Duration step = std::max<base::Duration>(std::chrono::seconds(1), time / 50);
        while (clock.steady() < end) {
            executor.advance(std::min(step, end - clock.steady()));
            watch.look();
            daily->look();
            settle();
        }
    }
    ports::FiguresRow row(base::TimePoint day, device::GroupId group = kFleet) {
        const auto rows = records.figures(kTenant, group, day, day);
        REQUIRE(rows->size() == 1);
        return rows->front();
    }
    ports::FiguresRow today(device::GroupId group = kFleet) { return row(day_of(clock.now()), group); }
    std::size_t rows_stored() const {
        return static_cast<std::size_t>(std::ranges::count_if(journal.stored, [](const auto& entry) {
            return std::holds_alternative<ports::FiguresRow>(entry.second);
        }));
    }
    // An update is verified on a device, as rollouts tell it.
    void verify(device::DeviceId device, bool back = false) {
        REQUIRE(status([&](auto reply) {
                    writer.submit(
                        shard::place_of(kTenant, device), shard::Priority::person,
                        [=](shard::Transaction& transaction) -> base::Status {
                            transaction.change("deployment", "d",
                                               R"({"device":")" + device.text() +
                                                   R"(","state":"verified","reason":"none")" +
                                                   (back ? R"(,"back":true})" : "}"));
                            return {};
                        },
                        reply);
                }).ok());
    }
    device::GroupId group(const std::string& name, const std::string& query) {
        const auto made = result<device::GroupId>(
            [&](auto done) { groups.create(admin, {name, query, {}}, std::move(done)); });
        REQUIRE(made.ok());
        return *made;
    }
    // To the next midnight, and a minute more.
    void to_tomorrow() { pass(day_of(clock.now()) + days(1) - clock.now() + std::chrono::minutes(1)); }
};

} // namespace

TEST_CASE("the day's figures follow what changes, for the fleet and for each group, and are those of the "
          "exposure") {
    DayWorld world;
    const auto group = world.group("plant", "site = Plant");
    world.import("osv.json", test::osv("GO-1"));
    world.device_with("GO-1", "1.0");
    world.device_with("GO-1", "9.0");
    world.pass(std::chrono::seconds(30));
    const auto first = world.today();
    CHECK(first.devices == 2);
    CHECK(first.exposed == 1);
    CHECK(first.findings_open == 1);
    CHECK(first.assessed == 2);
    CHECK(world.today(group).devices == 0);
    world.device_with("GO-1", "1.1", {{"site", "Plant"}});
    world.pass(std::chrono::seconds(30));
    CHECK(world.today().devices == 3);
    CHECK(world.today().exposed == 2);
    CHECK(world.today(group).devices == 1);
    CHECK(world.today(group).exposed == 1);
    const Figures figures = assessment::figures(world.live, *world.assessor.fleet(kTenant), world.select(""));
    const auto row = world.today();
    CHECK(row.devices == figures.devices);
    CHECK(row.exposed == figures.exposed);
    CHECK(row.findings_open == figures.findings_open);
    CHECK(row.cannot_tell == figures.cannot_tell);
    CHECK(row.risk_thousandths == static_cast<std::uint64_t>(std::llround(figures.risk * 1000)));
    CHECK(row.risk_thousandths > 0);
}

TEST_CASE("each figure is a query: as many devices as the list that it leads to") {
    DayWorld world;
    const auto affects = [](const std::string& id) {
        return R"({"id":")" + id +
               R"(","modified":"2024-01-02T00:00:00Z","published":"2024-01-01T00:00:00Z","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"Go","name":"x/)" +
               id + R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.0"}]}]}]})" +
               "\n";
    };
    world.import("osv.json", affects("GO-1") + affects("GO-2"));
    const auto seen = [&](device::DeviceId id, int days_ago) {
        ports::DeviceRow row = *world.live.device({kTenant, id});
        row.first_seen = world.clock.now() - days(days_ago);
        world.put_all(shard::place_of(kTenant, id), {row});
    };
    for (int n = 0; n < 24; ++n) {
        const char* exposure = n % 3 == 0 ? "internet" : n % 3 == 1 ? "internal" : "";
        const std::string version = n % 4 == 0   ? "1.0"
                                    : n % 4 == 1 ? "9.0"
                                    : n % 4 == 2 ? "unreadable!"
                                                 : "0.1";
        std::map<std::string, std::string> facts;
        if (*exposure != 0) facts["exposure"] = exposure;
        seen(world.device_id_with(n % 2 == 0 ? "GO-1" : "GO-2", version, facts), n * 5);
    }
    ports::DeviceRow mute;
    mute.id = world.ids.next_as<device::DeviceId>();
    mute.lifecycle = device::Lifecycle::active;
    world.put_all(shard::place_of(kTenant, mute.id), {mute});
    world.pass(std::chrono::seconds(60));
    const auto count = [&](const char* query) { return world.live.count(world.select(query)).yes; };
    const auto row = world.today();
    CHECK(row.devices == 25);
    CHECK(row.overdue > 0);
    CHECK(row.overdue < row.exposed);
    CHECK(row.cannot_tell > 1);
    CHECK(count("overdue") == row.overdue);
    CHECK(count("cannot_tell") == row.cannot_tell);
    CHECK(count("exists(finding)") == row.exposed);
    CHECK(count("kev") == row.exploited);
    // Time alone makes more of them so.
    world.pass(days(50));
    CHECK(count("overdue") == world.today().overdue);
    CHECK(world.today().overdue > row.overdue);
}

TEST_CASE("nothing is counted again while nothing changes, and the next day begins all the same") {
    DayWorld world;
    world.device_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    const base::TimePoint first = day_of(world.clock.now());
    const std::size_t stored = world.rows_stored();
    const std::size_t changes = world.journal.stored.size();
    world.pass(hours(2));
    CHECK(world.rows_stored() == stored);
    CHECK(world.journal.stored.size() == changes);
    world.to_tomorrow();
    CHECK(world.rows_stored() == stored + 1);
    CHECK(world.today().devices == 1);
    CHECK(world.row(first).devices == 1);
}

TEST_CASE("what was verified is counted once, on its day, whatever the restarts") {
    DayWorld world;
    const auto group = world.group("plant", "site = Plant");
    const auto device = world.device_id_with("GO-1", "1.0", {{"site", "Plant"}});
    const auto other = world.device_id_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    world.verify(device);
    world.verify(other);
    world.verify(other, true); // back to what it had: nothing new is proven
    world.start();             // before it was counted
    world.pass(std::chrono::seconds(30));
    CHECK(world.today().verified == 2);
    CHECK(world.today(group).verified == 1);
    world.start();
    world.pass(std::chrono::seconds(30));
    world.verify(device);
    world.pass(std::chrono::seconds(30));
    CHECK(world.today().verified == 3);
    world.to_tomorrow();
    CHECK(world.today().verified == 0);
    const base::TimePoint before = day_of(world.clock.now()) - days(1);
    CHECK(world.row(before).verified == 3);
    CHECK(world.row(before, group).verified == 2);
}

TEST_CASE("what was verified before midnight and noticed after it counts on the day before") {
    DayWorld world;
    const auto device = world.device_id_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    const base::TimePoint day = day_of(world.clock.now());
    world.executor.advance(day + days(1) - world.clock.now() - std::chrono::seconds(5));
    world.verify(device);
    world.watch.look();
    world.pass(std::chrono::minutes(1));
    CHECK(world.row(day).verified == 1);
    CHECK(world.today().verified == 0);
    CHECK(world.today().day == day + days(1));
}

TEST_CASE(
    "days on which the server did not run have no figures, and what was verified in between is not lost") {
    DayWorld world;
    const auto device = world.device_id_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    const base::TimePoint day = day_of(world.clock.now());
    world.daily.reset();
    world.executor.advance(days(2));
    world.verify(device);
    world.executor.advance(days(1));
    world.watch.look();
    world.start();
    world.pass(std::chrono::seconds(30));
    CHECK(world.records.figures(kTenant, kFleet, day + days(1), day + days(2))->empty());
    CHECK(world.today().day == day + days(3));
    CHECK(world.today().verified == 1);
}

TEST_CASE("the first count marks what happened before it, and counts what was verified on its day alone") {
    DayWorld world;
    const auto device = world.device_id_with("GO-1", "1.0");
    world.import("osv.json", test::osv("GO-1"));
    world.verify(device);
    world.executor.advance(days(1));
    world.verify(device);
    world.watch.look();
    world.pass(std::chrono::seconds(30));
    CHECK(world.today().verified == 1);
    const auto marks = world.records.marks(kTenant, kFleet, {}, {});
    CHECK(std::ranges::count(*marks, std::string("feed"), &ports::MarkRow::kind) == 1);
}

TEST_CASE("a clock that jumps writes no figures of days that were not; a restart goes on") {
    DayWorld world;
    world.device_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    const base::TimePoint day = day_of(world.clock.now());
    for (const base::Duration jump : {base::Duration(days(90)), base::Duration(-days(3))}) {
        world.clock.wall_offset = jump;
        world.pass(std::chrono::minutes(2));
        world.device_with("GO-1", "1.0");
        world.pass(std::chrono::minutes(2));
        CHECK(world.records.figures(kTenant, kFleet, day - days(99), day + days(99))->size() == 1);
    }
    world.clock.wall_offset = {};
    shard::ClockWatch fresh(world.clock);
    world.daily = std::make_unique<DailyFigures>(world.core, world.assessor, world.records, fresh,
                                                 world.executor, world.log);
    world.daily->look();
    world.settle();
    CHECK(world.today().devices == 3);
    world.daily.reset();
}

TEST_CASE("a clock set back over midnight by less than what counts as a jump goes on with the day before") {
    DayWorld world;
    const auto device = world.device_id_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    const base::TimePoint day = day_of(world.clock.now());
    world.verify(device);
    world.to_tomorrow();
    world.verify(device);
    world.pass(std::chrono::seconds(20));
    CHECK(world.today().verified == 1);
    world.clock.wall_offset = -std::chrono::minutes(4);
    world.device_with("GO-1", "1.0");
    world.verify(device);
    world.pass(std::chrono::seconds(30));
    REQUIRE(day_of(world.clock.now()) == day);
    CHECK(world.row(day).verified == 2);
    CHECK(world.row(day).devices == 2);
    world.pass(std::chrono::minutes(5));
    CHECK(world.row(day + days(1)).verified == 1);
    CHECK(world.row(day + days(1)).devices == 2);
}

TEST_CASE("a store that refuses is told once, and nothing is counted twice when it takes again") {
    DayWorld world;
    const auto device = world.device_id_with("GO-1", "1.0");
    world.pass(std::chrono::seconds(30));
    world.verify(device);
    world.executor.advance(std::chrono::seconds(30));
    world.daily->look();
    world.executor.run();
    REQUIRE(world.journal.busy());
    world.journal.fail(base::unavailable("the disk is full"));
    world.pass(std::chrono::minutes(1));
    CHECK(world.today().verified == 1);
}

TEST_CASE("what is exploited and comes to hit a group leaves one mark, and imports leave theirs") {
    DayWorld world;
    const auto group = world.group("plant", "site = Plant");
    world.pass(std::chrono::seconds(30));
    world.import("osv.json", test::osv("CVE-2024-1"));
    world.device_with("CVE-2024-1", "1.0", {{"site", "Plant"}});
    world.pass(std::chrono::seconds(30));
    CHECK(world.today(group).exploited == 0);
    world.import("kev.json", test::kev("2027-01-10T00:00:00.000Z", "CVE-2024-1"));
    world.pass(std::chrono::seconds(30));
    CHECK(world.today(group).exploited == 1);
    world.start();
    world.device_with("CVE-2024-1", "1.0", {{"site", "Plant"}});
    world.pass(std::chrono::seconds(30));
    std::multiset<std::string> sentences;
    const auto marks = world.records.marks(kTenant, kFleet, {}, {});
    for (const auto& mark : *marks)
        sentences.insert(mark.kind + (mark.group == group ? " plant: " : ": ") + mark.sentence);
    CHECK(sentences ==
          std::multiset<std::string>{"exploited plant: CVE-2024-1 is exploited and open on 1 device.",
                                     "exploited: CVE-2024-1 is exploited and open on 1 device.",
                                     "feed: Advisories were imported: kev, 1 record.",
                                     "feed: Advisories were imported: osv-osv.json, 1 record."});
}

TEST_CASE("a device is overdue when a deadline has passed since the disclosure and since it was first seen") {
    const auto now = base::from_unix_ms(1'800'000'000'000);
    const Lengths lengths(std::vector<int>{3, 14, 60});
    Standing standing;
    // Of a device that is older than so many of the lengths, as a census counts it; and by its own day.
    const auto overdue = [&](std::uint32_t age) {
        const auto after = standing.overdue_after(now);
        const bool counted = after && lengths.is_older(age, *after);
        const auto limits = lengths.limits(now);
        const base::TimePoint seen = age == 0 ? now : limits[age - 1] - std::chrono::seconds(1);
        CHECK(counted == standing.is_overdue(now, seen));
        return counted;
    };
    CHECK_FALSE(overdue(3));
    standing.runs_since = {{14, now - days(20)}}; // to be fixed within 14 days
    CHECK(overdue(3));
    CHECK(overdue(2));
    CHECK_FALSE(overdue(1)); // seen for less than 14 days
    CHECK_FALSE(standing.overdue_after(now - days(7)));
    standing.runs_since.insert(standing.runs_since.begin(), {3, now - days(4)});
    CHECK(overdue(1));
    CHECK_FALSE(overdue(0));
}

TEST_CASE("several that are exploited make one sentence") {
    const device::GroupId group(base::Id128{1, 2});
    Hitting hitting;
    for (const char* id : {"CVE-1", "CVE-2", "CVE-3"})
        hitting[id][group] = 2;
    hitting["CVE-4"][group] = 1;
    const auto marks = marks_of(hitting, {{"CVE-4", {group}}}, {});
    REQUIRE(marks.size() == 1);
    CHECK(marks[0].subject.empty());
    CHECK(marks[0].group == group);
    CHECK(marks[0].sentence ==
          "3 vulnerabilities that are exploited were found open: CVE-1, CVE-2 and 1 more.");
}

TEST_CASE(
    "what versions a model runs is kept of each day: an update moves devices from one to the other, a day "
    "that is over stays, and a model whose last device left has none") {
    DayWorld world;
    const auto one = world.device_id_with("GO-1", "1.0", {{"model", "CAM"}, {"os_version", "1.0"}});
    world.device_with("GO-1", "1.0", {{"model", "CAM"}, {"os_version", "1.0"}});
    const auto lone = world.device_id_with("GO-1", "7.0", {{"model", "LONE"}});
    const auto first = day_of(world.clock.now());
    world.pass(std::chrono::seconds(30));
    using Models = std::vector<AdoptionDay::Model>;
    const auto models_on = [&](base::TimePoint day) {
        const auto counted = adoption(world.control, kTenant, day, day);
        REQUIRE(counted.size() == 1);
        return counted.front().models;
    };
    const Models before{{"CAM", 2, 0, 0, {{"1.0", 2}}}, {"LONE", 1, 1, 0, {}}};
    CHECK(models_on(first) == before);
    world.to_tomorrow();
    const auto second = day_of(world.clock.now());
    // What runs as firmware says more than the system.
    world.put_all(shard::place_of(kTenant, one),
                  {ports::FactRow{one, {"firmware_version", "2.0", device::FactSource::person, "", {}}}});
    auto row = *world.live.device({kTenant, lone});
    row.lifecycle = device::Lifecycle::retired;
    world.put_all(shard::place_of(kTenant, lone), {row});
    world.pass(std::chrono::hours(2));
    CHECK(models_on(second) == Models{{"CAM", 2, 0, 0, {{"1.0", 1}, {"2.0", 1}}}});
    CHECK(models_on(first) == before);
    CHECK(last_adoption(world.control, kTenant)->day == second);
    // Nothing changes: nothing is written, after a restart neither.
    const auto stored = world.journal.stored.size();
    world.pass(std::chrono::hours(3));
    world.start();
    world.pass(std::chrono::minutes(1));
    CHECK(world.journal.stored.size() == stored);
    CHECK(adoption_before(world.control, kTenant, second) ==
          std::vector<std::string>{adoption_document(first)});
}

TEST_CASE("days of versions are kept as long as said, and then forgotten") {
    DayWorld world;
    world.device_with("GO-1", "1.0", {{"model", "CAM"}});
    const auto today = day_of(world.clock.now());
    const auto document = [&](int days_ago) { return adoption_document(today - days(days_ago)); };
    world.put_all(shard::control_of(kTenant),
                  {ports::DocumentRow{document(400), "[]"}, ports::DocumentRow{document(401), "[]"},
                   ports::DocumentRow{"adoption/rubbish", "[]"}});
    world.pass(std::chrono::seconds(30));
    CHECK(world.control.document(kTenant, document(400)) == "[]");
    CHECK(world.control.document(kTenant, document(401)).empty());
    CHECK_FALSE(world.control.document(kTenant, document(0)).empty());
}

TEST_CASE("of a day as many models and versions are kept as stay small in memory; the rest are others") {
    std::vector<VersionCount> counted;
    for (std::size_t n = 0; n < kMostVersions + 3; ++n)
        counted.push_back({"CAM", "1." + std::to_string(100 + n), 10 + n});
    counted.push_back({"CAM", "", 3});
    counted.push_back({"CAM", "", 1}); // the same again is one
    for (std::size_t n = 0; n < kMostModels; ++n)
        counted.push_back({"M" + std::to_string(1000 + n), "1", 10 + n});
    const auto models = adoption_of(counted);
    CHECK(models.size() == kMostModels);
    REQUIRE(models.front().model == "CAM");
    const AdoptionDay::Model& model = models.front();
    CHECK(model.versions.size() == kMostVersions);
    CHECK(model.versions.front() ==
          AdoptionDay::Version{"1." + std::to_string(102 + kMostVersions), 12 + kMostVersions});
    CHECK(model.unknown == 4);
    CHECK(model.others == 10 + 11 + 12);
    std::uint64_t sum = model.unknown + model.others;
    for (const auto& each : model.versions)
        sum += each.devices;
    CHECK(sum == model.devices);
    CHECK(models.back().model == "M1001"); // the one with the fewest devices is left out
    CHECK(*read_adoption(text_of(models)) == models);
    // A full day says nothing of a model that it does not have; another one says that it had no device.
    AdoptionDay day{{}, models};
    CHECK(model_on(day, models.front().model)->devices == models.front().devices);
    CHECK_FALSE(model_on(day, "rarer").has_value());
    day.models.pop_back();
    CHECK(model_on(day, "rarer")->devices == 0);
}

TEST_CASE(
    "what devices call their versions is kept as it is, and a damaged day is one of which nothing is known") {
    const std::vector<AdoptionDay::Model> hostile{{"\"]}\n", 3, 1, 1, {{"=1+1\t\xC3\xA4", 1}}}};
    CHECK(*read_adoption(text_of(hostile)) == hostile);
    for (const char* text : {"", "{", "{}", "[1]", R"([{"model":"A"}])", R"([{"model":1,"devices":1}])",
                             R"([{"model":"A","devices":-1,"unknown":0,"others":0,"versions":[]}])",
                             R"([{"model":"A","devices":1,"unknown":0,"others":0,"versions":[{}]}])"})
        CHECK(read_adoption(text).error().kind == base::ErrorKind::corrupt);
}
