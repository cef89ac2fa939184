// SPDX-License-Identifier: Apache-2.0
#include <floor/policy.hpp>

#include <connector/floor.hpp>

#include <algorithm>
#include <tuple>

namespace oakum::floor {
namespace {

constexpr std::uint32_t kMostDays = 365, kDay = 24 * 60, kShortestWindow = 30;
constexpr std::size_t kLongestName = 40, kLongestWhy = 1024;

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

base::Status check_level(const Policy& policy) {
    if (policy.latest) {
        if (!policy.version.empty() || !policy.patch_level.empty())
            return base::invalid("a floor says the newest, or a version, not both").at("/latest");
        return {};
    }
    return connector::check({policy.platform, policy.version, policy.patch_level, policy.days});
}

} // namespace

base::Status check(const Policy& policy) {
    if (!is_name(policy.name))
        return base::invalid("a floor's name has 1 to 40 of a-z, 0-9 and '-'").at("/name");
    if (policy.platform != "ios" && policy.platform != "android")
        return base::invalid("a floor is for ios (iPadOS too) or android").at("/platform");
    for (const auto& [days, place] :
         {std::pair(policy.days, "/days"), std::pair(policy.exploited_days, "/exploited_days")})
        if (days > kMostDays) return base::invalid("at most 365 days").at(place);
    if (policy.exploited_days > policy.days)
        return base::invalid("what is exploited does not get more time than the rest").at("/exploited_days");
    TRY(check_level(policy));
    if (policy.hour > 23) return base::invalid("an hour of the day: 0 to 23").at("/hour");
    if (policy.install) {
        const Hours hours = *policy.install;
        if (hours.from >= kDay || hours.to >= kDay)
            return base::invalid("minutes after midnight: 0 to 1439").at("/install");
        if ((hours.to + kDay - hours.from) % kDay < kShortestWindow)
            return base::invalid("platforms take half an hour at least").at("/install");
    }
    if (policy.why.size() > kLongestWhy) return base::invalid("at most 1,024 bytes").at("/why");
    return {};
}

base::Status check(const Exception& exception, base::TimePoint now) {
    constexpr base::Duration kLongest = std::chrono::hours(24 * 365);
    if (exception.query.empty())
        return base::invalid("say for which devices; who means all changes the floor").at("/query");
    if (exception.reason.empty() || exception.reason.size() > kLongestWhy)
        return base::invalid("say why, in at most 1,024 bytes").at("/reason");
    if (exception.until <= now) return base::invalid("that is past").at("/until");
    if (exception.until > now + kLongest) return base::invalid("at most 365 days from now").at("/until");
    return {};
}

std::string words(const Policy& policy) {
    if (policy.latest)
        return std::string("the newest ") + (policy.platform == "ios" ? "iOS" : "Android") +
               " that each model is offered";
    return connector::words({policy.platform, policy.version, policy.patch_level, policy.days});
}

std::string devices_of(const Policy& policy) {
    const std::string platform =
        policy.platform == "android" ? "platform = android" : "platform in (ios, ipados)";
    return policy.query.empty() ? platform : platform + " and (" + policy.query + ")";
}

std::string short_of(const Policy& policy) {
    if (policy.latest) return devices_of(policy);
    return devices_of(policy) + " and (" +
           connector::below({policy.platform, policy.version, policy.patch_level, 0}) + ")";
}

bool asks_for_more(const Policy& before, const Policy& now) {
    const auto level = [](const Policy& policy) {
        return std::tie(policy.platform, policy.version, policy.patch_level, policy.latest);
    };
    return level(before) != level(now);
}

} // namespace oakum::floor
