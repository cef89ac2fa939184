// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "session.hpp"

#include <cstdint>
#include <optional>
#include <rehearsal/report.hpp>
#include <string>
#include <vector>

// `oakum rollout simulate`: a plan in a file, rehearsed on this machine (domain/rehearsal).
namespace oakum::cli {

struct SimulateWish {
    std::vector<std::string> files;
    std::string fleet = "real"; // or so many synthetic devices
    double failure_rate = rehearsal::kUsualFailureRate, offline = 0.05;
    std::uint32_t days = 30, runs = 0; // 0: as many as the fleet's size allows
    std::uint64_t seed = 1;
    std::string person = "8"; // hours until one who is asked answers, or "never"
    double megabytes = 0;     // 0: as many as the release has
    std::uint32_t poll_seconds = 60;
};

// Errors: invalid (an option, a wrong line of a file), not_found (its release), those of the server.
base::Status simulate(const Session& session, const SimulateWish& wish);

// ---- the devices of a server (simulate_fleet.cpp)
// Whom the plan would ask and which windows, freezes and budgets bind them, as the server says now; those in
// the file take the place of those of their name.
struct RealFleet {
    rehearsal::Setting setting; // completed with rules and budgets, and with the release's length
    rehearsal::Fleet fleet;     // without what the assembly notes
    std::vector<json::Value> devices;
    std::vector<std::string> warnings;
};
inline constexpr std::uint64_t kMostRead = 20'000;
base::Result<RealFleet> read_fleet(const Session& session, Api& api, rehearsal::Setting setting,
                                   const std::string& release, bool own_length);
// Puts them into the scene, each as often as it has to stand for.
void add_devices(rehearsal::Assembly& assembly, const RealFleet& from);

// ---- what came of it (simulate_show.cpp)
void show_rehearsals(const Shown& shown, const std::vector<rehearsal::Report>& reports);

struct Builder;
void add_simulate(Builder& builder);

} // namespace oakum::cli
