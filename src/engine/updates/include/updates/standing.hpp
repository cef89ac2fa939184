// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <updates/ports.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::updates {

// What an agent knows only while it lives, for whoever asks how the device is. All times by its own clock.
struct Standing {
    base::TimePoint as_of{};
    std::optional<base::TimePoint> answered; // the last time that the server did
    std::optional<base::TimePoint> failing_since;
    std::string failure; // the last one of many; empty: the server answers
    base::TimePoint next_poll{};
    std::optional<base::TimePoint> next_act; // of the deployment under way
    std::string slot, version;               // that run; "none": nothing does
    HealthState health{true, ""};
    std::string held; // why it waits by its own rules; empty: it does not
};

std::string encode(const Standing& standing);
// Errors: invalid, with the place.
base::Result<Standing> decode_standing(std::string_view json);
// Nothing that is worth a write to flash has changed.
bool says_the_same(const Standing& one, const Standing& other);

} // namespace oakum::updates
