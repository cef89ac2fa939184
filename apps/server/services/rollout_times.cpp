// SPDX-License-Identifier: Apache-2.0
#include "rollouts.hpp"

namespace oakum::server {

namespace {

std::string minute(base::TimePoint at) {
    std::string text = base::to_iso8601(at).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

std::string sentence_of(const api::RolloutTimes::Wave& wave) {
    std::uint64_t later = wave.after_those;
    for (const api::RolloutTimes::Later& group : wave.later)
        later += group.devices;
    const std::uint64_t all = wave.now + later + wave.never;
    if (all == 0) return "Nobody is left to be asked.";
    if (wave.now == all) return counted(all, "device") + " can be changed at any time, as of now.";
    std::string text = grouped(wave.now) + " of " + counted(all, "device") + " can be changed now";
    if (later > 0)
        text += "; " + grouped(later) + " from " + minute(wave.later.front().from) + " on" +
                (wave.later.size() > 1 || wave.after_those > 0
                     ? ", the last " + std::string(wave.after_those > 0 ? "after " : "at ") +
                           minute(wave.later.back().from)
                     : "");
    if (wave.never > 0) text += "; " + grouped(wave.never) + " never, as windows and freezes are";
    text += ".";
    if (wave.zone_unknown > 0)
        text += " " + counted(wave.zone_unknown, "device") + " of them " +
                (wave.zone_unknown == 1 ? "has" : "have") + " no known time zone.";
    return text;
}

} // namespace

void RolloutsService::times(const access::Actor& actor, rollout::RolloutId id,
                            api::Answer<api::RolloutTimes> answer) {
    context_.background.post([this, tenant = tenant_of(actor), id, answer = std::move(answer)] {
        const auto row = context_.core.control.find<ports::RolloutRow>(tenant, id);
        if (!row) return answer(base::not_found("there is no such rollout"));
        api::RolloutTimes view;
        const std::vector<rollouts::WaveTimes> waves = rollouts_.times(tenant, *row);
        for (std::size_t i = 0; i < waves.size(); ++i) {
            api::RolloutTimes::Wave& wave = view.waves.emplace_back();
            wave.name = row->plan.waves[i].name;
            wave.now = waves[i].now;
            for (const rollouts::WaveTimes::Later& group : waves[i].later)
                wave.later.push_back({group.from, group.to, group.devices});
            wave.after_those = waves[i].after_those;
            wave.never = waves[i].never;
            wave.zone_unknown = waves[i].zone_unknown;
            wave.sentence = sentence_of(wave);
        }
        answer(std::move(view));
    });
}

} // namespace oakum::server
