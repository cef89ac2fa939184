// SPDX-License-Identifier: Apache-2.0
#include <floor/steering.hpp>

#include <array>
#include <chrono>
#include <cstdio>

namespace oakum::floor {
namespace {

using install::State;

constexpr std::array<std::string_view, 8> kDeeds{"nothing",       "tell",          "put_back",
                                                 "note_arrived",  "note_runs",     "note_fell_back",
                                                 "note_replaced", "note_withdrawn"};

std::string joined(std::string_view version, std::string_view patch_level) {
    std::string text(version);
    if (!patch_level.empty()) text += (text.empty() ? "" : ", ") + std::string(patch_level);
    return text;
}

// Its inventory is of after the soak time.
bool soaked(const install::Deployment& deployment, const Phone& phone) {
    return deployment.soak_until && phone.heard >= *deployment.soak_until;
}

Deed of_soaking(const install::Deployment& deployment, const Phone& phone, base::TimePoint now) {
    if (phone.heard <= deployment.state_at) return Deed::nothing;
    // Of the newest a newer one may have come since: that is no fall.
    if (phone.standing != Standing::keeps && phone.standing != Standing::unknown && !phone.latest)
        return Deed::note_fell_back;
    const bool over = deployment.soak_until && now >= *deployment.soak_until;
    return over && soaked(deployment, phone) ? Deed::note_runs : Deed::nothing;
}

} // namespace

std::string level_name(const Policy& policy) {
    return policy.platform == "ios" ? "iOS" : "Android";
}

std::string level_version(const Policy& policy) {
    return policy.latest ? "newest" : joined(policy.version, policy.patch_level);
}

std::string level_running(std::string_view os_version, std::string_view patch_level) {
    return joined(os_version, patch_level);
}

std::string install_by(base::TimePoint now, std::uint32_t hour, const schedule::ZoneRules& zone) {
    const schedule::LocalTime least = schedule::local_of(zone, now + kNotice);
    schedule::LocalTime at = std::chrono::floor<std::chrono::days>(least) + std::chrono::hours(hour);
    if (at < least) at += std::chrono::days(1);
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:00:00", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(std::chrono::duration_cast<std::chrono::hours>(at - day).count()));
    return text.data();
}

std::string_view to_string(Deed deed) {
    return kDeeds[static_cast<std::size_t>(deed)];
}

Deed decide(const Phone& phone, base::TimePoint now) {
    if (phone.retired || !phone.deployment || install::is_terminal(phone.deployment->state))
        return phone.told ? Deed::put_back : Deed::nothing;
    const install::Deployment& deployment = *phone.deployment;
    const bool runs = phone.standing == Standing::keeps;
    switch (deployment.state) {
    case State::soaking:
        return of_soaking(deployment, phone, now);
    case State::cancelling:
        // It was quicker than who stopped it.
        if (runs) return Deed::note_runs;
        return phone.told ? Deed::put_back : Deed::note_withdrawn;
    case State::silent:
        // Its rollout was paused for so long that its time to speak ended before it was told.
        if (phone.told || runs) break;
        [[fallthrough]];
    case State::offered:
        if (runs) return Deed::note_runs;
        // It may have become a person's own, or be excepted, or out of reach since it was offered.
        if (phone.standing != Standing::short_of_it && phone.standing != Standing::overdue)
            return Deed::nothing;
        return phone.may_be_told && now >= install::earliest_offer(deployment) ? Deed::tell : Deed::nothing;
    default:
        break;
    }
    if (runs) return Deed::note_runs;
    if (phone.heard <= deployment.state_at) return Deed::nothing;
    if (phone.told && phone.replaced) return Deed::note_replaced;
    return phone.arrived && deployment.state == State::downloading ? Deed::note_arrived : Deed::nothing;
}

} // namespace oakum::floor
