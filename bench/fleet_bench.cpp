// SPDX-License-Identifier: Apache-2.0
// LINK: engine_fleet storage_memory
//
// The fleet's rows of the table of numbers: bytes a device, a query of three terms with its count, the work
// of a poll with 200 running rollouts, and transitions a second of the writer over a store in memory (what is
// left is the journal's: storage_bench).  fleet_bench [DEVICES]   (default 1,000,000; ten million need about
// 4 GB)
#include <fleet/polling.hpp>
#include <memory/store.hpp>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <random>

using namespace oakum;
using Steady = std::chrono::steady_clock;

// Time of this process's own work: the machine may be shared, and the benchmark has one thread.
struct Work {
    using duration = std::chrono::nanoseconds;
    using time_point = std::chrono::time_point<Work, duration>;
    static time_point now() {
        timespec spent{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
        return time_point(std::chrono::seconds(spent.tv_sec) + duration(spent.tv_nsec));
    }
};

namespace {

const device::TenantId kTenant = device::kDefaultTenant;

double since(Work::time_point begin) {
    return std::chrono::duration<double>(Work::now() - begin).count();
}

std::uint64_t resident_bytes() {
    std::ifstream status("/proc/self/statm");
    std::uint64_t total = 0, resident = 0;
    status >> total >> resident;
    return resident * 4096;
}

class WallClock final : public ports::Clock {
  public:
    base::TimePoint now() override {
        return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    }
    base::Duration steady() override {
        return std::chrono::duration_cast<base::Duration>(Steady::now().time_since_epoch());
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

// Run by the caller: one thread, no waiting between two pieces of work.
class Queue final : public ports::Executor {
  public:
    void post(std::function<void()> work) override { work_.push_back(std::move(work)); }
    void post_after(base::Duration, std::function<void()> work) override { post(std::move(work)); }
    void run() {
        while (!work_.empty()) {
            auto work = std::move(work_.front());
            work_.pop_front();
            work();
        }
    }

  private:
    std::deque<std::function<void()>> work_;
};

class NoLog final : public base::LogSink {
  public:
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    }
};

// 200 rollouts, each with a query, none of which wants the device: the dearest kind of "nothing for you".
class TwoHundredRollouts final : public fleet::OfferSource {
  public:
    TwoHundredRollouts() {
        for (int n = 0; n < 200; ++n)
            queries_.push_back(*device::parse_query("model = \"MODEL-" + std::to_string(n % 40) +
                                                    "\" and site = \"nowhere " + std::to_string(n) + "\""));
    }
    bool would_offer(const fleet::Glance& device) const override {
        for (std::size_t n = 0; n < queries_.size(); ++n) {
            const auto bytes = base::to_bytes(device.id().get());
            if (base::siphash24(n, 7, bytes) % 1'000'000 > 900'000) continue; // not in an open wave yet
            if (device::evaluate(queries_[n], device) == device::Truth::yes) return true;
        }
        return false;
    }
    void offer(const fleet::DeviceActor&, shard::Completion<std::optional<fleet::OfferView>> done) override {
        done(std::optional<fleet::OfferView>());
    }
    std::optional<fleet::OfferView> present(const fleet::DeviceActor&) const override { return std::nullopt; }
    bool listens(const fleet::DeviceActor&) const override { return false; }
    void seen(const fleet::DeviceActor&, std::string, bool, std::function<void(base::Status)> done) override {
        done({});
    }

  private:
    std::vector<device::Query> queries_;
};

std::string hex_serial(std::uint64_t n) {
    char text[33];
    std::snprintf(text, sizeof(text), "%032llx", static_cast<unsigned long long>(n * 0x9E3779B97F4A7C15ULL));
    return text;
}

} // namespace

int main(int argc, char** argv) {
    const std::uint64_t devices = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    WallClock clock;
    Dice dice;
    Queue queue;
    NoLog log;
    memory::Store store(queue);
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live(software, control);
    shard::Ids ids(clock, dice);
    std::mt19937_64 random(7);

    const std::uint64_t before = resident_bytes();
    const auto filling = Work::now();
    std::vector<device::SetId> sets;
    for (std::uint32_t n = 0; n < 5000; ++n) {
        base::Digest256 digest;
        digest.bytes[0] = static_cast<std::uint8_t>(n);
        digest.bytes[1] = static_cast<std::uint8_t>(n >> 8);
        digest.bytes[2] = 1;
        sets.emplace_back(digest);
    }
    std::vector<device::DeviceId> sample;
    const base::TimePoint day = base::from_unix_ms(1'760'000'000'000);
    for (std::uint64_t n = 0; n < devices; ++n) {
        const auto id = ids.next_as<device::DeviceId>();
        const shard::Place place = shard::place_of(kTenant, id);
        ports::DeviceRow row;
        row.id = id;
        row.lifecycle = n % 50 == 0 ? device::Lifecycle::quiet : device::Lifecycle::active;
        row.first_seen = row.last_seen = row.last_inventory = day;
        row.base_set = sets[random() % 400];
        row.delta_set = sets[random() % sets.size()];
        row.running_version = "2." + std::to_string(random() % 30);
        row.boot_id = fleet::boot_mark(std::to_string(n));
        row.desired_number = 1'760'000'000;
        row.certificate_serial = hex_serial(n);
        row.certificate_expires = base::from_unix_ms(1'900'000'000'000);
        row.row_version = 1;
        live.apply(place, ports::Row(row));
        const auto fact = [&](std::string_view key, std::string value) {
            live.apply(place,
                       ports::Row(ports::FactRow{
                           id, {std::string(key), std::move(value), device::FactSource::reported, "", day}}));
        };
        fact(device::key::serial, "SN" + std::to_string(100'000'000 + n));
        fact(device::key::address, "10." + std::to_string(n >> 16 & 255) + "." +
                                       std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255));
        fact(device::key::model, "MODEL-" + std::to_string(random() % 40));
        fact(device::key::hw_revision, "r" + std::to_string(random() % 4));
        fact(device::key::platform, "linux");
        fact(device::key::firmware_version, row.running_version);
        fact(device::key::kernel, "6.1." + std::to_string(random() % 60));
        fact(device::key::site, "site " + std::to_string(random() % 1000));
        fact(device::key::zone, "zone " + std::to_string(random() % 8));
        fact(device::key::criticality, n % 3 == 0 ? "high" : "low");
        fact(device::key::exposure, n % 5 == 0 ? "internet" : "internal");
        fact(device::key::protocol, "native");
        if (n % (devices / 1000 + 1) == 0) sample.push_back(id);
    }
    const double filled = since(filling);
    const fleet::LiveFleet::Memory memory = live.memory();
    const double count = static_cast<double>(devices);
    std::printf("devices                                   %12llu   (12 facts each, 5,000 shared sets)\n",
                static_cast<unsigned long long>(devices));
    std::printf("fill, devices a second                    %12.0f\n", count / filled);
    std::printf(
        "bytes a device, counted                   %12.0f   (slots %.0f, columns %.0f, bitmaps %.0f, values "
        "%.0f, "
        "indexes %.0f)\n",
        static_cast<double>(memory.total()) / count, static_cast<double>(memory.slots_bytes) / count,
        static_cast<double>(memory.columns_bytes) / count, static_cast<double>(memory.bitmaps_bytes) / count,
        static_cast<double>(memory.values_bytes) / count, static_cast<double>(memory.index_bytes) / count);
    std::printf("bytes a device, resident                  %12.0f\n",
                static_cast<double>(resident_bytes() - before) / count);

