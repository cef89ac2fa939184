// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/scene.hpp>

namespace oakum::rehearsal {

// What becomes of the release on one device.
enum class Fate : std::uint8_t { good, falls_back, fails, goes_silent };

// How each device of a scene behaves, as a function of the seed, the device and the time: nothing is stored,
// and any moment can be asked for, so that what happens in between need not be played.
//
// A device polls at a pace of its own, one of eight within a tenth of its kind's, from a phase of its own (an
// agent's turns vary by that much; were they all alike, some devices would never poll within a window). It is
// out of reach for the scene's share of each of its cycles (6 h to 4 days), in one piece at another time of
// each. It downloads at 64 kB/s to 8 MB/s, writes in 1 to 10 minutes and restarts in 30 s to 3 minutes.
class Habits {
  public:
    Habits(const Scene& scene, const Conditions& conditions);

    // ---- polls. Times before the start are negative.
    std::uint32_t turn(std::uint32_t device) const;
    std::uint32_t phase(std::uint32_t device) const; // 0 .. turn - 1
    bool is_poll(std::uint32_t device, Seconds at) const;
    // The first at or after that time at which it is in reach; kNever: none up to the horizon.
    Seconds next_poll(std::uint32_t device, Seconds at) const;
    // The last at or before that time.
    std::int64_t previous_poll(std::uint32_t device, Seconds at) const;
    // The first moment after `at` and before `limit` at which an active device counts as quiet, and kNever.
    Seconds falls_quiet(std::uint32_t device, Seconds at, Seconds limit) const;

    // ---- reach
    bool in_reach(std::uint32_t device, Seconds at) const { return reach_from(device, at) == at; }
    // The first moment at or after that time at which it is in reach.
    std::int64_t reach_from(std::uint32_t device, std::int64_t at) const;
    // When it was in reach for `work` seconds from then on.
    Seconds after_work(std::uint32_t device, Seconds at, Seconds work) const;

    // ---- acts
    Seconds download_time(std::uint32_t device) const;
    Seconds write_time(std::uint32_t device) const;
    Seconds restart_time(std::uint32_t device) const;
    Fate fate(std::uint32_t device) const;
    bool is_flaky(std::uint32_t device) const;

    // The keys by which the rollout gives devices their places.
    std::uint64_t key0() const { return key0_; }
    std::uint64_t key1() const { return key1_; }

  private:
    struct Cycle {
        std::int64_t length = 0, begins = 0; // of any one
        std::int64_t out = 0;                // of each
    };
    struct Outage {
        std::int64_t from = 0, to = 0; // to is outside
    };
    Cycle cycle(std::uint32_t device) const;
    Outage outage(std::uint32_t device, const Cycle& cycle, std::int64_t number) const;
    // The outage at that time or the first after it.
    Outage outage_at_or_after(std::uint32_t device, const Cycle& cycle, std::int64_t at) const;
    std::int64_t grid_at_or_after(std::uint32_t device, std::int64_t at) const;
    std::int64_t poll_from(std::uint32_t device, std::int64_t at) const;
    std::uint64_t draw(std::uint32_t device, std::uint32_t what, std::int64_t number = 0) const;
    double share(std::uint32_t device, std::uint32_t what) const; // 0 <= x < 1

    const Scene& scene_;
    const Conditions conditions_;
    std::int64_t offline_ppm_ = 0;
    std::uint64_t key0_ = 0, key1_ = 0;
};

} // namespace oakum::rehearsal
