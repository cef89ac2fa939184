// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rollout/plan.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace oakum::rollout {

inline constexpr std::uint32_t kMostInFlight = 10'000'000, kMostPerMinute = 1'000'000,
                               kMostDoublingMinutes = 10'080;

constexpr bool is_paced(const Pace& pace) {
    return pace.max_in_flight > 0 || pace.per_minute > 0;
}
// Errors: invalid, with the field at fault.
base::Status check(const Pace& pace);
// How many may begin in a minute, after so many of the wave began; of a pace that has a rate.
std::uint32_t rate_of(const Pace& pace, std::uint64_t started);

// When devices of a wave began, as far as it matters: in the last minute, by second. Seconds of a clock that
// does not go back. A second counts for the 60 that follow it, so that a minute never has more than its rate,
// wherever it begins.
class Begun {
  public:
    // What began before is not known: nothing begins until this second.
    explicit Begun(std::int64_t shut_until = 0) : shut_until_(shut_until) {}
    void add(std::int64_t second);
    // The first second from `now` on in which one more may begin.
    std::int64_t room_from(std::int64_t now, std::uint32_t rate) const;
    // How many more may begin in this one.
    std::uint32_t left(std::int64_t now, std::uint32_t rate) const;

  private:
    static constexpr std::int64_t kCounted = 61;
    std::uint64_t since(std::int64_t second) const; // that began from it on
    std::uint32_t at(std::int64_t second) const;

    std::int64_t shut_until_ = 0, newest_ = 0;
    std::array<std::uint32_t, kCounted> seconds_{}; // of the newest and those before it
};

// What a wave's pace says of one more device.
struct Slowed {
    enum class By : std::uint8_t { in_flight, rate };
    By by = By::in_flight;
    std::uint32_t limit = 0;
    std::uint64_t under_way = 0; // of in_flight
    std::int64_t room_from = 0;  // of rate: the second of it
};
// Nothing: it may begin. `under_way`: of the wave, with those whose offer is decided; `started`: of the wave.
std::optional<Slowed> slowed(const Pace& pace, std::uint64_t started, std::uint64_t under_way,
                             const Begun& begun, std::int64_t now);
// How many more may begin now; nothing: the pace does not say.
std::optional<std::uint64_t> room(const Pace& pace, std::uint64_t started, std::uint64_t under_way,
                                  const Begun& begun, std::int64_t now);
// "wave \"canary\": 50 of at most 50 are under way"
std::string in_words(const Slowed& slowed, const std::string& wave);
// "at most 50 under way, 10 a minute, doubling up to 200"; empty: it has no limit.
std::string in_words(const Pace& pace);

} // namespace oakum::rollout
