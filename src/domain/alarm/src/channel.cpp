// SPDX-License-Identifier: Apache-2.0
#include <alarm/channel.hpp>

#include <array>

namespace oakum::alarm {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"webhook", "mail", "slack", "teams"};
constexpr std::array<std::string_view, 2> kPaces{"digest", "at_once"};

} // namespace

std::string_view to_string(ChannelKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

base::Result<ChannelKind> parse_channel_kind(std::string_view text) {
    for (std::size_t i = 0; i < kKinds.size(); ++i)
        if (kKinds[i] == text) return static_cast<ChannelKind>(i);
    return base::invalid("a channel is one of webhook, mail, slack, teams");
}

std::string_view to_string(Pace pace) {
    return kPaces[static_cast<std::size_t>(pace)];
}

base::Result<Pace> parse_pace(std::string_view text) {
    for (std::size_t i = 0; i < kPaces.size(); ++i)
        if (kPaces[i] == text) return static_cast<Pace>(i);
    return base::invalid("the pace is digest or at_once");
}

} // namespace oakum::alarm
