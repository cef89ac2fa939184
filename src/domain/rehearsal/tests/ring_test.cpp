// SPDX-License-Identifier: Apache-2.0
#include "calendar.hpp"
#include "ring.hpp"

#include <doctest/doctest.h>
#include <random>
#include <set>

using namespace oakum::rehearsal;

TEST_CASE("who polls next after a moment is who a walk through all of them finds") {
    std::minstd_rand dice(3);
    const std::uint32_t turn = 300;
    Ring ring(turn);
    std::set<std::pair<std::uint32_t, std::uint32_t>> plain; // phase, device
    for (int step = 0; step < 40'000; ++step) {
        const auto device = static_cast<std::uint32_t>(dice() % 20'000);
        const std::uint32_t phase = device * 7919 % turn;
        if (dice() % 3 != 0) {
            if (plain.insert({phase, device}).second) ring.insert(phase, device);
        } else {
            plain.erase({phase, device});
            ring.erase(phase, device);
        }
        REQUIRE(ring.empty() == plain.empty());
        if (plain.empty() || step % 10 != 0) continue;
        const auto now = static_cast<Seconds>(dice() % 100'000);
        const bool after_one = dice() % 2 == 0;
        const auto [first, found] = ring.next_after(now, after_one ? std::optional(device) : std::nullopt);
        auto at = after_one ? plain.upper_bound({now % turn, device}) : plain.lower_bound({now % turn, 0});
        const bool wraps = at == plain.end();
        if (wraps) at = plain.begin();
        CHECK(found == at->second);
        CHECK(first == now - now % turn + at->first + (wraps ? turn : 0));
    }
    CHECK(plain.size() > 5'000);
}

namespace {
struct Dates {
    std::vector<Seconds> all;
    Seconds& due(std::uint32_t device) { return all[device]; }
    void prefetch(std::uint32_t) const {}
};
} // namespace

TEST_CASE("a calendar hands out each device at the last date that it was given, in the order of numbers") {
    Dates dates{std::vector<Seconds>(50, kNever)};
    Calendar<Dates> calendar(dates, 100);
    for (std::uint32_t device = 0; device < 50; ++device)
        calendar.set(device, 10 + device % 3);
    calendar.set(7, 12);
    calendar.set(8, 11);
    calendar.set(8, 10);
    calendar.set(9, 101); // never
    calendar.set(3, kNever);
    std::vector<std::uint32_t> seen;
    calendar.begin(10);
    for (std::uint32_t device = calendar.next(); device != Calendar<Dates>::kNone; device = calendar.next()) {
        seen.push_back(device);
        if (device == 6) calendar.set(30, 10), calendar.set(31, 10), calendar.set(8, 55);
        if (device == 15) calendar.set(6, 10); // comes again, at once
    }
    CHECK(seen ==
          std::vector<std::uint32_t>{0, 6, 12, 15, 6, 18, 21, 24, 27, 30, 31, 33, 36, 39, 42, 45, 48});
    calendar.begin(55);
    CHECK(calendar.next() == 8);
    CHECK(calendar.next() == Calendar<Dates>::kNone);
}
