// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <floor/offered.hpp>
#include <floor/policy.hpp>
#include <schedule/zone.hpp>

#include <array>

namespace oakum::floor {

// keeps: it runs what it has to, or newer. short_of_it: it has time. overdue: it had. cannot: it falls short,
// and nobody can bring it there. unknown: it does not say what it runs, or what it is.
enum class Standing : std::uint8_t { keeps, short_of_it, overdue, cannot, unknown, excepted };
inline constexpr std::size_t kStandings = 6;
std::string_view to_string(Standing standing);

// Why it cannot, or cannot be told.
enum class Obstacle : std::uint8_t {
    none,
    end_of_life,    // its model is offered nothing any more
    not_offered,    // its model is offered something newer, but nothing so new
    personal,       // it is a person's own: its owner decides
    not_supervised, // an iPhone or iPad that only asks
    too_old,        // of ours, and its system takes no date
    no_system,      // no management system that is connected here manages it
    silent,         // it was not heard of for long
    no_version,     // it does not say what it runs
    no_model        // what its model is offered is not known
};
inline constexpr std::size_t kObstacles = 10;
std::string_view to_string(Obstacle obstacle); // "end_of_life"
// "end of life: its model is offered nothing so new any more"
std::string_view words(Obstacle obstacle);

// What is known of a device; texts are empty where it is not. Valid during the call.
struct Known {
    std::string_view os_version, patch_level, model, ownership, supervised, connector, update_status;
    bool silent = false;
    bool exploited = false;                           // it has an open hole that is known to be exploited
    std::optional<base::TimePoint> exploited_since{}; // since when that is listed; nothing: not known
    bool excepted = false;
    const schedule::ZoneRules* zone = nullptr; // its own; null: not known
};

struct Judgement {
    Standing standing = Standing::unknown;
    Obstacle obstacle = Obstacle::none;
    std::string wanted;                      // "26.6.1"; empty: it cannot be named
    std::optional<base::TimePoint> deadline; // of one that falls short and can
    bool operator==(const Judgement&) const = default;
};
// `spare`: the clock of devices without a known zone.
Judgement judge(const Floor& floor, const Offered& offered, const Known& device,
                const schedule::ZoneRules& spare, base::TimePoint now);

// So many days after `from`, at that hour on a clock of the zone.
base::TimePoint deadline(base::TimePoint from, std::uint32_t days, std::uint32_t hour,
                         const schedule::ZoneRules& zone);

} // namespace oakum::floor
