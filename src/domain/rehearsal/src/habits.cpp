// SPDX-License-Identifier: Apache-2.0
#include <rehearsal/habits.hpp>

#include <device/lifecycle.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace oakum::rehearsal {
namespace {

// What is drawn for a device; each has a stream of its own.
enum Draw : std::uint32_t {
    kTurn,
    kPhase,
    kCycle,
    kCycleBegins,
    kOutage,
    kSpeed,
    kWrite,
    kRestart,
    kFate,
    kMode,
    kFlaky
};

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;

// The finish of SplitMix64: every bit of the input counts for every bit of the output.
constexpr std::uint64_t stir(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

Seconds clamp(std::int64_t at) {
    return at >= kNever ? kNever : static_cast<Seconds>(std::max<std::int64_t>(at, 0));
}

} // namespace

Habits::Habits(const Scene& scene, const Conditions& conditions)
    : scene_(scene), conditions_(conditions), offline_ppm_(std::llround(scene.offline * 1e6)),
      key0_(stir(conditions.seed + kGolden)), key1_(stir(conditions.seed + 2 * kGolden)) {}

std::uint64_t Habits::draw(std::uint32_t device, std::uint32_t what, std::int64_t number) const {
    return stir(stir(key0_ ^ (std::uint64_t{device} << 8 | what)) +
                static_cast<std::uint64_t>(number) * kGolden);
}

double Habits::share(std::uint32_t device, std::uint32_t what) const {
    return static_cast<double>(draw(device, what) >> 11) * 0x1.0p-53;
}

std::uint32_t Habits::turn(std::uint32_t device) const {
    const std::uint32_t told = scene_.kind(device).turn;
    const std::uint32_t tenth = told / 10;
    return told - tenth +
           static_cast<std::uint32_t>(2 * std::uint64_t{tenth} * (draw(device, kTurn) % 8) / 7);
}

std::uint32_t Habits::phase(std::uint32_t device) const {
    return static_cast<std::uint32_t>(draw(device, kPhase) % turn(device));
}

Habits::Cycle Habits::cycle(std::uint32_t device) const {
    constexpr std::array<std::int64_t, 4> kLengths{6 * 3'600, 12 * 3'600, 24 * 3'600, 72 * 3'600};
    Cycle cycle;
    if (offline_ppm_ == 0) return cycle;
    const std::uint64_t drawn = draw(device, kCycle);
    cycle.length = kLengths[drawn % kLengths.size()];
    // So that the cycle is no multiple of a turn, which would let a device be out of reach at all of its
    // polls.
    cycle.length += static_cast<std::int64_t>((drawn >> 8) % static_cast<std::uint64_t>(cycle.length / 4));
    cycle.out = cycle.length * offline_ppm_ / 1'000'000;
    cycle.begins =
        static_cast<std::int64_t>(draw(device, kCycleBegins) % static_cast<std::uint64_t>(cycle.length));
    return cycle;
}

Habits::Outage Habits::outage(std::uint32_t device, const Cycle& cycle, std::int64_t number) const {
    const auto room = static_cast<std::uint64_t>(cycle.length - cycle.out + 1);
    const std::int64_t from = cycle.begins + number * cycle.length +
                              static_cast<std::int64_t>(draw(device, kOutage, number) % room);
    return {from, from + cycle.out};
}

Habits::Outage Habits::outage_at_or_after(std::uint32_t device, const Cycle& cycle, std::int64_t at) const {
    const std::int64_t number = floor_div(at - cycle.begins, cycle.length);
    const Outage own = outage(device, cycle, number);
    return own.to > at ? own : outage(device, cycle, number + 1);
}

std::int64_t Habits::reach_from(std::uint32_t device, std::int64_t at) const {
    const Cycle cycle = this->cycle(device);
    if (cycle.out == 0) return at;
    // One may follow upon another, at the end of a cycle and at the beginning of the next.
    for (;;) {
        const Outage next = outage_at_or_after(device, cycle, at);
        if (next.from > at) return at;
        at = next.to;
    }
}

Seconds Habits::after_work(std::uint32_t device, Seconds from, Seconds work) const {
    const Cycle cycle = this->cycle(device);
    if (cycle.out == 0) return clamp(std::int64_t{from} + work);
    std::int64_t at = from;
    std::int64_t left = work;
    for (;;) {
        const Outage next = outage_at_or_after(device, cycle, at);
        const std::int64_t until = std::max(next.from, at);
        if (at + left <= until) return clamp(at + left);
        left -= until - at;
        at = next.to;
    }
}

std::int64_t Habits::grid_at_or_after(std::uint32_t device, std::int64_t at) const {
    const std::int64_t turn = this->turn(device);
    const std::int64_t phase = this->phase(device);
    return phase - floor_div(phase - at, turn) * turn;
}

bool Habits::is_poll(std::uint32_t device, Seconds at) const {
    return at % turn(device) == phase(device) && in_reach(device, at);
}

std::int64_t Habits::poll_from(std::uint32_t device, std::int64_t at) const {
    for (;;) {
        const std::int64_t poll = grid_at_or_after(device, at);
        if (poll > scene_.horizon) return kNever;
        at = reach_from(device, poll);
        if (at == poll) return poll;
    }
}

Seconds Habits::next_poll(std::uint32_t device, Seconds at) const {
    return at == kNever ? kNever : clamp(poll_from(device, at));
}

std::int64_t Habits::previous_poll(std::uint32_t device, Seconds from) const {
    const Cycle cycle = this->cycle(device);
    const std::int64_t turn = this->turn(device);
    std::int64_t at = from;
    for (;;) {
        const std::int64_t poll = grid_at_or_after(device, at + 1) - turn;
        if (cycle.out == 0) return poll;
        const Outage over = outage_at_or_after(device, cycle, poll);
        if (over.from > poll || poll < -std::int64_t{kLongest}) return poll;
        at = over.from - 1;
    }
}

Seconds Habits::falls_quiet(std::uint32_t device, Seconds at, Seconds limit) const {
    const Cycle cycle = this->cycle(device);
    const std::int64_t cadence = scene_.kind(device).turn;
    if (cycle.out <= 1) return kNever;
    std::int64_t heard = previous_poll(device, at);
    std::int64_t next = poll_from(device, std::int64_t{at} + 1);
    for (;;) {
        const std::int64_t quiet = device::quiet_from(heard, cadence);
        if (quiet >= limit) return kNever;
        if (quiet < next) return clamp(quiet);
        if (next >= limit) return kNever;
        // The last poll before the next outage, and the first after it.
        const Outage out = outage_at_or_after(device, cycle, next);
        heard = std::max(next, grid_at_or_after(device, out.from) - turn(device));
        next = poll_from(device, out.from);
    }
}

Seconds Habits::download_time(std::uint32_t device) const {
    constexpr double slowest = 64e3;
    const double speed = slowest * std::exp2(7 * share(device, kSpeed)); // to 8 MB/s
    return static_cast<Seconds>(
        std::min(1 + static_cast<double>(scene_.download_bytes) / speed, 30 * 86'400.0));
}

Seconds Habits::write_time(std::uint32_t device) const {
    return 60 + static_cast<Seconds>(draw(device, kWrite) % 541);
}

Seconds Habits::restart_time(std::uint32_t device) const {
    return 30 + static_cast<Seconds>(draw(device, kRestart) % 151);
}

Fate Habits::fate(std::uint32_t device) const {
    if (share(device, kFate) >= conditions_.failure_rate) return Fate::good;
    const double mode = share(device, kMode);
    if (mode < conditions_.falls_back) return Fate::falls_back;
    return mode < conditions_.falls_back + conditions_.goes_silent ? Fate::goes_silent : Fate::fails;
}

bool Habits::is_flaky(std::uint32_t device) const {
    return share(device, kFlaky) < conditions_.flaky;
}

} // namespace oakum::rehearsal
