// SPDX-License-Identifier: Apache-2.0
#include "deadlines.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

using namespace oakum::http;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Entry final : Timed {
    int expired = 0;
    void expire() override { ++expired; }
};

const Steady::time_point kStart = Steady::time_point(seconds(1000)) + milliseconds(7);

} // namespace

TEST_CASE("an entry expires once, after its deadline and within a tick of it") {
    for (int ms : {0, 1, 24, 25, 26, 1000, 60'000, 102'400, 250'000, 1'000'000}) {
        CAPTURE(ms);
        Deadlines deadlines(kStart);
        Entry entry;
        deadlines.set(entry, kStart + milliseconds(ms));
        Steady::time_point now = kStart;
        // Sweeps at uneven times, as timers fire.
        int step = 1;
        while (entry.expired == 0 && now < kStart + seconds(2000)) {
            now += milliseconds(step = (step * 7 + 3) % 31 + 1);
            deadlines.sweep(now);
        }
        CHECK(entry.expired == 1);
        CHECK(now >= kStart + milliseconds(ms));
        CHECK(now <= kStart + milliseconds(ms) + 3 * Deadlines::kTick);
        deadlines.sweep(now + seconds(1000));
        CHECK(entry.expired == 1);
    }
}

TEST_CASE("a deadline that moves on, comes nearer, or is cleared, is the one that counts") {
    Deadlines deadlines(kStart);
    Entry later;
    Entry nearer;
    Entry cleared;
    for (Entry* entry : {&later, &nearer, &cleared})
        deadlines.set(*entry, kStart + seconds(10));
    deadlines.set(later, kStart + seconds(20));
    deadlines.set(nearer, kStart + seconds(1));
    Deadlines::clear(cleared);
    deadlines.sweep(kStart + seconds(2));
    CHECK(nearer.expired == 1);
    deadlines.sweep(kStart + seconds(15));
    CHECK(later.expired == 0);
    deadlines.sweep(kStart + seconds(21));
    CHECK(later.expired == 1);
    CHECK(cleared.expired == 0);
}

TEST_CASE("entries may end, or set deadlines again, while others expire") {
    struct Killer final : Timed {
        std::vector<std::unique_ptr<Entry>>* victims = nullptr;
        void expire() override { victims->clear(); }
    };
    struct Again final : Timed {
        Deadlines* deadlines = nullptr;
        int expired = 0;
        void expire() override {
            if (++expired < 3) deadlines->set(*this, kStart);
        }
    };
    Deadlines deadlines(kStart);
    std::vector<std::unique_ptr<Entry>> victims;
    for (int i = 0; i < 10; ++i)
        deadlines.set(*victims.emplace_back(std::make_unique<Entry>()), kStart + seconds(1));
    Killer killer;
    killer.victims = &victims;
    deadlines.set(killer, kStart + seconds(1));
    Again again;
    again.deadlines = &deadlines;
    deadlines.set(again, kStart + seconds(1));
    deadlines.sweep(kStart + seconds(2));
    CHECK(victims.empty());
    CHECK(again.expired == 3);
}
