// SPDX-License-Identifier: Apache-2.0
#include "numbered_commits.hpp"
#include "power_cut_vfs.hpp"
#include "store_under_test.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>

using namespace oakum;
using namespace oakum::sqlite;

namespace {

struct Outcome {
    bool kept = false; // every acknowledged commit is there, whole and in order, and the file is sound
    std::string why;
    std::uint64_t acknowledged = 0;
    std::uint64_t dropped = 0;
};

StoreOptions on_power_cut_disk(const TemporaryFolder& folder, std::mt19937_64& random,
                               Synchronous synchronous) {
    StoreOptions options = options_in(folder.path());
    options.vfs = PowerCutDisk::name();
    options.synchronous = synchronous;
    options.checkpoint_pages = 8 + random() % 200; // often, so that cuts fall into checkpoints too
    return options;
}

// Commits until the power goes, then looks at what the disk kept.
Outcome run_until_power_cut(std::uint64_t seed, Synchronous synchronous) {
    std::mt19937_64 random(seed);
    const TemporaryFolder folder;
    PowerCutDisk disk(seed * 7919 + 1);
    StoreOptions options = on_power_cut_disk(folder, random, synchronous);
    must(prepare_store(options));
    Outcome outcome;
    {
        QueueExecutor executor;
        const auto journal = must(SqliteJournal::open(options, executor));
        disk.cut_after(1 + random() % 1500);
        for (std::uint64_t number = 1; !disk.is_cut(); ++number) {
            std::uint64_t last_change = 0;
            const auto status = journal->commit_now(numbered_commit(number), last_change);
            if (status.ok())
                outcome.acknowledged = number;
            else if (status.error().kind != base::ErrorKind::unavailable)
                FAIL("a power cut was reported as: " << status.error().text());
        }
    }
    disk.power_on();
    outcome.dropped = disk.dropped_writes();
    options.vfs.clear();
    options.synchronous = Synchronous::full;
    const auto found = check_numbered_commits(options);
    outcome.why = found.problem;
    // One more than acknowledged may be there: the commit during which the power went.
    outcome.kept = found.problem.empty() && found.commits >= outcome.acknowledged &&
                   found.commits <= outcome.acknowledged + 1;
    if (outcome.why.empty() && !outcome.kept)
        outcome.why = std::to_string(found.commits) + " commits found, " +
                      std::to_string(outcome.acknowledged) + " acknowledged";
    return outcome;
}

} // namespace

TEST_CASE("a power cut that discards, tears and reorders unsynced writes loses nothing acknowledged") {
    const std::uint64_t rounds = deep() ? 5000 : 120;
    std::uint64_t acknowledged = 0, dropped = 0;
    for (std::uint64_t seed = 1; seed <= rounds; ++seed) {
        CAPTURE(seed);
        const auto outcome = run_until_power_cut(seed, Synchronous::full);
        CHECK_MESSAGE(outcome.kept, outcome.why);
        acknowledged += outcome.acknowledged;
        dropped += outcome.dropped;
    }
    // The test did cut into work, and the cuts did hurt.
    CHECK(acknowledged > rounds * 5);
    CHECK(dropped > rounds / 4);
}

TEST_CASE("the power-cut test notices a store that does not sync: with synchronous off, something is lost") {
    std::uint64_t lost = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed)
        lost += run_until_power_cut(seed, Synchronous::off).kept ? 0 : 1;
    CHECK(lost >= 20);
}

TEST_CASE("a power cut while the store is made leaves a file that can be made ready again") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        const TemporaryFolder folder;
        PowerCutDisk disk(seed);
        StoreOptions options = on_power_cut_disk(folder, random, Synchronous::full);
        disk.cut_after(1 + random() % 80);
        const auto status = prepare_store(options);
        CHECK(status.ok() == !disk.is_cut());
        disk.power_on();
        options.vfs.clear();
        must(prepare_store(options));
        const auto found = check_numbered_commits(options);
        CHECK_MESSAGE(found.problem.empty(), found.problem);
        CHECK(found.commits == 0);
    }
}
