// SPDX-License-Identifier: Apache-2.0
// LINK: engine_rollouts engine_fleet storage_memory
//
// The fleet's rows of the table of numbers: bytes a device, a query of three terms with its count, the work
// of a poll with 200 running rollouts, and transitions a second of the writer over a store in memory (what is
// left is the journal's: storage_bench).  fleet_bench [DEVICES]   (default 1,000,000; ten million need about
// 4 GB)
#include "bench_fleet.hpp"

#include <fleet/polling.hpp>
#include <memory/store.hpp>
#include <rollouts/rollouts.hpp>

#include <malloc.h>

#include <algorithm>

using namespace oakum;
using namespace oakum::bench;

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

double since(Work::time_point begin) {
    return std::chrono::duration<double>(Work::now() - begin).count();
}

// Rollouts with releases of their own, as they stand in the store.
class Plans {
  public:
    Plans(shard::ControlTables& control, shard::Ids& ids) : control_(control), ids_(ids) {}
    ports::RolloutRow add(const std::string& model, std::string query, std::uint32_t open_share_ppm,
                          rollout::State state = rollout::State::running) {
        ports::ReleaseRow release;
        release.id = ids_.next_as<ports::ReleaseId>();
        release.name = model;
        release.version = "9.0";
        release.models = {model};
        release.state = "published";
        apply(release);
        ports::RolloutRow row;
        row.id = ids_.next_as<ports::RolloutId>();
        row.plan.name = "to 9.0";
        row.plan.release = release.id;
        row.plan.query = std::move(query);
        row.plan.waves = {{"first", open_share_ppm, {}}, {"all", 1'000'000, {}}};
        row.state = state;
        row.key0 = ids_.next().low;
        row.key1 = ids_.next().low;
        apply(row);
        return row;
    }
    void clear() { control_.replace(shard::control_of(kTenant), {}); }

  private:
    template <class Row> void apply(const Row& row) {
        control_.apply(shard::control_of(kTenant), ports::Row(row));
    }
    shard::ControlTables& control_;
    shard::Ids& ids_;
};

} // namespace

