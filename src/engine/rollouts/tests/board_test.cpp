// SPDX-License-Identifier: Apache-2.0
// The board is filed so that a poll looks at few rollouts; here it is held to the answer of asking each.
#include "random_fleet.hpp"

#include <rollout/place.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::rollouts;
using namespace oakum::rollouts::test;

namespace {

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
        bool placed = waves == Board::Waves::all;
        for (std::size_t i = 0; i <= rollout.open_wave; ++i) {
            const RunningWave& wave = rollout.waves[i];
            const bool reached = rollout::place_of(rollout.key0, rollout.key1, device.id()) < wave.share_ppm;
            const bool chosen = !wave.query || device::evaluate(*wave.query, device) == device::Truth::yes;
            placed = placed || (reached && chosen);
        }
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

} // namespace

TEST_CASE("the board offers what asking each rollout would offer") {
    Fleet fleet;
    std::vector<Running> all;
    for (int i = 0; i < 60; ++i)
        all.push_back(fleet.rollout());
    for (int i = 0; i < 400; ++i)
        fleet.add_device(all);
    fleet.group("staff", "zone = office",
                {{"site", "Kiel", device::FactSource::person, "", {}},
                 {"owner", "Anna", device::FactSource::person, "", {}}});

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

TEST_CASE("a rollout that takes its devices back is found among many, and of its own tenant alone") {
    std::vector<TakingBack> many;
    const auto tenant = [](std::uint64_t n) { return device::TenantId(static_cast<std::uint32_t>(n)); };
    const auto rollout = [](std::uint64_t n) { return ports::RolloutId(base::Id128{7, n}); };
    for (std::uint64_t n = 1000; n > 0; --n)
        many.push_back({tenant(n % 3), rollout(n), std::to_string(n)});
    const Board board({}, std::move(many));
    for (std::uint64_t n = 1; n <= 1000; ++n) {
        const TakingBack* found = board.taking_back(tenant(n % 3), rollout(n));
        REQUIRE(found != nullptr);
        CHECK(found->version == std::to_string(n));
        CHECK(board.taking_back(tenant((n + 1) % 3), rollout(n)) == nullptr);
    }
    CHECK(board.taking_back(tenant(1), rollout(5000)) == nullptr);
    CHECK(Board().taking_back(tenant(1), rollout(1)) == nullptr);
}
