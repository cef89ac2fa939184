// SPDX-License-Identifier: Apache-2.0
#include <rollout/place.hpp>
#include <rollout/preset.hpp>

namespace oakum::rollout {
namespace {

Wave wave(std::string name, std::uint32_t percent, Gate gate) {
    return {std::move(name), percent * 10'000, gate};
}

} // namespace

Wave first_wave(std::string query, const Plan& preset) {
    return {"first", kWhole, preset.waves.front().gate, std::move(query), preset.waves.front().pace};
}

Plan preset(Care care) {
    using std::chrono::hours;
    using std::chrono::minutes;
    Plan plan;
    plan.step_timeout = hours(24);
    switch (care) {
    case Care::careful: {
        const Gate gate{.minimum = 20, .tolerated_failure_ppm = 20'000, .soak = hours(24)};
        plan.soak = hours(4);
        plan.waves = {wave("canary", 1, gate), wave("early", 5, gate), wave("quarter", 25, gate),
                      wave("rest", 100, gate)};
        break;
    }
    case Care::normal: {
        const Gate gate{.minimum = 10, .tolerated_failure_ppm = 50'000, .soak = hours(1)};
        plan.soak = minutes(30);
        plan.waves = {wave("canary", 2, gate), wave("early", 20, gate), wave("rest", 100, gate)};
        break;
    }
    case Care::urgent: {
        // Less waiting, and nobody has to open what is well and merely too small to prove it: urgency
        // compresses time, never what is tolerated.
        const Gate gate{
            .minimum = 10, .tolerated_failure_ppm = 50'000, .unproven = Unproven::open, .soak = minutes(5)};
        plan.soak = minutes(5);
        plan.step_timeout = hours(6);
        plan.waves = {wave("canary", 5, gate), wave("rest", 100, gate)};
        break;
    }
    }
    return plan;
}

} // namespace oakum::rollout
