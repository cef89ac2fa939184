// SPDX-License-Identifier: Apache-2.0
// LINK: domain_rehearsal platform_zones
// rehearsal_bench [DEVICES [DAYS]]: one rehearsal of a synthetic fleet, with a window, as `oakum rollout
// simulate` plays it: what it takes by the clock and in memory.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <rehearsal/run.hpp>
#include <rehearsal/synthetic.hpp>
#include <rollout/preset.hpp>
#include <sys/resource.h>
#include <zones/zone_files.hpp>

namespace {

using namespace oakum;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point from) {
    return std::chrono::duration<double>(Clock::now() - from).count();
}

// Of the whole process, at its most.
double peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

rehearsal::Setting setting_of(std::uint32_t days) {
    rehearsal::Setting setting;
    setting.plan = rollout::preset(rollout::Care::normal);
    setting.plan.name = "bench";
    setting.plan.release = rollout::ReleaseId(base::Id128{1, 1});
    setting.start = base::parse_time("2026-11-02T09:00:00Z").value();
    setting.days = days;
    schedule::Rule nights;
    nights.name = "nights";
    nights.times.push_back(schedule::Times::make(schedule::parse_local("2026-01-05T01:00").value(),
                                                 std::chrono::hours(4),
                                                 schedule::Recurrence::parse("FREQ=DAILY").value())
                               .value());
    setting.rules.push_back(nights);
    return setting;
}

} // namespace

int main(int argc, char** argv) {
    const auto devices =
        static_cast<std::uint32_t>(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000'000);
    const auto days = static_cast<std::uint32_t>(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 30);
    zones::ZoneFiles zones;
    Clock::time_point from = Clock::now();
    rehearsal::Assembly assembly(setting_of(days), zones);
    rehearsal::add_synthetic(assembly, devices, 1);
    const rehearsal::Scene scene = std::move(assembly).scene();
    std::printf("devices                                     %10u   (%u days, %zu kinds)\n", devices, days,
                scene.kinds.size());
    std::printf("making the fleet                          %10.2f s\n", since(from));
    from = Clock::now();
    const rehearsal::Run run = rehearsal::play(scene, {.failure_rate = 0.005, .seed = 1});
    const double took = since(from);
    std::uint64_t reports = 0;
    for (const rehearsal::Minute& minute : run.minutes)
        reports += minute.reports;
    std::printf("a rehearsal                               %10.2f s   (%u verified, %llu reports, %s)\n",
                took, run.whole.verified, static_cast<unsigned long long>(reports),
                std::string(rollout::to_string(run.state)).c_str());
    std::printf("bytes a device                              %10zu   (resident at its most %.0f MiB)\n",
                rehearsal::kBytesADevice, peak_mib());
    return 0;
}
