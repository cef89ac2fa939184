// SPDX-License-Identifier: Apache-2.0
// LINK: engine_rollouts engine_fleet storage_sqlite Threads::Threads
//
// Restart to ready: a store of SQLite with a fleet in it is opened by a process that knows nothing, which
// reads everything into the live fleet and answers then. restart_bench [--devices N] [--folder DIR]
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <rollouts/rollouts.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

using namespace oakum;
namespace fs = std::filesystem;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
const base::TimePoint kDay = base::from_unix_ms(1'760'000'000'000);

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "restart_bench: %s\n", why.c_str());
    std::exit(1);
}
template <class T> T must(base::Result<T> result) {
    if (!result.ok()) fail(result.error().text());
    return std::move(result).value();
}
void must(const base::Status& status) {
    if (!status.ok()) fail(status.error().text());
}

double wall() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double cpu() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class WallClock final : public ports::Clock {
  public:
    base::TimePoint now() override {
        return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    }
    base::Duration steady() override {
        return std::chrono::duration_cast<base::Duration>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};
class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(random_());
    }

  private:
    std::mt19937_64 random_{1};
};
class InPlace final : public ports::Executor {
  public:
    void post(std::function<void()> work) override { work(); }
    void post_after(base::Duration, std::function<void()>) override {}
};
class NoLog final : public base::LogSink {
  public:
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    }
};

// A fleet like that of fleet_bench, as rows: a device with 13 facts and two layers out of 5,000 software
// sets.
class Fleet {
  public:
    explicit Fleet(std::size_t devices) {
        WallClock clock;
        Dice dice;
        shard::Ids ids(clock, dice);
        for (std::size_t n = 0; n < devices; ++n) {
            const auto id = ids.next_as<device::DeviceId>();
            shards_[device::shard_of(kTenant, id).get()].emplace_back(id, n);
        }
        for (int n = 0; n < 20'000; ++n) {
            component::Component made;
            made.name = "package-" + std::to_string(n % 3000);
            made.version = "1." + std::to_string(n / 3000) + "." + std::to_string(n % 17);
            made.purl = "pkg:deb/debian/" + made.name + "@" + made.version;
            components_.push_back({fleet::component_id(made), made});
        }
        for (int n = 0; n < 5000; ++n) {
            ports::SoftwareSetRow set;
            set.layer = n < 400 ? ports::Layer::base : ports::Layer::delta;
            for (int c = 0; c < (n < 400 ? 200 : 20); ++c)
                set.components.push_back(components_[random_() % components_.size()].id);
            set.id = fleet::set_id(set.components);
            set.origin = "reported";
            sets_.push_back(std::move(set));
        }
    }
    // What belongs to the tenant: components, sets, and twenty open findings a set.
    ports::Batch control() {
        ports::Batch batch;
        batch.shards.push_back({kTenant, device::kControlShard, {}});
        auto& rows = batch.shards.back().rows;
        for (const auto& row : components_)
            rows.emplace_back(row);
        for (const auto& set : sets_) {
            rows.emplace_back(set);
            for (std::size_t f = 0; f < std::min<std::size_t>(20, set.components.size()); ++f)
                rows.emplace_back(ports::SetFindingRow{
                    set.id, "CVE-2025-" + std::to_string(random_() % 9000 + 1000), set.components[f],
                    ports::Verdict::affected, "the version is in the range", kDay, std::nullopt});
        }
        return batch;
    }
    ports::Batch shard(std::uint16_t number) {
        ports::Batch batch;
        batch.shards.push_back({kTenant, device::ShardId(number), {}});
        for (const auto& [id, n] : shards_[number])
            add(batch.shards.back().rows, id, n);
        return batch;
    }
    static constexpr std::uint16_t kShards = 1024;

