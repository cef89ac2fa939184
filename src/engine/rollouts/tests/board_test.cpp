// SPDX-License-Identifier: Apache-2.0
// The board is filed so that a poll looks at few rollouts; here it is held to the answer of asking each.
#include "../../fleet/tests/house.hpp"

#include <rollout/place.hpp>
#include <rollouts/board.hpp>

#include <doctest/doctest.h>

#include <random>

using namespace oakum;
using namespace oakum::rollouts;
using fleet::test::kTenant;

namespace {

const device::TenantId kOther(7);

// Asks each rollout, newest first, and each question of it in full.
const Running* one_by_one(const std::vector<Running>& newest_first, const fleet::Glance& device,
                          Board::Waves waves) {
    if (device.lifecycle() != device::Lifecycle::active || device.hold() || device.has_deployment())
        return nullptr;
    const auto is_one_of = [](const std::vector<std::string>& list, std::optional<std::string_view> value) {
        return value && std::find(list.begin(), list.end(), *value) != list.end();
    };
    for (const Running& rollout : newest_first) {
        if (rollout.tenant != device.tenant()) continue;
        if (rollout.id <= device.desired_rollout()) return nullptr;
        const bool placed =
            waves == Board::Waves::all ||
            rollout::place_of(rollout.key0, rollout.key1, device.id()) < rollout.open_share_ppm;
        const bool fits =
            is_one_of(rollout.models, device.fact("model")) &&
            (rollout.hw_revisions.empty() || is_one_of(rollout.hw_revisions, device.fact("hw_revision")));
        const auto runs =
            version::Version::parse(version::Scheme::generic, std::string(device.running_version()));
        const bool old = rollout.min_from &&
                         (!runs.ok() || version::compare_keys(runs->key(), rollout.min_from->key()) < 0);
        if (placed && fits && !old && device.running_version() != rollout.version &&
            device::evaluate(rollout.query, device) == device::Truth::yes)
            return &rollout;
    }
    return nullptr;
}

struct Fleet {
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live{software, control};
    std::mt19937_64 random{20261125};
    std::vector<shard::DeviceKey> devices;

    std::uint64_t below(std::uint64_t limit) { return random() % limit; }
    std::string one_of(std::initializer_list<const char*> words) {
        return *(words.begin() + below(words.size()));
    }
    template <class Id> Id id() { return Id(base::Id128{random(), random()}); }

