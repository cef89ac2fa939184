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
        if (wave.gate.tolerated_failure_ppm == 0 || wave.gate.tolerated_failure_ppm >= kWhole)
            return invalid("the rate of failure that is tolerated is above 0 and below 100 %; no number of "
                           "devices "
                           "proves that none fails")
                .at(place + "/gate/tolerated_failure_ppm");
        for (const auto& [error, name] : {std::pair(wave.gate.halt_error_ppm, "halt_error_ppm"),
                                          std::pair(wave.gate.proceed_error_ppm, "proceed_error_ppm")})
            if (error == 0 || error > kWhole / 2)
                return invalid("how often a gate may be wrong is above 0 and at most 50 %")
                    .at(place + "/gate/" + name);
        before = wave.share_ppm;
    }
    return {};
}

} // namespace oakum::rollout
