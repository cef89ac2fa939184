// SPDX-License-Identifier: Apache-2.0
#include <alarm/message.hpp>

#include <array>

namespace oakum::alarm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 5> kTellings{"opened", "worse", "closed", "digest", "test"};
// A receiver that is restarted is met again within a minute, one that is away over a night within a day.
constexpr std::array<base::Duration, 9> kWaits{seconds(2), seconds(10), minutes(1), minutes(5), minutes(30),
                                               hours(1),   hours(3),    hours(6),   hours(12)};

} // namespace

std::string_view to_string(Telling telling) {
    return kTellings[static_cast<std::size_t>(telling)];
}

base::Result<Telling> parse_telling(std::string_view text) {
    for (std::size_t i = 0; i < kTellings.size(); ++i)
        if (kTellings[i] == text) return static_cast<Telling>(i);
    return base::corrupt("there is no such message");
}

base::TimePoint next_digest(base::TimePoint last) {
    const auto day = std::chrono::floor<std::chrono::days>(last);
    const base::TimePoint that_day = day + kDigestAt;
    return last < that_day ? that_day : that_day + std::chrono::days(1);
}

std::string headline(const Message& message) {
    const std::uint64_t count = message.alarms.size() + message.more;
    const std::string alarms = std::to_string(count) + (count == 1 ? " alarm" : " alarms");
    const bool one = count == 1 && message.alarms.size() == 1;
    switch (message.telling) {
    case Telling::opened:
        return one ? message.alarms.front().what : alarms + " opened";
    case Telling::worse:
        return one ? "Worse: " + message.alarms.front().what : alarms + " got worse";
    case Telling::closed:
        return one ? "Over: " + message.alarms.front().what : alarms + " closed";
    case Telling::digest:
        return alarms + (count == 1 ? " is" : " are") + " open";
    case Telling::test:
        return "This is a test: the channel works";
    }
    return {};
}

std::optional<base::Duration> wait_after(std::uint32_t attempts) {
    if (attempts == 0 || attempts > kWaits.size()) return std::nullopt;
    return kWaits[attempts - 1];
}

} // namespace oakum::alarm
