// SPDX-License-Identifier: Apache-2.0
#include "house.hpp"

#include <doctest/doctest.h>
#include <random>

namespace {

using namespace oakum;
using namespace oakum::fleet;
using namespace oakum::fleet::test;

struct RandomFleet {
    shard::ControlTables control;
    Software software;
    shard::test::Clock clock;
    LiveFleet live{software, control, clock};
    std::mt19937_64 random;
    std::vector<DeviceId> ids;
    std::vector<SetId> sets;

    explicit RandomFleet(std::uint64_t seed) : random(seed) {}
    std::uint64_t below(std::uint64_t n) { return random() % n; }
    void apply(ports::Row row, std::optional<DeviceId> device = {}) {
        const shard::Place place = device ? shard::place_of(kTenant, *device) : shard::control_of(kTenant);
        for (shard::Projection* projection :
             std::initializer_list<shard::Projection*>{&control, &software, &live})
            projection->apply(place, row);
    }
    void fact(DeviceId id, std::string key, std::string value,
              device::FactSource source = device::FactSource::reported) {
        apply(ports::FactRow{id, {std::move(key), std::move(value), source, "", base::from_unix_ms(60'000)}},
              id);
    }
    void finding(SetId subject, int n) {
        apply(ports::SetFindingRow{subject,
                                   n == 0 ? "CVE-2024-1" : "CVE-2024-2",
                                   {},
                                   n == 4 ? ports::Verdict::unknown : ports::Verdict::affected,
                                   "",
                                   {},
                                   {}});
    }
    void make_sets() {
        for (int n = 0; n < 6; ++n) {
            ports::SoftwareSetRow set;
            for (int c = 0; c <= n % 3; ++c) {
                component::Component component;
                component.name = c == 0 ? "busybox" : "openssl";
                component.version = "1." + std::to_string(30 + n + c);
                const ComponentId id = component_id(component);
                apply(ports::ComponentRow{id, component});
                set.components.push_back(id);
            }
            set.id = set_id(set.components);
            sets.push_back(set.id);
            apply(set);
            if (n % 2 == 0) finding(set.id, n);
        }
        // On another set beneath it a set has findings of its own.
        for (std::size_t n = 0; n < sets.size(); ++n)
            for (std::size_t on = 0; on < sets.size(); ++on)
                if (n != on && (n + on) % 2 == 0)
                    finding(subject(sets[n], sets[on]).id, static_cast<int>(n + on));
        software.publish_kev(kTenant, {"CVE-2024-1"});
        // From the first day on, shorter for what anybody can reach; the other runs from the third.
        // What nobody told of its criticality is in the same class as what is high.
        DeadlineBook book;
        book.facts = {{"exposure", {"isolated", "internal"}}, {"criticality", {"low"}}};
        book.classes = {0, 0, 0, 0, 1, 2};
        book.count = 3;
        book.of = [](const std::string& advisory) -> DeadlinesOf {
            const base::TimePoint day{};
            if (advisory == "CVE-2024-1") return {Deadline{3, day}, Deadline{2, day}, Deadline{1, day}};
            return {std::nullopt, Deadline{2, day + std::chrono::days(1)},
                    Deadline{1, day + std::chrono::days(2)}};
        };
        software.publish_deadlines(kTenant, std::move(book));
        clock.wall_offset = base::from_unix_ms(0) + std::chrono::hours(24 * 5 + 12) - clock.now();
    }
    void group(std::uint64_t n, std::string name, std::string query, std::vector<device::Fact> defaults) {
        ports::GroupRow row;
        row.id = GroupId(base::Id128{9, n});
        row.name = std::move(name);
        row.query = std::move(query);
        row.defaults = std::move(defaults);
        apply(row);
    }
    void change_device(DeviceId id) {
        ports::DeviceRow row;
        row.id = id;
        row.lifecycle = static_cast<device::Lifecycle>(below(5));
        if (below(3) == 0) row.group = GroupId(base::Id128{9, 1 + below(3)});
        row.first_seen = row.last_seen = base::from_unix_ms(static_cast<std::int64_t>(below(5)) * 86'400'000);
        if (below(3) != 0) row.base_set = sets[below(sets.size())];
        if (below(2) != 0) row.delta_set = sets[below(sets.size())];
        if (below(4) != 0) row.running_version = "1." + std::to_string(below(12));
        row.hold = below(3) == 0;
        row.revoked = below(5) == 0;
        row.clone_suspected = below(7) == 0;
        if (below(2) == 0) row.certificate_serial = below(2) == 0 ? "0a" : "token of a guest";
        if (below(2) == 0) row.desired_rollout = ports::RolloutId(base::Id128{7, 1 + below(3)});
        if (below(3) == 0) {
            ports::DeploymentRow deployment;
            deployment.id = ports::DeploymentId(base::Id128{8, below(1000)});
            deployment.device = id;
            deployment.state = static_cast<install::State>(below(17));
            row.deployment = deployment.id;
            apply(deployment, id);
        }
        apply(row, id);
        if (below(2) == 0) fact(id, "model", below(2) == 0 ? "AC-200" : "GW-1");
        if (below(2) == 0) fact(id, "site", "Plant " + std::to_string(below(4)));
        if (below(2) == 0) fact(id, "os_version", std::to_string(below(3)) + "." + std::to_string(below(12)));
        if (below(2) == 0)
            fact(id, "address", "10." + std::to_string(below(2)) + ".0." + std::to_string(below(9)));
        if (below(2) == 0)
            fact(id, "criticality", below(2) == 0 ? "low" : "high",
                 below(2) == 0 ? device::FactSource::assumed : device::FactSource::reported);
        if (below(3) == 0) fact(id, "exposure", below(2) == 0 ? "internet" : "internal");
        if (below(3) == 0) fact(id, "tag.ring", std::to_string(below(4)));
        if (below(3) == 0) fact(id, "owner", below(2) == 0 ? "" : "anna"); // an empty value deletes
    }
    std::string term() {
        switch (below(30)) {
        case 0:
            return "model = AC-*";
        case 1:
            return "site = \"Plant " + std::to_string(below(4)) + "\"";
        case 2:
            return "os_version < 1." + std::to_string(below(12));
        case 3:
            return "address in 10.1.0.0/16";
        case 4:
            return "criticality >= high";
        case 5:
            return "tag.ring in (1, 2)";
        case 6:
            return "exists(owner)";
        case 7:
            return "lifecycle = active";
        case 8:
            return "group = Plants";
        case 9:
            return "component(\"busybox\") < 1.33";
        case 10:
            return "finding = CVE-2024-2";
        case 11:
            return "kev";
        case 12:
            return "deployment in (failed, none)";
        case 13:
            return "hold = yes";
        case 14:
            return "running_version > 1.5";
        case 15:
            return "last_seen >= 1970-01-03";
        case 16:
            return "group != Special";
        case 17:
            return "owner != anna";
        case 18:
            return "serial = \"sn-" + std::to_string(below(400)) + "\"";
        case 19:
            return "finding != CVE-2024-1";
        case 20:
            return "address = 10.0.0." + std::to_string(below(9));
        case 21:
            return "overdue";
        case 22:
            return "overdue = no";
        case 23:
            return "cannot_tell";
        case 24:
            return "exists(finding)";
        case 25:
            return "group = Late";
        case 26:
            return "enrolled = no";
        case 27:
            return "rollout = none";
        case 28:
            return "rollout != " + ports::RolloutId(base::Id128{7, 1 + below(3)}).text();
        default:
            return "component(\"openssl\")";
        }
    }
    std::string query(int depth = 0) {
        switch (depth >= 3 ? 0 : below(5)) {
        case 1:
            return "(" + query(depth + 1) + ") and (" + query(depth + 1) + ")";
        case 2:
            return "(" + query(depth + 1) + ") or (" + query(depth + 1) + ")";
        case 3:
            return "not (" + query(depth + 1) + ")";
        default:
            return term();
        }
    }
    // Something is decided about about half of the findings, on some devices or everywhere.
    void decide(bool whole) {
        std::vector<Selection> some{{kTenant, {}, *device::parse_query("site = Plant*")},
                                    {kTenant, {GroupId(base::Id128{9, 2})}, *device::parse_query("")},
                                    {kTenant, {}, *device::parse_query("model = AC-* or hold = yes")},
                                    {kTenant, {GroupId(base::Id128{9, 4})}, *device::parse_query("")}};
        for (int n = 0; n < 8; ++n)
            some.push_back({kTenant,
                            {},
                            *device::parse_query("tag.ring = " + std::to_string(n % 4) +
                                                 " or os_version < 1." + std::to_string(n))});
        if (whole) scopes = std::make_shared<const std::vector<Selection>>(some);
        DecidedFindings of;
        std::vector<SetId> subjects = sets;
        for (const SetId& set : sets)
            for (const SetId& on : sets)
                if (set != on) subjects.push_back(subject(set, on).id);
        for (const SetId& one : subjects) {
            if (!whole && below(3) != 0) continue;
            auto& decided = of[one];
            for (const char* advisory : {"CVE-2024-1", "CVE-2024-2"}) {
                if (below(2) == 0) continue;
                Decision decision;
                decision.closed = {below(5) == 0, below(4096)};
                if (below(2) == 0)
                    decision.ruled_out = {decision.closed.everywhere && below(2) == 0,
                                          decision.closed.scopes & below(4096)};
                decided.push_back({advisory, {}, decision});
            }
        }
        software.publish_decisions(kTenant, scopes, of, whole);
    }
    DecisionScopes scopes;
    void populate(std::size_t devices) {
        make_sets();
        const auto word = [](std::string key, std::string value) {
            return device::Fact{std::move(key), std::move(value), device::FactSource::person, "", {}};
        };
        group(1, "Plants", "site = Plant*", {word("criticality", "high"), word("owner", "ops")});
        group(2, "Special", "", {word("criticality", "low"), word("tag.ring", "1")});
        group(4, "Late", "overdue and not cannot_tell", {word("exposure", "internet")});
        group(3, "Cameras of Plants", "group = Plants and model = AC-*", {word("criticality", "critical")});
        for (std::size_t n = 0; n < devices; ++n) {
            const DeviceId id(base::Id128{random(), random()});
            ids.push_back(id);
            // Facts may come before the row, as they do while loading.
            fact(id, "serial", "SN-" + std::to_string(n));
            change_device(id);
        }
    }
};

} // namespace

TEST_CASE("columns say of every query what asking each device says") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        RandomFleet fleet(seed);
        fleet.populate(350);
        for (int n = 0; n < 300; ++n)
            fleet.change_device(fleet.ids[fleet.below(fleet.ids.size())]);
        if (seed > 2) fleet.decide(true);
        for (int n = 0; n < 120; ++n) {
            if (seed > 3 && n == 60) fleet.decide(false);
            if (seed > 4 && n == 90) // findings that come after what was decided about them
                for (int set = 0; set < 6; ++set)
                    fleet.finding(fleet.sets[static_cast<std::size_t>(set)], set % 2);
            const std::string text = fleet.query();
            CAPTURE(text);
            const auto query = device::parse_query(text);
            REQUIRE(query.ok());
            const Selection selection{kTenant, {}, *query, Records::all};
            Count naive;
            std::vector<DeviceId> wanted;
            for (const DeviceId& id : fleet.ids)
                fleet.live.glance({kTenant, id}, [&](const Glance& glance) {
                    const device::Truth truth = device::evaluate(*query, glance);
                    ++naive.total;
                    naive.yes += truth == device::Truth::yes;
                    naive.unknown += truth == device::Truth::unknown;
                    if (truth == device::Truth::yes) wanted.push_back(id);
                });
            const Count counted = fleet.live.count(selection);
            REQUIRE(counted.yes == naive.yes);
            REQUIRE(counted.unknown == naive.unknown);
            REQUIRE(counted.total == naive.total);
            // Pages give each device once, in order.
            std::sort(wanted.begin(), wanted.end());
            std::vector<DeviceId> paged;
            std::optional<DeviceId> after;
            for (;;) {
                const auto page = fleet.live.page(selection, after, 37);
                if (page.empty()) break;
                paged.insert(paged.end(), page.begin(), page.end());
                after = page.back();
            }
            REQUIRE(paged == wanted);
            const auto sample = fleet.live.sample(selection, 5);
            REQUIRE(sample.size() == std::min<std::size_t>(5, wanted.size()));
            for (const DeviceId& id : sample)
                REQUIRE(std::binary_search(wanted.begin(), wanted.end(), id));
        }
    }
}

TEST_CASE("what was decided about a finding answers to queries no more, where it was decided") {
    RandomFleet fleet(3);
    fleet.make_sets();
    const SetId set = fleet.sets[0]; // has CVE-2024-1, which is exploited
    for (int n = 0; n < 3; ++n) {
        const DeviceId id(base::Id128{1, static_cast<std::uint64_t>(n + 1)});
        ports::DeviceRow row;
        row.id = id;
        row.lifecycle = device::Lifecycle::active;
        row.first_seen = row.last_seen = base::from_unix_ms(86'400'000);
        row.base_set = set;
        fleet.apply(row, id);
        fleet.fact(id, "site", n == 0 ? "A" : "B");
    }
    const auto count = [&](const char* text) {
        const Count counted = fleet.live.count({kTenant, {}, *device::parse_query(text)});
        CHECK(counted.unknown == 0);
        return counted.yes;
    };
    CHECK(count("kev") == 3);
    const auto publish = [&](Where closed, Where ruled_out) {
        fleet.software.publish_decisions(kTenant,
                                         std::make_shared<const std::vector<Selection>>(
                                             1, Selection{kTenant, {}, *device::parse_query("site = A")}),
                                         {{set, {{"CVE-2024-1", {}, {closed, ruled_out}}}}}, true);
    };
    publish({false, 1}, {}); // accepted at A
    CHECK(count("kev") == 2);
    CHECK(count("kev = no") == 1);
    CHECK(count("overdue") == 2);
    CHECK(count("exists(finding)") == 2);
    CHECK(count("finding = CVE-2024-1") == 3); // it was found all the same
    CHECK(count("cannot_tell") == 0);          // there is something to be looked at
    publish({false, 1}, {false, 1});           // it does not apply at A
    CHECK(count("finding = CVE-2024-1") == 2);
    CHECK(count("finding != CVE-2024-1") == 1);
    publish({true, 0}, {}); // accepted everywhere
    CHECK(count("kev") == 0);
    CHECK(count("overdue") == 0);
    CHECK(count("finding = CVE-2024-1") == 3);
    fleet.software.publish_decisions(kTenant, std::make_shared<const std::vector<Selection>>(), {}, true);
    CHECK(count("kev") == 3); // it ended
}

TEST_CASE("facets and tallies count effective values, and every device once") {
    RandomFleet fleet(77);
    fleet.populate(400);
    const Selection all{kTenant, {}, *device::parse_query(""), Records::all};
    std::map<std::string, std::uint64_t> naive;
    for (const DeviceId& id : fleet.ids) {
        std::string value;
        for (const auto& fact : fleet.live.effective({kTenant, id}))
            if (fact.key == "criticality") value = fact.value;
        ++naive[value];
    }
    std::map<std::string, std::uint64_t> counted;
    for (const Facet& facet : fleet.live.facet(all, "criticality", 100))
        counted[facet.value] += facet.count;
    CHECK(counted == naive);
    const std::array<std::string_view, 2> keys{"criticality", "site"};
    std::uint64_t sum = 0;
    std::set<std::tuple<SetId, SetId, std::vector<std::string>>> lines;
    for (const Tally& tally : fleet.live.tally(all, keys)) {
        sum += tally.count;
        CHECK(lines.emplace(tally.base, tally.delta, tally.values).second);
    }
    CHECK(sum == 400 - fleet.live.count({kTenant, {}, *device::parse_query("lifecycle = unmanaged")}).yes);
}

TEST_CASE(
    "a census counts every device once for the fleet and once for each of its groups, by what they share") {
    RandomFleet fleet(12);
    fleet.populate(400);
    const std::array<std::string_view, 2> keys{"criticality", "site"};
    const std::array ages{base::from_unix_ms(1LL * 86'400'000), base::from_unix_ms(3LL * 86'400'000)};
    using Line = std::tuple<GroupId, SetId, SetId, std::vector<std::string>, std::uint32_t>;
    std::map<Line, std::uint64_t> naive;
    std::map<GroupId, std::uint64_t> quiet;
    for (const DeviceId& id : fleet.ids) {
        const auto row = fleet.live.device({kTenant, id});
        if (row->lifecycle == device::Lifecycle::retired || row->lifecycle == device::Lifecycle::unmanaged)
            continue;
        std::vector<std::string> values(keys.size());
        for (const auto& fact : fleet.live.effective({kTenant, id}))
            for (std::size_t k = 0; k < keys.size(); ++k)
                if (fact.key == keys[k]) values[k] = fact.value;
        const auto age =
            static_cast<std::uint32_t>((row->first_seen < ages[0]) + (row->first_seen < ages[1]));
        std::vector<GroupId> groups = fleet.live.groups_of({kTenant, id});
        groups.push_back(GroupId());
        for (const GroupId& group : groups) {
            ++naive[{group, row->base_set, row->delta_set, values, age}];
            quiet[group] += row->lifecycle == device::Lifecycle::quiet ? 1 : 0;
        }
    }
    const Census census = fleet.live.census(kTenant, keys, ages);
    std::map<Line, std::uint64_t> counted;
    REQUIRE(census.parts.front().group.is_zero());
    CHECK(census.parts.size() > 2);
    for (const Census::Part& part : census.parts) {
        for (const auto& [kind, devices] : part.devices) {
            const CensusKind& of = census.kinds.at(kind);
            counted[{part.group, of.base, of.delta, of.values, of.age}] += devices;
        }
        CHECK(part.quiet == quiet[part.group]);
    }
    CHECK(counted == naive);
    CHECK(fleet.live.census(TenantId{7}, keys, ages).kinds.empty());
}

TEST_CASE("a scope shows the members of its groups and nothing else") {
    RandomFleet fleet(5);
    fleet.populate(300);
    const GroupId special(base::Id128{9, 2});
    const Selection scoped{kTenant, {special}, *device::parse_query(""), Records::all};
    std::uint64_t inside = 0;
    for (const DeviceId& id : fleet.ids)
        inside += fleet.live.in_scope({kTenant, id}, {special});
    CHECK(inside > 0);
    CHECK(inside < 300);
    CHECK(fleet.live.count(scoped).total == inside);
    CHECK(fleet.live.count({kTenant, {GroupId(base::Id128{9, 99})}, *device::parse_query(""), Records::all})
              .total == 0);
    CHECK(fleet.live.count({TenantId{7}, {}, *device::parse_query(""), Records::all}).total == 0);
}

TEST_CASE("retired and unmanaged devices leave every denominator, unless the query names the lifecycle; a "
          "list shows "
          "unmanaged ones") {
    RandomFleet fleet(6);
    fleet.populate(200);
    const auto total = [&](const char* query, Records records = Records::managed) {
        return fleet.live.count({kTenant, {}, *device::parse_query(query), records});
    };
    const std::uint64_t retired = total("lifecycle = retired").yes, seen = total("lifecycle = unmanaged").yes;
    CHECK(retired > 0);
    CHECK(seen > 0);
    CHECK(total("").total == 200 - retired - seen);
    CHECK(total("", Records::listed).total == 200 - retired);
    CHECK(total("", Records::all).total == 200);
    // Not even a query that names the lifecycle brings them into a figure.
    const auto tallied = [&](const char* query) {
        std::uint64_t devices = 0;
        for (const Tally& tally : fleet.live.tally({kTenant, {}, *device::parse_query(query)}, {}))
            devices += tally.count;
        return devices;
    };
    CHECK(tallied("") == 200 - retired - seen);
    CHECK(tallied("lifecycle != retired") == 200 - retired - seen);
    CHECK(tallied("lifecycle = unmanaged") == 0);
}

TEST_CASE("a shard that is read anew holds exactly what was read") {
    RandomFleet fleet(9);
    fleet.populate(200);
    const DeviceId kept = fleet.ids[0];
    const shard::Place place = shard::place_of(kTenant, kept);
    ports::DeviceRow row = *fleet.live.device({kTenant, kept});
    row.row_version = 41;
    fleet.live.replace(place,
                       {ports::Row(row), ports::Row(ports::FactRow{kept, {"site", "New", {}, "", {}}})});
    CHECK(fleet.live.device({kTenant, kept})->row_version == 41);
    const auto facts = fleet.live.facts({kTenant, kept});
    REQUIRE(facts.size() == 1);
    CHECK(facts[0].value == "New");
    CHECK(!fleet.live.by_serial(kTenant, "SN-0"));
    std::uint64_t others = 0;
    for (const DeviceId& id : fleet.ids)
        others += id != kept && device::shard_of(kTenant, id) == place.shard;
    CHECK(fleet.live.size(kTenant) == 200 - others);
    // A device that comes back takes a free slot.
    fleet.fact(kept, "serial", "SN-0");
    CHECK(fleet.live.by_serial(kTenant, "SN-0") == kept);
}

TEST_CASE("a column tells any number of sources apart, those that are gone included") {
    RandomFleet fleet(5);
    const auto id = [](std::uint64_t n) { return DeviceId(base::Id128{3, n}); };
    const auto put = [&](std::uint64_t n, std::int64_t minute) {
        fleet.live.apply(
            shard::place_of(kTenant, id(n)),
            ports::Row(ports::FactRow{
                id(n), {"site", "Kiel", device::FactSource::person, "by hand", base::from_unix_ms(minute)}}));
    };
    for (std::uint64_t n = 0; n < 3; ++n) {
        ports::DeviceRow row;
        row.id = id(n);
        fleet.apply(row, id(n));
        put(n, static_cast<std::int64_t>(n));
    }
    // More than 16 bits hold, one after the other, in the last device alone.
    for (std::int64_t minute = 10; minute < 140'000; ++minute)
        put(2, minute);
    for (std::uint64_t n = 0; n < 3; ++n) {
        const auto fact = fleet.live.fact({kTenant, id(n)}, "site");
        REQUIRE(fact);
        CHECK(fact->value == "Kiel");
        CHECK(fact->detail == "by hand");
        CHECK(base::unix_ms(fact->at) == (n == 2 ? 139'999 : static_cast<std::int64_t>(n)));
    }
}

TEST_CASE("a device row comes out of its slot as it went in") {
    RandomFleet fleet(1);
    fleet.make_sets();
    ports::DeviceRow row;
    row.id = DeviceId(base::Id128{1, 2});
    row.lifecycle = device::Lifecycle::active;
    row.group = GroupId(base::Id128{3, 4});
    row.first_seen = base::from_unix_ms(1'700'000'000'000);
    row.last_seen = base::from_unix_ms(1'700'000'060'000);
    row.base_set = fleet.sets[1];
    row.running_version = "1.4.2";
    row.desired_number = 1'800'000'000;
    row.desired_release = ports::ReleaseId(base::Id128{5, 6});
    row.desired_rollout = ports::RolloutId(base::Id128{7, 8});
    row.deployment = ports::DeploymentId(base::Id128{9, 10});
    row.certificate_serial = "0123456789abcdef0";
    row.certificate_expires = base::from_unix_ms(1'800'000'000'000);
    row.boot_id = boot_mark("4d1f6a1e");
    row.hold = true;
    row.row_version = 7;
    for (int variant = 0; variant < 3; ++variant) {
        if (variant == 1) row.previous_certificate_serial = "ff";
        if (variant == 2) row.certificate_serial = "NOT-HEX", row.boot_id = "odd boot", row.hold = false;
        fleet.apply(row, row.id);
        CHECK(*fleet.live.device({kTenant, row.id}) == row);
    }
}

TEST_CASE("what deployments can be compared with is what their states are called") {
    const auto words = device::deployment_words();
    REQUIRE(words.size() == 18);
    CHECK(words[0] == "none");
    for (std::size_t i = 0; i < 17; ++i)
        CHECK(words[i + 1] == install::to_string(static_cast<install::State>(i)));
}
