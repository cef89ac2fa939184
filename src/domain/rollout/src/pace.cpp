// SPDX-License-Identifier: Apache-2.0
#include <rollout/pace.hpp>

#include <algorithm>

namespace oakum::rollout {

base::Status check(const Pace& pace) {
    using base::invalid;
    if (pace.max_in_flight > kMostInFlight)
        return invalid("at most " + std::to_string(kMostInFlight) + " devices are under way at once")
            .at("/max_in_flight");
    if (pace.per_minute > kMostPerMinute)
        return invalid("at most " + std::to_string(kMostPerMinute) + " devices begin in a minute")
            .at("/per_minute");
    if ((pace.doubles_after_minutes > 0) != (pace.up_to_per_minute > 0))
        return invalid("a rate that grows says both after how many minutes it doubles and up to which rate")
            .at(pace.doubles_after_minutes > 0 ? "/doubles_after_minutes" : "/up_to_per_minute");
    if (pace.doubles_after_minutes == 0) return {};
    if (pace.per_minute == 0)
        return invalid("a rate that grows begins somewhere; say \"per_minute\"").at("/doubles_after_minutes");
    if (pace.doubles_after_minutes > kMostDoublingMinutes)
        return invalid("a rate doubles within a week").at("/doubles_after_minutes");
    if (pace.up_to_per_minute <= pace.per_minute || pace.up_to_per_minute > kMostPerMinute)
        return invalid("a rate grows to more than it begins with, and to at most " +
                       std::to_string(kMostPerMinute))
            .at("/up_to_per_minute");
    return {};
}

std::uint32_t rate_of(const Pace& pace, std::uint64_t started) {
    std::uint64_t rate = pace.per_minute, next = 0;
    while (pace.doubles_after_minutes > 0 && rate < pace.up_to_per_minute) {
        next += rate * pace.doubles_after_minutes;
        if (started < next) break;
        rate = std::min<std::uint64_t>(rate * 2, pace.up_to_per_minute);
    }
    return static_cast<std::uint32_t>(rate);
}

std::uint32_t Begun::at(std::int64_t second) const {
    if (second < 0 || second > newest_ || second <= newest_ - kCounted) return 0;
    return seconds_[static_cast<std::size_t>(second % kCounted)];
}

void Begun::add(std::int64_t second) {
    second = std::max(second, newest_);
    for (std::int64_t passed = std::max(newest_ + 1, second - kCounted + 1); passed <= second; ++passed)
        seconds_[static_cast<std::size_t>(passed % kCounted)] = 0;
    newest_ = second;
    ++seconds_[static_cast<std::size_t>(second % kCounted)];
}

std::uint64_t Begun::since(std::int64_t second) const {
    std::uint64_t sum = 0;
    for (std::int64_t each = std::max(second, newest_ - kCounted + 1); each <= newest_; ++each)
        sum += at(each);
    return sum;
}

std::int64_t Begun::room_from(std::int64_t now, std::uint32_t rate) const {
    std::int64_t from = std::max(now, shut_until_);
    std::uint64_t counted = since(from - kCounted + 1);
    while (counted >= rate && from < newest_ + kCounted) {
        counted -= at(from - kCounted + 1);
        ++from;
    }
    return from;
}

std::uint32_t Begun::left(std::int64_t now, std::uint32_t rate) const {
    if (now < shut_until_) return 0;
    const std::uint64_t counted = since(now - kCounted + 1);
    return counted >= rate ? 0 : static_cast<std::uint32_t>(rate - counted);
}

std::optional<Slowed> slowed(const Pace& pace, std::uint64_t started, std::uint64_t under_way,
                             const Begun& begun, std::int64_t now) {
    if (pace.max_in_flight > 0 && under_way >= pace.max_in_flight)
        return Slowed{Slowed::By::in_flight, pace.max_in_flight, under_way, 0};
    if (pace.per_minute == 0) return std::nullopt;
    const std::uint32_t rate = rate_of(pace, started);
    const std::int64_t from = begun.room_from(now, rate);
    if (from <= now) return std::nullopt;
    return Slowed{Slowed::By::rate, rate, 0, from};
}

std::optional<std::uint64_t> room(const Pace& pace, std::uint64_t started, std::uint64_t under_way,
                                  const Begun& begun, std::int64_t now) {
    std::optional<std::uint64_t> least;
    if (pace.max_in_flight > 0) least = under_way >= pace.max_in_flight ? 0 : pace.max_in_flight - under_way;
    if (pace.per_minute > 0) {
        const std::uint64_t left = begun.left(now, rate_of(pace, started));
        least = std::min(least.value_or(left), left);
    }
    return least;
}

std::string in_words(const Slowed& slowed, const std::string& wave) {
    if (slowed.by == Slowed::By::in_flight)
        return "wave \"" + wave + "\": " + std::to_string(slowed.under_way) + " of at most " +
               std::to_string(slowed.limit) + " are under way";
    return "wave \"" + wave + "\": at most " + std::to_string(slowed.limit) + " begin in a minute";
}

std::string in_words(const Pace& pace) {
    std::string words;
    if (pace.max_in_flight > 0) words = "at most " + std::to_string(pace.max_in_flight) + " under way";
    if (pace.per_minute > 0)
        words += (words.empty() ? "at most " : ", ") + std::to_string(pace.per_minute) + " a minute";
    if (pace.doubles_after_minutes > 0)
        words += ", doubling after each " + std::to_string(pace.doubles_after_minutes) +
                 " minutes' worth of devices up to " + std::to_string(pace.up_to_per_minute);
    return words;
}

} // namespace oakum::rollout
