// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/facts.hpp>
#include <explain/times.hpp>
#include <install/state.hpp>
#include <rollout/plan.hpp>

namespace oakum::explain {

// When a device can be told something: it asks, nobody calls it.
struct Contact {
    device::Lifecycle lifecycle = device::Lifecycle::active;
    bool enrolled = false, revoked = false;
    std::optional<base::TimePoint> last_heard;
    base::Duration asks_every{}; // as it was told
    base::TimePoint now{};
    std::string through{}; // the connector that knows one that has no identity of ours; empty: none does
    std::optional<base::TimePoint> told{}; // when it last spoke to that system
};
Explanation::Step contact(const Contact& facts);

// The first of its groups without room for one more that is out of service.
struct Room {
    std::string words; // "budget \"pairs\": 1 of at most 1 of site Kiel is out of service"
};
Explanation::Step has_room(const std::optional<Room>& full);

// What the device says that somebody tried on it. `what`: the end of a sentence, "it was for other hardware".
struct Refused {
    std::string what;
    std::string detail; // in the device's words
    base::TimePoint told{};
};
Explanation::Step refused(const Refused& facts);

// Its current update; one that ended stays the current one until the next.
struct UnderWay {
    std::string release; // "gateway 1.4.3"
    install::State state = install::State::offered;
    install::Reason reason = install::Reason::none;
    std::string detail; // in the device's words
    std::uint32_t attempt = 1, progress_percent = 0;
    bool is_rollback = false;
    base::TimePoint since{};                             // of the state
    std::optional<base::TimePoint> deadline, soak_until; // of the state
    std::optional<InstallTimes> times;                   // while it was not installed
    base::TimePoint now{};
};
Explanation::Step under_way(const std::optional<UnderWay>& facts);

// A device and a rollout that has it in its scope and has not asked anything of it yet.
struct Standing {
    std::string rollout, release;
    rollout::State state = rollout::State::draft;
    std::string state_reason;
    std::vector<rollout::Wave> waves;
    std::uint32_t open_wave = 0, place = 0;
    std::optional<std::uint32_t> wave; // that it is of; nothing: none takes it
    std::string misfit;                // why the release does not fit the device; empty: it does
    std::string gate;                  // what the gate of the open wave says
    bool held = false;                 // an operator holds the device
    std::optional<InstallTimes> times;
    std::optional<Room> full; // nothing: there is room
    // What the pace of its wave says of one more; nothing: it may begin.
    struct Turn {
        std::string words; // "wave \"canary\": 50 of at most 50 are under way"
        std::optional<base::TimePoint> until{};
    };
    std::optional<Turn> turn{};
};
Explanation::Step standing(const Standing& facts);

// What comes next for it, for the end of a sentence about the device: "gateway 1.5.0 waits for tonight
// 22:00-04:00 local"; empty: nothing, as far as is known.
std::string next_for(bool held, const Contact& contact, const std::optional<UnderWay>& update,
                     const std::vector<Standing>& rollouts);

// Why the device is not changed now: the first of hold, contact, update and rollouts that says so.
Explanation::Step why_not_now(bool held, const Contact& contact, const std::optional<UnderWay>& update,
                              const std::vector<Standing>& rollouts);

} // namespace oakum::explain
