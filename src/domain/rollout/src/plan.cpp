// SPDX-License-Identifier: Apache-2.0
#include <rollout/place.hpp>

namespace oakum::rollout {

base::Status check(const Plan& plan) {
    using base::invalid;
    if (plan.name.empty() || plan.name.size() > 200)
        return invalid("a rollout has a name of 1 to 200 characters").at("/name");
    if (plan.release.is_zero()) return invalid("a rollout brings a release; name one").at("/release");
    if (plan.waves.empty() || plan.waves.size() > 32)
        return invalid("a rollout has 1 to 32 waves").at("/waves");
    if (plan.max_attempts < 1 || plan.max_attempts > 20)
        return invalid("a device is tried 1 to 20 times").at("/max_attempts");
    if (plan.step_timeout <= base::Duration::zero())
        return invalid("a step needs a time after which a device counts as silent")
            .at("/step_timeout_seconds");
    if (plan.soak < base::Duration::zero()) return invalid("a soak time is not negative").at("/soak_seconds");
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < plan.waves.size(); ++i) {
        const Wave& wave = plan.waves[i];
        const std::string place = "/waves/" + std::to_string(i);
        if (wave.name.empty() || wave.name.size() > 100)
            return invalid("a wave has a name of 1 to 100 characters").at(place + "/name");
        if (wave.share_ppm <= before || wave.share_ppm > kWhole)
            return invalid(
                       "shares are cumulative: each is larger than the one before, the last at most 100 %")
                .at(place + "/share_percent");
        if (wave.gate.halt_failure_ppm > kWhole || wave.gate.proceed_failure_ppm > kWhole)
            return invalid("a rate is between 0 and 100 %").at(place + "/gate");
        if (wave.gate.proceed_failure_ppm > wave.gate.halt_failure_ppm)
            return invalid("a rate that allows the next wave cannot be above the rate that halts")
                .at(place + "/gate");
        if (wave.gate.halt_minimum == 0)
            return invalid("at least one device has to fail before a rollout halts")
                .at(place + "/gate/halt_minimum");
        before = wave.share_ppm;
    }
    return {};
}

} // namespace oakum::rollout
