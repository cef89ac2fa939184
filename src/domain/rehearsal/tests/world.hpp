// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/run.hpp>
#include <rollout/preset.hpp>

#include <string>
#include <vector>

namespace oakum::rehearsal::test {

inline base::TimePoint at(std::string_view text) {
    return base::parse_time(text).value();
}

// Open from hour to hour of each day, UTC; over `days` days.
inline schedule::Openings daily(base::TimePoint start, int from, int to, int days) {
    schedule::Openings open;
    open.from = start;
    open.until = start + std::chrono::hours(24 * days);
    const auto midnight = std::chrono::floor<std::chrono::days>(start);
    for (int day = 0; day < days; ++day) {
        const base::TimePoint opens = midnight + std::chrono::hours(24 * day + from);
        const base::TimePoint shuts = midnight + std::chrono::hours(24 * day + to);
        if (shuts > start) open.open.push_back({std::max(opens, start), shuts});
    }
    return open;
}
inline schedule::Openings always(base::TimePoint start, int days) {
    schedule::Openings open;
    open.from = start;
    open.until = start + std::chrono::hours(24 * days);
    open.open.push_back({open.from, open.until});
    return open;
}

// So many devices of one kind: polling each five minutes, at any time, two models.
inline Scene scene_of(std::uint32_t devices, rollout::Care care = rollout::Care::normal, int days = 10) {
    Scene scene;
    scene.plan = rollout::preset(care);
    scene.plan.name = "spring";
    scene.start = at("2026-11-02T09:00:00Z");
    scene.horizon = static_cast<Seconds>(days) * 86'400;
    scene.models = {"AC-GW200", "AC-CAM40"};
    scene.openings = {always(scene.start, days + 80)};
    for (std::uint32_t model : {0U, 1U})
        scene.kinds.push_back({.model = model, .turn = 300});
    for (std::uint32_t device = 0; device < devices; ++device)
        scene.kind_of.push_back(device % 3 == 0 ? 1 : 0);
    return scene;
}

inline std::uint32_t bad(const Run& run) {
    return rollout::bad(run.whole);
}

} // namespace oakum::rehearsal::test