  private:
    void add(std::vector<ports::Row>& rows, device::DeviceId id, std::size_t n) {
        ports::DeviceRow row;
        row.id = id;
        row.lifecycle = device::Lifecycle::active;
        row.first_seen = row.last_seen = row.last_inventory = kDay;
        row.base_set = sets_[random_() % 400].id;
        row.delta_set = sets_[400 + random_() % 4600].id;
        row.running_version = "2." + std::to_string(random_() % 30);
        row.boot_id = fleet::boot_mark(std::to_string(n));
        row.desired_number = 1'760'000'000;
        char serial[33];
        std::snprintf(serial, sizeof(serial), "%032llx",
                      static_cast<unsigned long long>(n * 0x9E3779B97F4A7C15ULL));
        row.certificate_serial = serial;
        row.certificate_expires = base::from_unix_ms(1'900'000'000'000);
        rows.emplace_back(row);
        const auto fact = [&](std::string_view key, std::string value) {
            rows.emplace_back(ports::FactRow{
                id, {std::string(key), std::move(value), device::FactSource::reported, "", kDay}});
        };
        fact(device::key::serial, "SN" + std::to_string(100'000'000 + n));
        fact(device::key::address, "10." + std::to_string(n >> 16 & 255) + "." +
                                       std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255));
        fact(device::key::model, "MODEL-" + std::to_string(random_() % 40));
        fact(device::key::hw_revision, "r" + std::to_string(random_() % 4));
        fact(device::key::platform, "linux");
        fact(device::key::firmware_version, row.running_version);
        fact(device::key::kernel, "6.1." + std::to_string(random_() % 60));
        fact(device::key::site, "site " + std::to_string(random_() % 1000));
        fact(device::key::zone, "zone " + std::to_string(random_() % 8));
        fact(device::key::criticality, n % 3 == 0 ? "high" : "low");
        fact(device::key::exposure, n % 5 == 0 ? "internet" : "internal");
        fact(device::key::protocol, "native");
        fact(fleet::kInventoryKey, "0123456789abcdef");
        rows.emplace_back(ports::DeviceSetRow{id, ports::Layer::base, row.base_set, kDay, std::nullopt});
        rows.emplace_back(ports::DeviceSetRow{id, ports::Layer::delta, row.delta_set, kDay, std::nullopt});
    }

    std::mt19937_64 random_{7};
    std::array<std::vector<std::pair<device::DeviceId, std::size_t>>, kShards> shards_;
    std::vector<ports::ComponentRow> components_;
    std::vector<ports::SoftwareSetRow> sets_;
};

void fill(const sqlite::StoreOptions& store, std::size_t devices) {
    Fleet fleet(devices);
    InPlace executor;
    auto unsynced = store;
    unsynced.synchronous = sqlite::Synchronous::off;
    const auto journal = must(sqlite::SqliteJournal::open(unsynced, executor));
    std::uint64_t last_change = 0;
    must(journal->commit_now(fleet.control(), last_change));
    for (std::uint16_t shard = 0; shard < Fleet::kShards; ++shard)
        must(journal->commit_now(fleet.shard(shard), last_change));
}

// Everything that the server does between its start and its first answer, but for sockets and keys.
void restart(const sqlite::StoreOptions& store, std::size_t devices) {
    const double wall_before = wall(), cpu_before = cpu();
    WallClock clock;
    Dice dice;
    InPlace executor;
    NoLog log;
    must(sqlite::prepare_store(store));
    const auto journal = must(sqlite::SqliteJournal::open(store, executor));
    const auto loader = must(sqlite::SqliteLoader::open(store));
    sqlite::SqliteHistory history(store);
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live(software, control);
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
    const double took = wall() - wall_before, worked = cpu() - cpu_before;
    if (live.size(kTenant) != devices) fail("not every device came back");
    std::printf(
        "restart to ready                        %9.2f s    (%zu devices, %.2f s of processor time)\n", took,
        devices, worked);
    std::printf("a million devices take                  %9.2f s\n",
                took / static_cast<double>(devices) * 1e6);
}

} // namespace

int main(int argc, char** argv) {
    std::size_t devices = 1'000'000;
    fs::path folder = fs::temp_directory_path();
    for (int n = 1; n + 1 < argc; n += 2) {
        const std::string_view option = argv[n];
        if (option == "--devices")
            devices = std::strtoull(argv[n + 1], nullptr, 10);
        else if (option == "--folder")
            folder = argv[n + 1];
        else
            fail("usage: restart_bench [--devices N] [--folder DIR]");
    }
    if (devices == 0) fail("a fleet has at least one device");
    folder /=
        "oakum-restart-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    fs::create_directories(folder);
    sqlite::StoreOptions store;
    store.file = folder / "oakum.db";
    must(sqlite::prepare_store(store));
    const double filling = wall();
    fill(store, devices);
    std::printf("filling the store                       %9.2f s    (%.0f bytes a device in the file)\n",
                wall() - filling,
                static_cast<double>(fs::file_size(store.file)) / static_cast<double>(devices));
    restart(store, devices);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return 0;
}
