// SPDX-License-Identifier: Apache-2.0
#include "town.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// simulate_server [--seed N | --from N] [--seeds N] [--events N] [--notes N]
// Runs worlds with fixed seeds. A failing seed is printed with its last notes, and --seed runs it alone
// again. With OAKUM_DEEP=1 the same by the thousand.
namespace {

using namespace oakum::simulation;

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

struct Ran {
    std::optional<std::string> broken;
    World::Statistics statistics;
    Ledger::Totals totals;
    std::deque<std::string> notes;
};

Ran run(const Options& options) {
    World world(options);
    world.add(std::make_unique<Town>(world, options));
    Ran ran;
    ran.broken = world.run();
    ran.statistics = world.statistics();
    ran.totals = world.ledger().totals();
    ran.notes = world.notes();
    return ran;
}

struct Sum {
    World::Statistics s;
    Ledger::Totals t;
    void add(const Ran& ran) {
        s.crashes += ran.statistics.crashes;
        s.acknowledged += ran.statistics.acknowledged;
        s.devices += ran.statistics.devices;
        s.events += ran.statistics.events;
        s.requests += ran.statistics.requests;
        t.offers += ran.totals.offers;
        t.verified += ran.totals.verified;
        t.failed += ran.totals.failed;
        t.rolled_back += ran.totals.rolled_back;
        t.withdrawn += ran.totals.withdrawn;
        t.superseded += ran.totals.superseded;
        t.silent += ran.totals.silent;
        t.waves += ran.totals.waves;
        t.rollbacks += ran.totals.rollbacks;
        t.halts += ran.totals.halts;
        t.paced += ran.totals.paced;
    }
};

void print_failure(const Options& failing, const std::string& what, std::uint64_t notes) {
    std::printf("seed %llu: %s\n  again: simulate_server --seed %llu --events %llu\n",
                static_cast<unsigned long long>(failing.seed), what.c_str(),
                static_cast<unsigned long long>(failing.seed),
                static_cast<unsigned long long>(failing.events));
    Options traced = failing;
    traced.notes = notes;
    const Ran again = run(traced);
    if (again.broken != what)
        std::printf("  it did not reproduce: %s\n", again.broken.value_or("no").c_str());
    for (const std::string& note : again.notes)
        std::printf("    %s\n", note.c_str());
}

// A simulation that misses a bug that was planted proves nothing.
int check_planted(std::uint64_t events) {
    constexpr struct {
        Planted bug;
        const char* name;
        std::uint64_t seeds, at_least;
    } bugs[] = {{Planted::lying_store, "a store that acknowledges before it is durable", 5, 5},
                {Planted::pending_as_verified, "pending devices counted as verified", 3, 3},
                {Planted::no_budget, "devices offered whatever is out of service", 8, 4},
                {Planted::no_flight, "waves that know no limit of what is under way", 8, 6},
                {Planted::no_rate, "waves that know no rate", 8, 4},
                {Planted::lost_recount, "counts that do not follow the deployments", 3, 3},
                {Planted::blind_faith, "reports believed whatever they say", 24, 8},
                {Planted::blind_read_back, "a slot tried without being read back", 12, 6}};
    int missed = 0;
    for (const auto& planted : bugs) {
        std::uint64_t caught = 0;
        for (std::uint64_t seed = 1; seed <= planted.seeds; ++seed) {
            Options options;
            options.seed = seed;
            options.events = events;
            options.planted = planted.bug;
            caught += run(options).broken.has_value() ? 1 : 0;
        }
        if (caught >= planted.at_least) continue;
        ++missed;
        std::printf("%s: caught in %llu worlds of %llu only\n", planted.name,
                    static_cast<unsigned long long>(caught), static_cast<unsigned long long>(planted.seeds));
    }
    return missed;
}

} // namespace

int main(int argc, char** argv) {
    const char* const deep_wish = std::getenv("OAKUM_DEEP");
    const bool deep = deep_wish != nullptr && std::strcmp(deep_wish, "1") == 0;
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const bool one = has(argc, argv, "--seed");
    const std::uint64_t first = number_after(argc, argv, one ? "--seed" : "--from", 1);
    const std::uint64_t seeds = one ? 1 : number_after(argc, argv, "--seeds", deep ? 3000 : 60);
    const std::uint64_t notes = number_after(argc, argv, "--notes", 40);
    Options options;
    options.events = number_after(argc, argv, "--events", options.events);

    int failures = 0;
    Sum sum;
    std::uint64_t digest = 0;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        options.seed = seed;
        const Ran ran = run(options);
        sum.add(ran);
        digest = ran.statistics.digest;
        if (!ran.broken) continue;
        print_failure(options, *ran.broken, notes);
        if (++failures == 20) break;
    }
    std::printf(
        "%llu worlds, %d failures: %llu events, %llu requests, %llu crashes; %llu devices, %llu offers, "
        "%llu verified, %llu failed, %llu fell back, %llu withdrawn, %llu superseded, %llu silent; %llu "
        "waves opened, "
        "%llu halts, %llu ordered back, %llu at a pace\n",
        static_cast<unsigned long long>(seeds), failures, static_cast<unsigned long long>(sum.s.events),
        static_cast<unsigned long long>(sum.s.requests), static_cast<unsigned long long>(sum.s.crashes),
        static_cast<unsigned long long>(sum.s.devices), static_cast<unsigned long long>(sum.t.offers),
        static_cast<unsigned long long>(sum.t.verified), static_cast<unsigned long long>(sum.t.failed),
        static_cast<unsigned long long>(sum.t.rolled_back), static_cast<unsigned long long>(sum.t.withdrawn),
        static_cast<unsigned long long>(sum.t.superseded), static_cast<unsigned long long>(sum.t.silent),
        static_cast<unsigned long long>(sum.t.waves), static_cast<unsigned long long>(sum.t.halts),
        static_cast<unsigned long long>(sum.t.rollbacks), static_cast<unsigned long long>(sum.t.paced));
    if (one) {
        std::printf("digest %016llx\n", static_cast<unsigned long long>(digest));
        return failures == 0 ? 0 : 1;
    }

    // One seed, one history: the last world once more.
    if (run(options).statistics.digest != digest) {
        ++failures;
        std::printf("seed %llu went another way the second time\n",
                    static_cast<unsigned long long>(options.seed));
    }
    if (first == 1) failures += check_planted(options.events);
    // A world in which nothing happens proves nothing either.
    if (seeds >= 20 &&
        (sum.s.crashes < seeds || sum.s.devices < 8 * seeds || sum.t.verified < seeds ||
         sum.t.rolled_back < seeds / 2 || sum.t.waves < seeds / 2 || sum.t.rollbacks == 0 ||
         sum.t.halts == 0 || sum.t.silent == 0 || sum.t.superseded == 0 || sum.t.paced < seeds)) {
        ++failures;
        std::printf("the worlds were idle\n");
    }
    return failures == 0 ? 0 : 1;
}
