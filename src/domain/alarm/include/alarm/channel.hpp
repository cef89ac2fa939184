// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::alarm {

// How alarms leave the house. Stored by number: a new one goes to the end.
enum class ChannelKind : std::uint8_t { webhook, mail, slack, teams };
std::string_view to_string(ChannelKind kind);
base::Result<ChannelKind> parse_channel_kind(std::string_view text);

// digest: the urgent ones at once, all once a day. at_once: each as it comes.
enum class Pace : std::uint8_t { digest, at_once };
std::string_view to_string(Pace pace);
base::Result<Pace> parse_pace(std::string_view text);

} // namespace oakum::alarm