int main(int argc, char** argv) {
    const std::uint64_t devices = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    WallClock clock;
    Dice dice;
    Queue queue;
    ErrorLog log;
    memory::Store store(queue);
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live(software, control, clock);
    shard::Ids ids(clock, dice);
    Fleet fleet;

    const std::uint64_t before = resident_bytes();
    const auto filling = Work::now();
    for (const auto& row : fleet.components())
        software.apply(shard::control_of(kTenant), ports::Row(row));
    for (const auto& row : fleet.sets())
        software.apply(shard::control_of(kTenant), ports::Row(row));
    const std::uint64_t with_sets = resident_bytes();
    std::vector<device::DeviceId> sample;
    std::vector<ports::Row> rows;
    for (std::uint64_t n = 0; n < devices; ++n) {
        const auto id = fleet.next_id();
        rows.clear();
        fleet.add(rows, id, n);
        for (const ports::Row& row : rows)
            live.apply(shard::place_of(kTenant, id), row);
        if (n % (devices / 20'000 + 1) == 0) sample.push_back(id);
    }
    const double filled = since(filling);
    ::malloc_trim(0); // as the server does when it has read its store
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
    std::printf("bytes a device, resident                  %12.0f   (and %.1f MiB for the sets themselves)\n",
                static_cast<double>(resident_bytes() - with_sets) / count,
                static_cast<double>(with_sets - before) / (1 << 20));

    const auto query = [&](const char* text, const char* name) {
        const fleet::Selection selection{kTenant, {}, *device::parse_query(text), fleet::Records::managed};
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

    const auto search = [&](const char* text, const char* name) {
        const search::Wanted wanted = *search::Wanted::parse(text);
        std::vector<double> times;
        fleet::FoundInFleet found;
        for (int round = 0; round < 11; ++round) {
            const auto begin = Work::now();
            found = live.search(kTenant, {}, wanted, 10);
            times.push_back(since(begin));
        }
        std::sort(times.begin(), times.end());
        std::printf(
            "%-40s  %9.3f ms   (median of 11; %llu devices, %zu sites and models; 0 bytes a device)\n", name,
            times[times.size() / 2] * 1e3, static_cast<unsigned long long>(found.device_count),
            found.values.size());
    };
    search("SN100000777", "search: a serial");
    search("sn1000", "search: how serials begin");
    search("777", "search: inside of names");
    search("sn1", "search: what every device has");

    shard::Writer writer(queue, clock, store, store, control, live, {&control, &software, &live}, log,
                         {.queue = 100'000, .batch = 128});
    fleet::Core core{writer, control, live, software, store, clock, ids};
    Plans plans(control, ids);
    std::vector<fleet::DeviceActor> actors;
    std::vector<fleet::PollReport> reports;
    std::deque<std::string> texts;
    for (const auto& id : sample) {
        const auto row = *live.device({kTenant, id});
        actors.push_back({kTenant, id, row.certificate_serial});
        fleet::PollReport report;
        report.running_version = texts.emplace_back(row.running_version);
        report.boot_id = Fleet::kBoot;
        report.inventory = Fleet::kInventory;
        report.desired = row.desired_number;
        reports.push_back(report);
    }
    const auto polls = [&](const char* name, std::string_view of_model = {}) {
        std::vector<std::size_t> asking;
        for (std::size_t i = 0; i < actors.size(); ++i)
            if (of_model.empty() || live.fact(actors[i].key(), device::key::model)->value == of_model)
                asking.push_back(i);
        shard::Timers timers(queue, clock);
        rollouts::Rollouts rollouts(core, timers, dice, rollouts::Approval::not_required, log);
        rollouts.start();
        const fleet::Polling polling(core, rollouts, dice);
        constexpr std::size_t kPolls = 200'000;
        std::size_t answered = 0;
        const auto begin = Work::now();
        for (std::size_t n = 0; n < kPolls; ++n) {
            const std::size_t i = asking[n % asking.size()];
            const auto answer = polling.poll_at_once(actors[i], reports[i]);
            answered += answer && answer->ok() ? 1 : 0;
        }
        const double took = since(begin);
        std::printf("%-41s %9.3f us   (%zu of %zu answered at once)\n", name,
                    took / static_cast<double>(kPolls) * 1e6, answered, kPolls);
    };
    {
        // A person's command with its audit record and its place on the board, until it is acknowledged.
        shard::Timers timers(queue, clock);
        rollouts::Rollouts rollouts(core, timers, dice, rollouts::Approval::not_required, log);
        rollouts.start();
        access::Actor anna;
        anna.tenant = kTenant.get();
        anna.name = "anna";
        anna.role = access::Role::administrator;
        const auto row = plans.add("MODEL-7", "", 100'000, rollout::State::scheduled);
        double took = 0;
        {
            bool started = false;
            const auto begin = Work::now();
            rollouts.act(anna, row.id, rollout::Event::start, "",
                         [&](base::Status status) { started = status.ok(); });
            queue.run();
            took = since(begin);
            if (!started) std::printf("the rollout did not start\n");
        }
        std::printf("start of a rollout                        %9.3f ms\n", took * 1e3);
        const auto look = [&] {
            const auto begin = Work::now();
            rollouts.look_at_gates();
            queue.run();
            return since(begin) * 1e3;
        };
        const double first = look();
        double rest = look();
        for (int n = 0; n < 60; ++n)
            rest = look();
        std::printf("looking at its gate                       %9.3f ms   (%.3f ms the first time)\n", rest,
                    first);
        plans.clear();
    }
    polls("work of a poll, no rollout");
    for (int n = 0; n < 200; ++n)
        plans.add("MODEL-" + std::to_string(n % 40), "site = \"nowhere " + std::to_string(n) + "\"", 500'000);
    polls("work of a poll, 200 rollouts");
    plans.clear();
    for (int n = 0; n < 200; ++n)
        plans.add("MODEL-7", "zone != \"zone 3\" and kernel > 6.2", 100'000);
    polls("the same, all of them for its model", "MODEL-7");
    plans.clear();
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
