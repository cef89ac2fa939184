// SPDX-License-Identifier: Apache-2.0
// LINK: engine_rollouts engine_fleet storage_sqlite Threads::Threads
//
// Restart to ready: a store of SQLite with a fleet in it is opened by a process that knows nothing, which
// reads everything into the live fleet and answers then. restart_bench [--devices N] [--folder DIR]
#include "bench_fleet.hpp"

#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <rollouts/rollouts.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

using namespace oakum;
using namespace oakum::bench;
namespace fs = std::filesystem;

namespace {

// What belongs to the tenant: components, sets, and twenty open findings a set.
ports::Batch control_rows(Fleet& fleet) {
    ports::Batch batch;
    batch.shards.push_back({kTenant, device::kControlShard, {}});
    auto& rows = batch.shards.back().rows;
    for (const auto& row : fleet.components())
        rows.emplace_back(row);
    for (const auto& set : fleet.sets()) {
        rows.emplace_back(set);
        for (std::size_t f = 0; f < std::min<std::size_t>(20, set.components.size()); ++f)
            rows.emplace_back(ports::SetFindingRow{
                set.id, "CVE-2025-" + std::to_string(fleet.draw() % 9000 + 1000), set.components[f],
                ports::Verdict::affected, "the version is in the range", Fleet::day(), std::nullopt});
    }
    return batch;
}

void fill(const sqlite::StoreOptions& store, std::size_t devices) {
    Fleet fleet;
    std::map<std::uint16_t, std::vector<std::pair<device::DeviceId, std::size_t>>> shards;
    for (std::size_t n = 0; n < devices; ++n) {
        const auto id = fleet.next_id();
        shards[device::shard_of(kTenant, id).get()].emplace_back(id, n);
    }
    InPlace executor;
    auto unsynced = store;
    unsynced.synchronous = sqlite::Synchronous::off;
    const auto journal = must(sqlite::SqliteJournal::open(unsynced, executor));
    std::uint64_t last_change = 0;
    must(journal->commit_now(control_rows(fleet), last_change));
    for (const auto& [shard, members] : shards) {
        ports::Batch batch;
        batch.shards.push_back({kTenant, device::ShardId(shard), {}});
        for (const auto& [id, n] : members)
            fleet.add(batch.shards.back().rows, id, n);
        must(journal->commit_now(batch, last_change));
    }
}

struct Took {
    double wall = 0, cpu = 0; // seconds
};

// Everything that the server does between its start and its first answer, but for sockets and keys.
Took restart(const sqlite::StoreOptions& store, std::size_t devices) {
    const double wall_before = wall(), cpu_before = cpu();
    WallClock clock;
    Dice dice;
    InPlace executor;
    ErrorLog log;
    must(sqlite::prepare_store(store));
    const auto journal = must(sqlite::SqliteJournal::open(store, executor));
    const auto loader = must(sqlite::SqliteLoader::open(store));
    sqlite::SqliteHistory history(store);
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live(software, control, clock);
    shard::Ids ids(clock, dice);
    shard::Writer writer(executor, clock, *journal, *loader, control, live, {&control, &software, &live},
                         log);
    fleet::Core core{writer, control, live, software, history, clock, ids};
    shard::Timers timers(executor, clock);
    rollouts::Rollouts rollouts(core, timers, dice, rollouts::Approval::required, log);
    const fleet::Polling polling(core, rollouts, dice);
    fleet::Inventories inventories(core);
    must(writer.start());
    inventories.reconcile(kTenant);
    rollouts.start();
    const Took took{wall() - wall_before, cpu() - cpu_before};
    if (live.size(kTenant) != devices) fail("not every device came back");
    return took;
}

// How long one takes depends on what the machine did before: the one in the middle is told, and the others.
void restart_thrice(const sqlite::StoreOptions& store, std::size_t devices) {
    std::array<Took, 3> took;
    for (Took& each : took)
        each = restart(store, devices);
    std::ranges::sort(took, {}, &Took::wall);
    std::printf("restart to ready                        %9.2f s    (%zu devices, %.2f s of processor time; "
                "median of 3, %.2f to %.2f s)\n",
                took[1].wall, devices, took[1].cpu, took[0].wall, took[2].wall);
    std::printf("a million devices take                  %9.2f s\n",
                took[1].wall / static_cast<double>(devices) * 1e6);
}

} // namespace

int main(int argc, char** argv) {
    std::size_t devices = 1'000'000;
    fs::path folder = fs::temp_directory_path();
    bool keep = false;
    for (int n = 1; n + 1 < argc; n += 2) {
        const std::string_view option = argv[n];
        if (option == "--devices")
            devices = std::strtoull(argv[n + 1], nullptr, 10);
        else if (option == "--folder")
            folder = argv[n + 1];
        else if (option == "--keep")
            folder = argv[n + 1], keep = true;
        else
            fail("usage: restart_bench [--devices N] [--folder DIR | --keep DIR]");
    }
    if (devices == 0) fail("a fleet has at least one device");
    if (!keep)
        folder /= "oakum-restart-bench-" +
                  std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    fs::create_directories(folder);
    sqlite::StoreOptions store;
    store.file = folder / "oakum.db";
    if (!fs::exists(store.file)) {
        must(sqlite::prepare_store(store));
        const double filling = wall();
        fill(store, devices);
        std::printf("filling the store                       %9.2f s    (%.0f bytes a device in the file)\n",
                    wall() - filling,
                    static_cast<double>(fs::file_size(store.file)) / static_cast<double>(devices));
    }
    restart_thrice(store, devices);
    std::error_code ignored;
    if (!keep) fs::remove_all(folder, ignored);
    return 0;
}
