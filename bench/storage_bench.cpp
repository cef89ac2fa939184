// SPDX-License-Identifier: Apache-2.0
// LINK: engine_fleet storage_sqlite SQLite::SQLite3 Threads::Threads
//
// Two rows of the table of numbers: durable transitions a second through the journal beside bare SQLite
// commits of the same rows in batches of 1,000, alternating in one run; and the load of all rows at a start.
#include "bench_fleet.hpp"

#include <device/ids.hpp>
#include <sqlite/backup.hpp>
#include <sqlite/history.hpp>
#include <sqlite/journal.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

using namespace oakum;
using namespace oakum::bench;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kGroupCommit = 128; // the most that one commit of the engine holds
constexpr std::size_t kBareBatch = 1000;
double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Rate {
    double per_second = 0;
    double cpu_microseconds = 0; // a transition
};
class Stopwatch {
  public:
    Rate of(std::size_t transitions) const {
        const auto count = static_cast<double>(transitions);
        return {count / seconds_since(start_), (cpu() - cpu_) / count * 1e6};
    }

  private:
    Clock::time_point start_ = Clock::now();
    double cpu_ = cpu();
};

// The fleet with one deployment a device, and the transitions that move it on.
class Transitions {
  public:
    struct Device {
        std::size_t number = 0;
        ports::DeviceRow row;
        ports::DeploymentId deployment;
    };
    explicit Transitions(std::size_t devices) {
        for (std::size_t n = 0; n < devices; ++n) {
            Device& device = devices_.emplace_back();
            device.number = n;
            device.row.id = fleet_.next_id();
            device.deployment = ports::DeploymentId(device.row.id.get());
        }
        // Shard by shard, as an import of a fleet that is sorted by its key.
        std::sort(devices_.begin(), devices_.end(), [](const Device& a, const Device& b) {
            return std::pair(device::shard_of(kTenant, a.row.id), a.row.id) <
                   std::pair(device::shard_of(kTenant, b.row.id), b.row.id);
        });
    }
    std::size_t size() const { return devices_.size(); }

    // What a device is stored with at first.
    ports::ShardRows first_rows(std::size_t n) {
        Device& device = devices_[n];
        ports::ShardRows part{kTenant, device::shard_of(kTenant, device.row.id), {}};
        fleet_.add(part.rows, device.row.id, device.number);
        device.row = std::get<ports::DeviceRow>(part.rows.front());
        part.rows.emplace_back(deployment_row(device));
        return part;
    }
    // A report that moves a deployment on: its row, its gate's count, what happened, the change, and the
    // device.
    ports::ShardRows transition() {
        Device& device = devices_[fleet_.draw() % devices_.size()];
        ++device.row.row_version;
        const auto shard = device::shard_of(kTenant, device.row.id);
        const auto row = deployment_row(device);
        ports::GateCountRow gate{rollout_, 0, row.stratum, {}};
        gate.counts.started = static_cast<std::uint32_t>(row.row_version);
        return {kTenant,
                shard,
                {row, gate,
                 ports::DeviceEventRow{device.row.id, row.state_at, "deployment", row.id.text(),
                                       "downloading", "downloaded", ""},
                 ports::ChangeRow{0, shard, row.state_at, "deployment", row.id.text(),
                                  "{\"state\":\"downloaded\"}"},
                 device.row}};
    }

  private:
    ports::DeploymentRow deployment_row(const Device& device) const {
        ports::DeploymentRow row;
        row.id = device.deployment;
        row.device = device.row.id;
        row.rollout = rollout_;
        row.release = release_;
        row.stratum = "Hamburg/GW-200";
        row.row_version = row.sequence = device.row.row_version;
        row.state = static_cast<install::State>(row.row_version % 10);
        row.detail = "slot b";
        row.version_before = "1.4.2";
        row.offered_at = Fleet::day(); // stays for the life of a deployment
        row.state_at = Fleet::day() + base::Duration(static_cast<std::int64_t>(row.row_version));
        row.deadline = Fleet::day() + std::chrono::hours(1);
        return row;
    }

    Fleet fleet_;
    std::vector<Device> devices_;
    ports::RolloutId rollout_{base::Id128{1, 1}};
    ports::ReleaseId release_{base::Id128{2, 2}};
};

