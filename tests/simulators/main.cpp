// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>

// simulate_server [--seed N] [--seeds N] [--events N] [--deep]
// Runs worlds with fixed seeds; a failing seed is printed, and --seed runs it alone again.
namespace {

std::uint64_t number_after(int argc, char** argv, const char* name, std::uint64_t fallback) {
    for (int i = 1; i + 1 < argc; ++i)
        if (std::strcmp(argv[i], name) == 0) {
            std::uint64_t value = 0;
            const char* end = argv[i + 1] + std::strlen(argv[i + 1]);
            if (std::from_chars(argv[i + 1], end, value).ptr == end) return value;
        }
    return fallback;
}

bool has(int argc, char** argv, const char* name) {
    for (int i = 1; i < argc; ++i)
        if (std::strcmp(argv[i], name) == 0) return true;
    return false;
}

} // namespace

int main(int argc, char** argv) {
    using oakum::simulation::World;
    const bool deep = has(argc, argv, "--deep");
    const std::uint64_t first = number_after(argc, argv, "--seed", 1);
    const std::uint64_t seeds =
        has(argc, argv, "--seed") ? 1 : number_after(argc, argv, "--seeds", deep ? 5000 : 200);
    const std::uint64_t events = number_after(argc, argv, "--events", deep ? 10000 : 2000);
    int failures = 0;
    World::Statistics sum;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        World world({seed, events, 12, false});
        const auto broken = world.run();
        sum.crashes += world.statistics().crashes;
        sum.acknowledged += world.statistics().acknowledged;
        sum.polls += world.statistics().polls;
        sum.devices += world.statistics().devices;
        if (!broken) continue;
        ++failures;
        std::printf("seed %llu: %s\n  again: simulate_server --seed %llu --events %llu\n",
                    static_cast<unsigned long long>(seed), broken->c_str(),
                    static_cast<unsigned long long>(seed), static_cast<unsigned long long>(events));
    }
    // A store that acknowledges before it is durable has to be caught, or the invariants are blind.
    int caught = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed)
        caught += World({seed, events, 12, true}).run().has_value() ? 1 : 0;
    if (caught != 5) {
        ++failures;
        std::printf("a store that lies was caught in %d worlds of 5 only\n", caught);
    }
    // A world in which nothing happens proves nothing.
    if (sum.crashes < seeds || sum.devices < 5 * seeds || sum.polls < 10 * seeds) {
        ++failures;
        std::printf("the worlds were idle\n");
    }
    std::printf("%llu worlds of %llu events, %d failures: %llu devices, %llu polls answered, %llu changes "
                "acknowledged, "
                "%llu crashes\n",
                static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(events), failures,
                static_cast<unsigned long long>(sum.devices), static_cast<unsigned long long>(sum.polls),
                static_cast<unsigned long long>(sum.acknowledged),
                static_cast<unsigned long long>(sum.crashes));
    return failures == 0 ? 0 : 1;
}