    const auto query = [&](const char* text, const char* name) {
        const fleet::Selection selection{kTenant, {}, *device::parse_query(text), fleet::Retired::left_out};
        std::vector<double> times;
        fleet::Count found;
        for (int round = 0; round < 21; ++round) {
            const auto begin = Work::now();
            found = live.count(selection);
            times.push_back(since(begin));
        }
        std::sort(times.begin(), times.end());
        std::printf("%-40s  %9.3f ms   (median of 21; %llu devices)\n", name, times[times.size() / 2] * 1e3,
                    static_cast<unsigned long long>(found.yes));
    };
    query("model = MODEL-7 and criticality = high and exposure = internet",
          "query of three terms with its count");
    query("model = MODEL-* and not zone = \"zone 3\" and firmware_version < 2.15",
          "wildcard, negation, version order");
    query("serial = SN100000777 and model = MODEL-*", "by serial");
    query("address in 10.3.0.0/16 and criticality = high", "address range (a scan)");

    shard::Writer writer(queue, clock, store, store, control, live, {&control, &software, &live}, log,
                         {.queue = 100'000, .batch = 128});
    fleet::Core core{writer, control, live, software, store, clock, ids};
    TwoHundredRollouts rollouts;
    fleet::Polling polling(core, rollouts, dice);
    {
        std::vector<fleet::DeviceActor> actors;
        std::vector<fleet::PollReport> reports;
        std::vector<std::string> texts;
        texts.reserve(sample.size());
        for (const auto& id : sample) {
            const auto row = *live.device({kTenant, id});
            actors.push_back({kTenant, id, row.certificate_serial});
            texts.push_back(row.running_version);
            fleet::PollReport report;
            report.running_version = texts.back();
            report.desired = row.desired_number;
            reports.push_back(report);
        }
        constexpr int kRounds = 20;
        std::size_t answered = 0;
        const auto begin = Work::now();
        for (int round = 0; round < kRounds; ++round)
            for (std::size_t i = 0; i < actors.size(); ++i) {
                const auto answer = polling.poll_at_once(actors[i], reports[i]);
                answered += answer && answer->ok() ? 1 : 0;
            }
        const double took = since(begin);
        std::printf("work of a poll, 200 rollouts              %9.3f us   (%zu of %zu answered at once)\n",
                    took / (kRounds * static_cast<double>(actors.size())) * 1e6, answered,
                    actors.size() * kRounds);
    }
    {
        constexpr std::uint64_t kTransitions = 200'000;
        std::uint64_t acknowledged = 0;
        const auto begin = Work::now();
        for (std::uint64_t n = 0; n < kTransitions;) {
            for (int burst = 0; burst < 2048 && n < kTransitions; ++burst, ++n) {
                const auto id = sample[n % sample.size()];
                writer.submit(
                    shard::place_of(kTenant, id), shard::Priority::terminal,
                    [id](shard::Transaction& transaction) -> base::Status {
                        auto row = transaction.device(id);
                        if (!row) return base::not_found("gone");
                        // A transition's own rows: a deployment, an event, a change.
                        ports::DeploymentRow deployment;
                        deployment.id = ports::DeploymentId(id.get());
                        deployment.device = id;
                        deployment.state = install::State::installing;
                        transaction.put(std::move(deployment));
                        transaction.event(
                            {id, transaction.now(), "deployment", "d", "installing", "verified", ""});
                        transaction.change("deployment", "d");
                        return {};
                    },
                    [&](base::Status status) { acknowledged += status.ok() ? 1 : 0; });
            }
            queue.run();
        }
        const double took = since(begin);
        std::printf("transitions a second, store in memory     %12.0f   (%llu acknowledged)\n",
                    static_cast<double>(kTransitions) / took, static_cast<unsigned long long>(acknowledged));
    }
    return 0;
}
