// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/place.hpp>
#include <rollout/plan.hpp>
#include <schedule/openings.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace oakum::rehearsal {

// Virtual time: whole seconds since the rollout was started.
using Seconds = std::uint32_t;
inline constexpr Seconds kNever = std::numeric_limits<Seconds>::max();

// Devices that behave alike but for what is drawn for each of them.
struct Kind {
    std::uint32_t model = 0;             // its place in Scene::models
    std::uint32_t turn = 60;             // seconds between two polls, as it is told; at least 1
    bool keeps = true;                   // its agent waits for its window by itself
    std::uint32_t openings = 0;          // its place in Scene::openings
    std::vector<std::uint32_t> groups{}; // of budgets that bind the rollout, their places in Scene::groups
    float points = 0;                    // what an unpatched one adds to what is open
    std::uint32_t waves = ~0U;           // bit i: the query of wave i, if it has one, holds
};
static_assert(rollout::kMaxWaves <= 32);

// A redundancy group of a budget.
struct Group {
    std::string words;         // "budget pairs"
    std::uint32_t devices = 0; // that it has
    std::uint32_t allowed = 0; // out of service at once
};

// All that a rehearsal is played on. Values; shared by its runs.
struct Scene {
    rollout::Plan plan;
    base::TimePoint start{};
    Seconds horizon = 30 * 86'400; // at most kLongest
    std::uint32_t turn = 60;       // what the server tells devices to wait between polls
    std::uint64_t download_bytes = 50'000'000;
    double offline = 0; // the share of its time for which a device is out of reach, 0 .. kMostOffline
    std::vector<std::string> models;
    std::vector<schedule::Openings> openings;
    std::vector<Group> groups;
    std::vector<Kind> kinds;
    std::vector<std::uint32_t> kind_of; // by device

    std::uint32_t size() const { return static_cast<std::uint32_t>(kind_of.size()); }
    const Kind& kind(std::uint32_t device) const { return kinds[kind_of[device]]; }
};
inline constexpr Seconds kLongest = 120 * 86'400;
inline constexpr double kMostOffline = 0.9;
inline constexpr std::uint32_t kMostDevices = 50'000'000;

// Where nobody says another.
inline constexpr double kUsualFailureRate = 0.005;
// What the release does, and the people who are asked about it.
struct Conditions {
    double failure_rate = 0; // of devices on which the release fails for good
    // Of those: fall back to what they ran, never come back, and (the rest) fail in every attempt.
    double falls_back = 0.6, goes_silent = 0.15;
    double flaky = 0.02; // of all devices: their first download breaks off
    // A person who is asked opens the next wave when all is well and halts otherwise, after so long; nothing:
    // nobody answers.
    std::optional<Seconds> person_after = 8 * 3'600;
    std::uint64_t seed = 1; // the same seed plays the same run, bit by bit
};

} // namespace oakum::rehearsal
