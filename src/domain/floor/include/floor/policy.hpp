// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>
#include <exception/exception.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What phones and tablets have to run at least, and by when.
namespace oakum::floor {

// A time of each day, in minutes after midnight on each device's own clock; it may span midnight.
struct Hours {
    std::uint32_t from = 0, to = 0;
    bool operator==(const Hours&) const = default;
};

// What a person sets.
struct Policy {
    std::string name;                 // "phones"
    std::string platform;             // "ios" (iPadOS too) or "android"
    std::string query;                // which of them; empty: all
    std::string version;              // of the system; empty: any
    std::string patch_level;          // Android's, a day; empty: any
    bool latest = false;              // instead of both: the newest that is offered for each device's model
    std::uint32_t days = 14;          // from its release, or from when the floor was set if that is later
    std::uint32_t exploited_days = 3; // for devices with a hole that is known to be exploited
    std::uint32_t hour = 19;          // of the last day, by each device's own clock
    std::string zone_if_unknown = "UTC";
    std::optional<Hours> install;   // when the platform may install; nothing: it decides
    bool accepts_unoffered = false; // that some models are offered nothing so new is known, and borne
    std::string why;
    bool operator==(const Policy&) const = default;
};

// Devices that need not keep it for some time: asked for, approved, and it ends.
struct Exception {
    std::uint32_t number = 1; // of its floor
    std::string query, reason, asked_by;
    base::TimePoint until{};
    exception::State state = exception::State::asked;
    std::vector<exception::Step> history; // the oldest first
    bool counts(base::TimePoint now) const { return state == exception::State::approved && now < until; }
    bool operator==(const Exception&) const = default;
};

// As it is kept.
struct Floor {
    Policy policy;
    std::uint32_t version = 1;      // rises with each change
    base::TimePoint set{}, since{}; // the last change; the last one of what has to run
    std::string by;                 // "user anna"
    std::vector<Exception> exceptions;
    bool operator==(const Floor&) const = default;
};

inline constexpr std::size_t kMostExceptions = 50;

// Whether it can be meant; the query and the zone are the caller's to read. Errors: invalid, with its place.
base::Status check(const Policy& policy);
// Errors: invalid, with its place.
base::Status check(const Exception& exception, base::TimePoint now);

// "iOS 26.4", "Android 16 with the patch level 2026-08-05", "the newest iOS for each model"
std::string words(const Policy& policy);
// Which devices it is about, in the query language.
std::string devices_of(const Policy& policy);
// Those of them that fall short of it, as far as a query can tell: of the newest for each model it cannot.
std::string short_of(const Policy& policy);
// It asks for something else than before, so that its time begins anew.
bool asks_for_more(const Policy& before, const Policy& now);

} // namespace oakum::floor
