// SPDX-License-Identifier: Apache-2.0
// What is kept up by changes is held to what a count from the beginning says.
#include "../src/waiting.hpp"
#include "random_fleet.hpp"

#include <rollout/asked.hpp>
#include <rollout/place.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

namespace {

struct World : Fleet {
    Waiting waiting{live};
    std::vector<Running> running;

    void swap_board() { waiting.use(std::make_shared<const Board>(running)); }
    void count_all() {
        for (const device::TenantId tenant : {kTenant, kOther})
            waiting.refresh(tenant, 1'000'000);
    }
    // Of each wave of each rollout, one device after the other.
    void check() {
        for (const Running& rollout : running) {
            std::vector<std::uint32_t> wanted(rollout.waves.size());
            for (const shard::DeviceKey& key : devices)
                live.glance(key, [&](const fleet::Glance& device) {
                    if (key.tenant != rollout.tenant || !is_for(rollout, device) ||
                        !is_waiting(rollout, device))
                        return;
                    const std::uint32_t place = rollout::place_of(rollout.key0, rollout.key1, device.id());
                    for (std::size_t i = 0; i < wanted.size(); ++i)
                        if (const auto& query = rollout.waves[i].query;
                            place < rollout.waves[i].share_ppm &&
                            (!query || device::evaluate(*query, device) == device::Truth::yes)) {
                            ++wanted[i];
                            return;
                        }
                });
            const auto count = waiting.count(rollout.tenant, rollout.id);
            REQUIRE(count.known == Waiting::Known::counted);
            REQUIRE(count.devices == wanted);
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                met += wanted[i];
                chosen += rollout.waves[i].query ? wanted[i] : 0;
            }
        }
    }
    std::uint64_t met = 0, chosen = 0;
};

} // namespace

