// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>
#include <rollout/pace.hpp>
#include <rollout/place.hpp>

namespace oakum::rollout {

std::vector<EmptyWave> empty_waves(const std::vector<Wave>& waves) {
    std::vector<EmptyWave> empty;
    for (std::size_t i = 0; i < waves.size(); ++i)
        for (std::size_t j = i; j-- > 0;) {
            const bool among = waves[j].query.empty() || waves[j].query == waves[i].query;
            if (!among || waves[i].share_ppm > waves[j].share_ppm) continue;
            empty.push_back({i, waves[i].query == waves[j].query
                                    ? "shares are cumulative: this one is more than the " +
                                          std::to_string(waves[j].share_ppm) + " of the wave before it"
                                    : "nobody is left for it: the wave \"" + waves[j].name +
                                          "\" before it takes every device that it could"});
            break;
        }
    return empty;
}

base::Status check(const Plan& plan) {
    using base::invalid;
    if (plan.name.empty() || plan.name.size() > 200)
        return invalid("a rollout has a name of 1 to 200 characters").at("/name");
    if (plan.release.is_zero()) return invalid("a rollout brings a release; name one").at("/release");
    if (plan.waves.empty() || plan.waves.size() > kMaxWaves)
        return invalid("a rollout has 1 to " + std::to_string(kMaxWaves) + " waves").at("/waves");
    if (plan.max_attempts < 1 || plan.max_attempts > 20)
        return invalid("a device is tried 1 to 20 times").at("/max_attempts");
    if (plan.step_timeout <= base::Duration::zero())
        return invalid("a step needs a time after which a device counts as silent")
            .at("/step_timeout_seconds");
    if (plan.soak < base::Duration::zero()) return invalid("a soak time is not negative").at("/soak_seconds");
    for (std::size_t i = 0; i < plan.waves.size(); ++i) {
        const Wave& wave = plan.waves[i];
        const std::string place = "/waves/" + std::to_string(i);
        if (wave.name.empty() || wave.name.size() > 100)
            return invalid("a wave has a name of 1 to 100 characters").at(place + "/name");
        if (wave.share_ppm == 0 || wave.share_ppm > kWhole)
            return invalid("a wave takes more than nobody, and at most 1000000 parts of a million")
                .at(place + "/share_ppm");
        if (wave.query.size() > kMaxWaveQuery)
            return invalid("the query of a wave has at most " + std::to_string(kMaxWaveQuery) + " bytes")
                .at(place + "/query");
        if (const auto query = device::parse_query(wave.query); !query.ok())
            return base::Error(query.error()).at(place + "/query ");
        if (wave.gate.tolerated_failure_ppm == 0 || wave.gate.tolerated_failure_ppm >= kWhole)
            return invalid("the rate of failure that is tolerated is above 0 and below 100 %; no number of "
                           "devices "
                           "proves that none fails")
                .at(place + "/gate/tolerated_failure_ppm");
        if (base::Status paced = check(wave.pace); !paced.ok()) {
            base::Error error = std::move(paced).error();
            error.where = place + "/pace" + error.where;
            return error;
        }
        for (const auto& [error, name] : {std::pair(wave.gate.halt_error_ppm, "halt_error_ppm"),
                                          std::pair(wave.gate.proceed_error_ppm, "proceed_error_ppm")})
            if (error == 0 || error > kWhole / 2)
                return invalid("how often a gate may be wrong is above 0 and at most 50 %")
                    .at(place + "/gate/" + name);
    }
    if (const auto empty = empty_waves(plan.waves); !empty.empty())
        return invalid(empty.front().why).at("/waves/" + std::to_string(empty.front().wave) + "/share_ppm");
    return {};
}

} // namespace oakum::rollout