// The same rows with nothing around SQLite: five prepared statements, bound and stepped.
class Bare {
  public:
    explicit Bare(const fs::path& file) {
        check(sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr));
        for (const char* pragma :
             {"PRAGMA synchronous = FULL", "PRAGMA cache_size = -65536", "PRAGMA wal_autocheckpoint = 4096"})
            check(sqlite3_exec(db_, pragma, nullptr, nullptr, nullptr));
        prepare(
            deployment_,
            "UPDATE deployment SET state = ?4, sequence = ?5, state_at = ?6, detail = ?7, version_before = "
            "?8, deadline = ?9, row_version = ?10, stratum = ?11 WHERE tenant = ?1 AND shard = ?2 AND "
            "device = ?3 AND deployment = ?12");
        prepare(device_,
                "UPDATE device SET last_seen = ?4, running_version = ?5, boot_id = ?6, desired_number = ?7, "
                "certificate_serial = ?8, row_version = ?9 WHERE tenant = ?1 AND shard = ?2 AND device = ?3");
        prepare(
            gate_,
            "INSERT OR REPLACE INTO gate_count VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
        prepare(event_, "INSERT INTO device_event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        prepare(change_, "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        sqlite3_stmt* newest = nullptr;
        prepare(newest, "SELECT change, entry FROM store_counter");
        sqlite3_step(newest);
        number_ = std::max(sqlite3_column_int64(newest, 0), sqlite3_column_int64(newest, 1));
        sqlite3_finalize(newest);
    }
    ~Bare() {
        // The journal takes over in the same file: its counters go on from here.
        const std::string sql = "UPDATE store_counter SET change = " + std::to_string(number_) +
                                ", entry = " + std::to_string(number_);
        check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr));
        for (auto* statement : {deployment_, device_, gate_, event_, change_})
            sqlite3_finalize(statement);
        sqlite3_close(db_);
    }
    Bare(const Bare&) = delete;
    Bare& operator=(const Bare&) = delete;

    void commit(const std::vector<ports::ShardRows>& batch) {
        check(sqlite3_exec(db_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (const auto& part : batch)
            write(part);
        check(sqlite3_exec(db_, "COMMIT", nullptr, nullptr, nullptr));
    }

  private:
    void check(int code) {
        if (code != SQLITE_OK) fail(std::string("bare SQLite: ") + sqlite3_errmsg(db_));
    }
    void prepare(sqlite3_stmt*& statement, const char* sql) {
        check(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr));
    }
    static void text(sqlite3_stmt* s, int at, const std::string& value) {
        sqlite3_bind_text(s, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    static void blob(sqlite3_stmt* s, int at, const std::array<std::uint8_t, 16>& value) {
        sqlite3_bind_blob(s, at, value.data(), 16, SQLITE_STATIC);
    }
    void run(sqlite3_stmt* s) {
        if (sqlite3_step(s) != SQLITE_DONE) fail(std::string("bare SQLite: ") + sqlite3_errmsg(db_));
        sqlite3_reset(s);
    }
    void place(sqlite3_stmt* s, const ports::ShardRows& part) {
        sqlite3_bind_int64(s, 1, part.tenant.get());
        sqlite3_bind_int64(s, 2, part.shard.get());
    }
    void write(const ports::ShardRows& part) {
        const auto& d = std::get<ports::DeploymentRow>(part.rows[0]);
        const auto device = base::to_bytes(d.device.get()), id = base::to_bytes(d.id.get());
        place(deployment_, part);
        blob(deployment_, 3, device);
        sqlite3_bind_int64(deployment_, 4, static_cast<int>(d.state));
        sqlite3_bind_int64(deployment_, 5, static_cast<sqlite3_int64>(d.sequence));
        sqlite3_bind_int64(deployment_, 6, base::unix_ms(d.state_at));
        text(deployment_, 7, d.detail);
        text(deployment_, 8, d.version_before);
        sqlite3_bind_int64(deployment_, 9, base::unix_ms(*d.deadline));
        sqlite3_bind_int64(deployment_, 10, static_cast<sqlite3_int64>(d.row_version));
        text(deployment_, 11, d.stratum);
        blob(deployment_, 12, id);
        run(deployment_);
        const auto& v = std::get<ports::DeviceRow>(part.rows[4]);
        place(device_, part);
        blob(device_, 3, device);
        sqlite3_bind_int64(device_, 4, base::unix_ms(v.last_seen));
        text(device_, 5, v.running_version);
        text(device_, 6, v.boot_id);
        sqlite3_bind_int64(device_, 7, static_cast<sqlite3_int64>(v.desired_number));
        text(device_, 8, v.certificate_serial);
        sqlite3_bind_int64(device_, 9, static_cast<sqlite3_int64>(v.row_version));
        run(device_);
        const auto& g = std::get<ports::GateCountRow>(part.rows[1]);
        const auto rollout = base::to_bytes(g.rollout.get());
        place(gate_, part);
        blob(gate_, 3, rollout);
        sqlite3_bind_int64(gate_, 4, g.wave);
        text(gate_, 5, g.stratum);
        sqlite3_bind_int64(gate_, 6, g.counts.started);
        for (int at = 7; at <= 12; ++at)
            sqlite3_bind_int64(gate_, at, 0);
        run(gate_);
        const auto& e = std::get<ports::DeviceEventRow>(part.rows[2]);
        place(event_, part);
        blob(event_, 3, device);
        sqlite3_bind_int64(event_, 4, base::unix_ms(e.at));
        sqlite3_bind_int64(event_, 5, ++number_);
        int at = 6;
        for (const auto* field : {&e.kind, &e.subject, &e.before, &e.after, &e.detail})
            text(event_, at++, *field);
        run(event_);
        const auto& c = std::get<ports::ChangeRow>(part.rows[3]);
        sqlite3_bind_int64(change_, 1, part.tenant.get());
        sqlite3_bind_int64(change_, 2, number_);
        sqlite3_bind_int64(change_, 3, part.shard.get());
        sqlite3_bind_int64(change_, 4, base::unix_ms(c.at));
        text(change_, 5, c.kind);
        text(change_, 6, c.subject);
        text(change_, 7, c.summary);
        run(change_);
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt *deployment_ = nullptr, *device_ = nullptr, *gate_ = nullptr, *event_ = nullptr,
                 *change_ = nullptr;
    sqlite3_int64 number_ = 0;
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}
double median(const std::vector<double>& values) {
    return percentile(values, 0.5);
}
Rate median(const std::vector<Rate>& rates) {
    std::vector<double> per_second, cpu;
    for (const auto& rate : rates) {
        per_second.push_back(rate.per_second);
        cpu.push_back(rate.cpu_microseconds);
    }
    return {median(per_second), median(cpu)};
}

void fill(sqlite::SqliteJournal& journal, Transitions& fleet) {
    const auto start = Clock::now();
    std::uint64_t last_change = 0, rows = 0;
    ports::Batch batch;
    for (std::size_t n = 0; n < fleet.size(); ++n) {
        rows += batch.shards.emplace_back(fleet.first_rows(n)).rows.size();
        if (batch.shards.size() == 1000 || n + 1 == fleet.size()) {
            must(journal.commit_now(batch, last_change));
            batch.shards.clear();
        }
    }
    const double seconds = seconds_since(start);
    std::printf("| fill of %zu devices, %llu rows | %.0f rows/s |\n", fleet.size(),
                static_cast<unsigned long long>(rows), static_cast<double>(rows) / seconds);
}

// One slice of saturated load; gives transitions a second.
Rate through_journal(sqlite::SqliteJournal& journal, Transitions& fleet, std::size_t transitions) {
    std::vector<ports::Batch> batches;
    for (std::size_t done = 0; done < transitions; done += kGroupCommit) {
        auto& batch = batches.emplace_back();
        for (std::size_t n = 0; n < kGroupCommit; ++n)
            batch.shards.push_back(fleet.transition());
    }
    const Stopwatch watch;
    std::uint64_t last_change = 0;
    for (const auto& batch : batches)
        must(journal.commit_now(batch, last_change));
    return watch.of(batches.size() * kGroupCommit);
}
Rate through_bare(const fs::path& file, Transitions& fleet, std::size_t transitions) {
    Bare bare(file);
    bare.commit({fleet.transition()}); // opens the log and warms the statements
    std::vector<std::vector<ports::ShardRows>> batches;
    for (std::size_t done = 0; done < transitions; done += kBareBatch) {
        auto& batch = batches.emplace_back();
        for (std::size_t n = 0; n < kBareBatch; ++n)
            batch.push_back(fleet.transition());
    }
    const Stopwatch watch;
    for (const auto& batch : batches)
        bare.commit(batch);
    return watch.of(batches.size() * kBareBatch);
}

// Transitions that come at a steady rate, committed with what queued meanwhile; from arrival to
// acknowledgement, in ms.
std::vector<double> latencies(sqlite::SqliteJournal& journal, Transitions& fleet, double rate,
                              double seconds) {
    std::vector<double> out;
    const auto start = Clock::now();
    std::size_t done = 0;
    std::uint64_t last_change = 0;
    while (seconds_since(start) < seconds) {
        const auto arrived = static_cast<std::size_t>(seconds_since(start) * rate);
        const auto count = std::min(arrived - done, kGroupCommit);
        if (count == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(100));
            continue;
        }
        ports::Batch batch;
        for (std::size_t n = 0; n < count; ++n)
            batch.shards.push_back(fleet.transition());
        must(journal.commit_now(batch, last_change));
        const double now = seconds_since(start);
        for (std::size_t n = 0; n < count; ++n)
            out.push_back((now - static_cast<double>(done + n) / rate) * 1000);
        done += count;
    }
    return out;
}

void measure_load(const sqlite::StoreOptions& options, std::size_t devices) {
    const auto start = Clock::now();
    const auto loader = must(sqlite::SqliteLoader::open(options));
    std::uint64_t rows = 0;
    must(loader->load_all([&](ports::TenantId, ports::ShardId, ports::Row) -> base::Status {
        ++rows;
        return {};
    }));
    const double seconds = seconds_since(start);
    std::printf("| load of %zu devices, %llu rows | %.2f s, %.0f rows/s |\n", devices,
                static_cast<unsigned long long>(rows), seconds, static_cast<double>(rows) / seconds);
}

} // namespace

int main(int argc, char** argv) {
    std::size_t devices = 1'000'000, transitions = 100'000;
    fs::path folder = fs::temp_directory_path();
    for (int n = 1; n + 1 < argc; n += 2) {
        const std::string_view option = argv[n];
        if (option == "--devices")
            devices = std::strtoull(argv[n + 1], nullptr, 10);
        else if (option == "--transitions")
            transitions = std::strtoull(argv[n + 1], nullptr, 10);
        else if (option == "--folder")
            folder = argv[n + 1];
        else
            fail("usage: storage_bench [--devices N] [--transitions N] [--folder DIR]");
    }
    if (devices == 0) fail("a fleet has at least one device");
    folder /= "oakum-storage-bench-" + std::to_string(Clock::now().time_since_epoch().count());
    fs::create_directories(folder);
    sqlite::StoreOptions options;
    options.file = folder / "oakum.db";
    must(sqlite::prepare_store(options));
    Transitions fleet(devices);
    InPlace executor;
    std::printf("| what | measured |\n|---|---|\n");
    fill(*must(sqlite::SqliteJournal::open(options, executor)), fleet);
    constexpr int kSlices = 5;
    std::vector<Rate> journal_rates, bare_rates;
    for (int slice = 0; slice < kSlices; ++slice) {
        {
            const auto journal = must(sqlite::SqliteJournal::open(options, executor));
            through_journal(*journal, fleet, 1); // opens the log and warms the statements
            journal_rates.push_back(through_journal(*journal, fleet, transitions / kSlices));
        }
        bare_rates.push_back(through_bare(options.file, fleet, transitions / kSlices));
    }
    const Rate saturated = median(journal_rates), bare = median(bare_rates);
    std::printf(
        "| durable transitions through the journal, %zu a commit, 5 rows each | %.0f /s, %.1f us of CPU |\n",
        kGroupCommit, saturated.per_second, saturated.cpu_microseconds);
    std::printf("| bare SQLite, the same rows, %zu transitions a commit | %.0f /s, %.1f us of CPU |\n",
                kBareBatch, bare.per_second, bare.cpu_microseconds);
    std::printf("| ratio (target 0.7) | %.2f |\n", saturated.per_second / bare.per_second);
    {
        const auto journal = must(sqlite::SqliteJournal::open(options, executor));
        const auto times = latencies(*journal, fleet, saturated.per_second / 2, 5);
        std::printf(
            "| acknowledged at half the saturated rate, median / p99 (target 25 ms) | %.1f / %.1f ms |\n",
            median(times), percentile(times, 0.99));
    }
    measure_load(options, devices);
    std::printf("| file after all this | %.0f bytes/device |\n",
                static_cast<double>(fs::file_size(options.file)) / static_cast<double>(devices));
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return 0;
}
