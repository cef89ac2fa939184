// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <install/state.hpp>
#include <rehearsal/scene.hpp>
#include <rollout/gate.hpp>
#include <rollout/machine.hpp>

#include <functional>
#include <string>
#include <vector>

namespace oakum::rehearsal {

// What was decided about the rollout as a whole.
struct Turn {
    Seconds at = 0;
    rollout::Event event = rollout::Event::start;
    std::size_t wave = 0; // that is open from then on
    bool person = false;  // not the gate
    std::string sentence; // why
};

// What was seen of the fleet when it halted.
struct Halt {
    Seconds at = 0;
    rollout::Counts whole;
    std::uint32_t restarted = 0; // devices that restarted into the release, or tried to
};

// What one minute had.
struct Minute {
    std::uint32_t offers = 0, downloads = 0, reports = 0, verified = 0;
    std::uint32_t writes = 0, restarts = 0; // that began, as they were told
    float points = 0;                       // of those verified
};

// One rollout, played to its end or to the horizon.
struct Run {
    rollout::State state = rollout::State::running;
    std::vector<Turn> turns;
    std::optional<Halt> halt;
    std::vector<std::uint32_t> wave_devices; // by wave
    std::uint32_t left_out = 0;              // of the last wave's share
    rollout::Counts whole;
    std::uint32_t restarted = 0, withdrawn = 0;
    std::uint32_t gone = 0;   // restarted into it and never came back, whatever the server calls them
    std::uint32_t broken = 0; // those, and on which it failed or fell back
    bool cut = false;         // it was stopped before its end
    std::string held;         // what the gate said at the end, where it kept the next wave shut
    std::uint32_t most_downloading = 0;  // at once
    std::vector<std::uint32_t> most_out; // of service at once, by group
    std::uint64_t device_seconds = 0;    // for which devices were not verified, up to the horizon
    std::uint32_t asked_person = 0;      // how often a gate asked one
    std::vector<Minute> minutes;         // up to the last one in which anything was
};

// What became of one device.
struct End {
    Seconds asked = kNever, since = kNever; // when it was offered the release, when its last state began
    install::State state = install::State::offered;
    std::uint8_t attempt = 0; // 0: it was never asked
    bool operator==(const End&) const = default;
};

// Plays the scene: the plan's gates and waves, deployments, windows, budgets and what counts as quiet are
// decided by the server's own rules (domain/rollout, install, schedule, budget), second by second; polls that
// change nothing are skipped. kBytes a device and 4 a second; O(devices x what happens to each). `ends`, when
// it is given, takes what became of each device. `stop` is asked once for each hour that is played.
using Stop = std::function<bool()>;
Run play(const Scene& scene, const Conditions& conditions, std::vector<End>* ends = nullptr,
         const Stop& stop = {});
inline constexpr std::size_t kBytesADevice = 40;

} // namespace oakum::rehearsal