    void fact(shard::DeviceKey key, std::string name, std::string value) {
        live.apply(
            shard::place_of(key.tenant, key.device),
            ports::Row(ports::FactRow{
                key.device, {std::move(name), std::move(value), device::FactSource::reported, "", {}}}));
    }
    void add_device(const std::vector<Running>& rollouts) {
        const shard::DeviceKey key{below(8) == 0 ? kOther : kTenant, id<device::DeviceId>()};
        ports::DeviceRow row;
        row.id = key.device;
        row.lifecycle = below(10) == 0 ? device::Lifecycle::quiet : device::Lifecycle::active;
        row.hold = below(20) == 0;
        row.running_version = one_of({"", "1.0", "1.5", "2.0", "3.0", "odd!"});
        if (below(4) == 0) row.desired_rollout = rollouts[below(rollouts.size())].id;
        live.apply(shard::place_of(key.tenant, key.device), ports::Row(row));
        if (below(12) != 0) fact(key, "model", one_of({"A", "B", "C", "a"}));
        if (below(5) != 0) fact(key, "site", one_of({"Kiel", "KIEL", "Ulm", "Bonn"}));
        if (below(5) != 0) fact(key, "zone", one_of({"dmz", "plant", "office"}));
        if (below(5) != 0) fact(key, "criticality", one_of({"low", "High", "critical"}));
        if (below(5) != 0) fact(key, "hw_revision", one_of({"r1", "r2"}));
        if (below(5) != 0) fact(key, "x.ring", one_of({"1", "2", "two"}));
        devices.push_back(key);
    }
    std::string term() {
        return one_of({"site = Kiel", "site = \"ulm\"", "site in (kiel, BONN)", "site = K*", "site != Kiel",
                       "zone = dmz", "zone in (dmz, DMZ, plant)", "criticality = high", "criticality >= high",
                       "model = a", "model = B", "x.ring = 2", "exists(zone)", "hw_revision = r1",
                       "group = staff", "running_version = 1.0", "owner = anna"});
    }
    std::string query(int depth = 0) {
        if (depth == 3 || below(3) == 0) return depth == 0 && below(6) == 0 ? "" : term();
        if (below(6) == 0) return "not (" + query(depth + 1) + ")";
        const std::string joined = below(4) == 0 ? " or " : " and ";
        return "(" + query(depth + 1) + joined + query(depth + 1) + ")";
    }
    Running rollout() {
        Running made;
        made.tenant = below(8) == 0 ? kOther : kTenant;
        made.id = id<ports::RolloutId>();
        made.key0 = random();
        made.key1 = random();
        made.open_share_ppm = static_cast<std::uint32_t>(below(3) * 500'000);
        made.query = device::parse_query(query()).value();
        made.version = one_of({"2.0", "3.0"});
        made.models = {one_of({"A", "B", "C"})};
        if (below(3) == 0) made.models.push_back(one_of({"A", "B"}));
        if (below(4) == 0) made.hw_revisions = {one_of({"r1", "r2"})};
        if (below(4) == 0) made.min_from = version::Version::parse(version::Scheme::generic, "1.5").value();
        return made;
    }
};

} // namespace

TEST_CASE("the board offers what asking each rollout would offer") {
    Fleet fleet;
    std::vector<Running> all;
    for (int i = 0; i < 60; ++i)
        all.push_back(fleet.rollout());
    for (int i = 0; i < 400; ++i)
        fleet.add_device(all);
    // Two groups whose members inherit what they do not say themselves.
    ports::GroupRow group;
    group.id = ports::GroupId(base::Id128{1, 1});
    group.name = "staff";
    group.query = "zone = office";
    group.defaults = {{"site", "Kiel", device::FactSource::person, "", {}},
                      {"owner", "Anna", device::FactSource::person, "", {}}};
    for (shard::Projection* projection :
         {static_cast<shard::Projection*>(&fleet.control), static_cast<shard::Projection*>(&fleet.live)})
        projection->apply(shard::control_of(kTenant), ports::Row(group));

    std::size_t offers = 0, unfiled = 0;
    for (std::size_t size : {0UL, 1UL, 7UL, 60UL})
        for (const Board::Waves waves : {Board::Waves::open, Board::Waves::all}) {
            std::vector<Running> newest_first(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size));
            const Board board(newest_first);
            std::sort(newest_first.begin(), newest_first.end(),
                      [](const Running& a, const Running& b) { return a.id > b.id; });
            for (const shard::DeviceKey& key : fleet.devices)
                fleet.live.glance(key, [&](const fleet::Glance& device) {
                    const Running* wanted = one_by_one(newest_first, device, waves);
                    const Running* found = board.offered(device, waves);
                    REQUIRE((found == nullptr) == (wanted == nullptr));
                    if (wanted != nullptr) REQUIRE(found->id == wanted->id);
                    offers += wanted != nullptr ? 1 : 0;
                    // What is for the device is among the candidates, each once, newest first.
                    std::vector<std::uint32_t> places;
                    board.candidates(device, [&](std::uint32_t at) {
                        places.push_back(at);
                        return true;
                    });
                    CHECK(std::is_sorted(places.begin(), places.end()));
                    CHECK(std::adjacent_find(places.begin(), places.end()) == places.end());
                    for (std::uint32_t at = 0; at < board.running().size(); ++at)
                        if (board.running()[at].tenant == key.tenant && is_for(board.running()[at], device))
                            CHECK(std::binary_search(places.begin(), places.end(), at));
                    unfiled += size - places.size();
                });
        }
    // Neither answer is the rare one here, and the filing leaves most rollouts out.
    CHECK(offers > 300);
    CHECK(unfiled > 400U * 60);
}

TEST_CASE("a rollout of another site is not even a candidate") {
    Fleet fleet;
    std::vector<Running> all;
    for (int i = 0; i < 50; ++i) {
        Running made = fleet.rollout();
        made.tenant = kTenant;
        made.models = {"A"};
        made.query =
            device::parse_query("criticality = high and site = \"site " + std::to_string(i) + "\"").value();
        all.push_back(made);
    }
    const Board board(std::move(all));
    const shard::DeviceKey key{kTenant, fleet.id<device::DeviceId>()};
    ports::DeviceRow row;
    row.id = key.device;
    row.lifecycle = device::Lifecycle::active;
    fleet.live.apply(shard::place_of(key.tenant, key.device), ports::Row(row));
    fleet.fact(key, "model", "A");
    fleet.fact(key, "site", "Site 17");
    std::size_t looked_at = 0;
    fleet.live.glance(key, [&](const fleet::Glance& device) {
        board.candidates(device, [&](std::uint32_t at) {
            CHECK(board.running()[at].query.text.find("site 17\"") != std::string::npos);
            ++looked_at;
            return true;
        });
    });
    CHECK(looked_at == 1);
}
