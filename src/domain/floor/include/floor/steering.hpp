// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <floor/judge.hpp>
#include <install/deployment.hpp>

#include <optional>
#include <string>

// How a rollout brings phones to a level of their system: what is said to the management system that knows a
// phone, and what its inventory proves.
namespace oakum::floor {

// The level that a floor asks for, as the name and version of a release: "Android", "16, 2026-08-05";
// "newest".
std::string level_name(const Policy& policy);
std::string level_version(const Policy& policy);
// The same for what a phone runs, from its facts; empty: it does not say.
std::string level_running(std::string_view os_version, std::string_view patch_level);

// A phone that did not speak to its system for so long is quiet, as a device is that does not ask: nobody
// waits for it.
inline constexpr base::Duration kSpeaksWithin = std::chrono::hours(14 * 24);
constexpr bool is_quiet(base::TimePoint heard, base::TimePoint now) {
    return heard != base::TimePoint{} && now - heard > kSpeaksWithin;
}

// By when a phone that is told now has to have installed, as its own clock shows it: the first such hour that
// leaves its owner a day. "2026-12-01T19:00:00"
inline constexpr base::Duration kNotice = std::chrono::hours(24);
std::string install_by(base::TimePoint now, std::uint32_t hour, const schedule::ZoneRules& zone);

// What is known of a phone when its connector was read.
struct Phone {
    std::optional<install::Deployment> deployment; // of its newest rollout, when that asks for a level
    // The phone was told, or may have been: what was set for it before is kept, and may have to be put back.
    bool told = false;
    bool retired = false;     // here: nothing is asked of it any more
    bool may_be_told = false; // its rollout offers, nobody holds it, its window is open
    Standing standing = Standing::unknown;
    bool latest = false;     // the level is the newest, so that it can be newer tomorrow
    base::TimePoint heard{}; // when it last spoke to its system
    bool arrived = false;    // it says that what was set has reached it
    bool replaced = false;   // somebody set something else for it there
};

// nothing: there is nothing to do now. tell: set the update there. put_back: set what was there before.
// The others note what the inventory proves.
enum class Deed : std::uint8_t {
    nothing,
    tell,
    put_back,
    note_arrived,   // it has what was set, and installs when its own updater does
    note_runs,      // it runs the level; it soaks, or has soaked
    note_fell_back, // it ran the level, and does not any more
    note_replaced,  // somebody decided otherwise there: nothing is put back
    note_withdrawn  // nothing was set, so that nothing has to be put back
};
std::string_view to_string(Deed deed);
Deed decide(const Phone& phone, base::TimePoint now);

} // namespace oakum::floor
