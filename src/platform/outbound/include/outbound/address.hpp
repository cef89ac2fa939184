// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

struct sockaddr;

namespace oakum::outbound {

// Where an address leads: to this machine, to a network of one's own, or to the world.
enum class Reach : std::uint8_t {
    loopback,
    own, // private, link-local, shared, and whatever else is not routed in the world
    world
};

Reach reach_of_ipv4(const std::array<std::uint8_t, 4>& address);
// Also looks at the IPv4 address that one carries: mapped, translated (NAT64), 6to4, Teredo.
Reach reach_of_ipv6(const std::array<std::uint8_t, 16>& address);
// What a socket is about to be connected to; `own` for a family that is neither.
Reach reach_of(const sockaddr& address);

} // namespace oakum::outbound