TEST_CASE("the devices that wait are kept up by what changed") {
    World world;
    for (int i = 0; i < 16; ++i)
        world.running.push_back(world.rollout());
    for (int i = 0; i < 150; ++i)
        world.add_device(world.running);
    world.swap_board();
    world.count_all();
    world.check();
    for (int round = 0; round < 60; ++round) {
        for (int i = 0; i < 5; ++i)
            world.put(world.devices[world.below(world.devices.size())], world.running);
        if (round % 5 == 0) world.add_device(world.running);
        for (int i = 0; i < 3; ++i) {
            // Its row alone.
            const shard::DeviceKey key = world.devices[world.below(world.devices.size())];
            std::optional<ports::DeviceRow> row = world.live.device(key);
            if (!row) continue;
            if (i == 0) row->hold = !row->hold;
            if (i == 1) row->running_version = world.one_of({"1.0", "2.0"});
            if (i == 2) row->lifecycle = device::Lifecycle::active;
            world.live.apply(shard::place_of(key.tenant, key.device), ports::Row(*row));
        }
        if (round % 7 == 0) {
            // What a device does not say itself it has from its groups.
            std::string members = world.query(); // none leads back to the group itself: that is refused
            while (members.find("group") != std::string::npos)
                members = world.query();
            world.group("staff", members,
                        {{"site", world.one_of({"Kiel", "Ulm"}), device::FactSource::person, "", {}}});
        }
        if (round % 11 == 0) {
            world.running[world.below(world.running.size())] = world.rollout();
            world.swap_board();
        }
        if (round % 13 == 0) {
            // A shard that was read anew after a failed commit, and lost a device.
            const shard::DeviceKey gone = world.devices[world.below(world.devices.size())];
            world.live.replace(shard::place_of(gone.tenant, gone.device), {});
        }
        world.count_all();
        world.check();
    }
    CHECK(world.met > 2'000);
    CHECK(world.chosen > 100);
}

TEST_CASE("a rollout is counted piece by piece, and what changes meanwhile is not lost") {
    World world;
    Running everyone = world.rollout();
    while (!everyone.query.text.empty() || !everyone.hw_revisions.empty() || everyone.min_from ||
           everyone.tenant != kTenant)
        everyone = world.rollout();
    world.running.push_back(everyone);
    for (int i = 0; i < 70'000; ++i) { // two blocks of slots
        const shard::DeviceKey key{kTenant, world.id<device::DeviceId>()};
        ports::DeviceRow row;
        row.id = key.device;
        row.lifecycle = device::Lifecycle::active;
        row.certificate_serial = "1";
        world.live.apply(shard::place_of(key.tenant, key.device), ports::Row(row));
        world.fact(key, "model", everyone.models.front());
        world.devices.push_back(key);
    }
    world.swap_board();
    CHECK(world.waiting.count(kTenant, everyone.id).known == Waiting::Known::counting);
    world.waiting.refresh(kTenant, 1);
    CHECK(world.waiting.count(kTenant, everyone.id).known == Waiting::Known::counting);
    // One of those that were counted, and one of those that were not.
    world.fact(world.devices.front(), "model", "another");
    world.fact(world.devices.back(), "model", "another");
    world.waiting.refresh(kTenant, 1);
    world.check();
    CHECK(world.met > 40'000);
}

TEST_CASE("a query on software is counted anew when findings change, one on the time every time") {
    World world;
    world.running = {world.rollout(), world.rollout()};
    world.running[0].query = device::parse_query("kev").value();
    world.running[0].scope = world.running[0].query;
    world.running[1].query = device::parse_query("last_seen > 2020-01-01").value();
    world.running[1].scope = world.running[1].query;
    for (Running& running : world.running) {
        running.tenant = kTenant;
        running.models = {"A"};
        running.hw_revisions.clear();
        running.min_from.reset();
        running.waves.resize(1);
        running.waves[0] = {1'000'000, std::nullopt};
    }
    const shard::DeviceKey key{kTenant, world.id<device::DeviceId>()};
    ports::DeviceRow row;
    row.id = key.device;
    row.lifecycle = device::Lifecycle::active;
    row.certificate_serial = "1";
    row.base_set = ports::SetId(base::sha256("set"));
    world.live.apply(shard::place_of(key.tenant, key.device), ports::Row(row));
    world.fact(key, "model", "A");
    world.swap_board();
    world.count_all();
    const auto exploited = [&] { return world.waiting.count(kTenant, world.running[0].id); };
    CHECK(exploited().devices.at(0) == 0);
    ports::SetFindingRow finding;
    finding.set = row.base_set;
    finding.advisory = "CVE-2024-6387";
    finding.verdict = ports::Verdict::affected;
    world.software.apply(shard::control_of(kTenant), ports::Row(finding));
    world.software.publish_kev(kTenant, {"CVE-2024-6387"});
    world.count_all();
    CHECK(exploited().known == Waiting::Known::counted);
    CHECK(exploited().devices.at(0) == 1);
    CHECK(world.waiting.count(kTenant, world.running[1].id).known == Waiting::Known::not_kept);
    // What a wave asks counts as much as what the rollout asks.
    world.running[0].query = device::parse_query("").value();
    world.running[0].scope = world.running[0].query;
    world.running[0].waves[0].query = device::parse_query("last_seen > 2020-01-01").value();
    world.swap_board();
    world.count_all();
    CHECK(exploited().known == Waiting::Known::not_kept);
    world.running[0].waves[0].query = device::parse_query("kev").value();
    world.swap_board();
    world.count_all();
    CHECK(exploited().devices.at(0) == 1);
    world.software.publish_kev(kTenant, {});
    world.count_all();
    CHECK(exploited().devices.at(0) == 0);
}

TEST_CASE("whom a rollout that begins now asks is what the query of those says") {
    World world;
    for (int i = 0; i < 8; ++i)
        world.running.push_back(world.rollout());
    for (int i = 0; i < 3'000; ++i)
        world.add_device(world.running);
    std::size_t asked = 0;
    for (int i = 0; i < 60; ++i) {
        Running fresh = world.rollout();
        fresh.id = ports::RolloutId(base::Id128{~std::uint64_t{0}, 1}); // newer than all that asked before
        const auto query = device::parse_query(
            rollout::asked(fresh.query.text, {fresh.version, fresh.models, fresh.hw_revisions,
                                              fresh.min_from ? fresh.min_from->text() : std::string()}));
        REQUIRE(query.ok());
        for (const shard::DeviceKey& key : world.devices)
            world.live.glance(key, [&](const fleet::Glance& device) {
                // The query language does not tell "a" from "A", and compares versions with versions.
                if (key.tenant != fresh.tenant || device.fact("model") == "a" ||
                    device.running_version() == "odd!")
                    return;
                const bool would = is_for(fresh, device) && is_waiting(fresh, device);
                CHECK((device::evaluate(*query, device) == device::Truth::yes) == would);
                asked += would ? 1 : 0;
            });
    }
    CHECK(asked > 2'000);
}
