// SPDX-License-Identifier: Apache-2.0
#include <outbound/address.hpp>

#include <algorithm>
#include <cstring>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>

namespace oakum::outbound {
namespace {

// The special-purpose registry of IANA (RFC 6890 and its updates): what is not globally reachable.
struct Range4 {
    std::array<std::uint8_t, 4> first;
    int bits;
};
constexpr Range4 kOwn4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},    {{100, 64, 0, 0}, 10},   {{169, 254, 0, 0}, 16},
    {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},  {{192, 0, 2, 0}, 24},    {{192, 88, 99, 0}, 24},
    {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24}, {{203, 0, 113, 0}, 24},
    {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};

bool begins(std::span<const std::uint8_t> address, std::span<const std::uint8_t> first, int bits) {
    for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
        const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xFF : 0xFF << (8 - bits));
        if ((address[i] & mask) != (first[i] & mask)) return false;
    }
    return true;
}

bool begins(std::span<const std::uint8_t> address, std::initializer_list<std::uint8_t> first, int bits) {
    return begins(address, std::span(first.begin(), first.size()), bits);
}

} // namespace

Reach reach_of_ipv4(const std::array<std::uint8_t, 4>& address) {
    if (address[0] == 127) return Reach::loopback;
    for (const Range4& range : kOwn4)
        if (begins(address, range.first, range.bits)) return Reach::own;
    return Reach::world;
}

Reach reach_of_ipv6(const std::array<std::uint8_t, 16>& address) {
    const std::span<const std::uint8_t> all(address);
    const auto carried = [&](std::size_t at, std::uint8_t mask = 0) {
        std::array<std::uint8_t, 4> inner{};
        for (std::size_t i = 0; i < inner.size(); ++i)
            inner[i] = address[at + i] ^ mask;
        return reach_of_ipv4(inner);
    };
    const bool zeros = std::ranges::all_of(all.first(15), [](std::uint8_t byte) { return byte == 0; });
    if (zeros) return address[15] == 1 ? Reach::loopback : Reach::own;
    if (begins(all, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96)) return carried(12);    // mapped
    if (begins(all, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}, 96)) return carried(12); // NAT64
    if (begins(all, {0x20, 0x02}, 16)) return carried(2);                                   // 6to4
    if (begins(all, {0x20, 0x01, 0, 0}, 32)) return carried(12, 0xFF);                      // Teredo
    // Global unicast is 2000::/3 alone; of that, not the documentation's and the benchmarks' part.
    if (!begins(all, {0x20}, 3) || begins(all, {0x20, 0x01, 0x0D, 0xB8}, 32) ||
        begins(all, {0x20, 0x01, 0, 2, 0, 0}, 48) || begins(all, {0x20, 0x01, 0, 0x10}, 28) ||
        begins(all, {0x3F, 0xFF, 0}, 20))
        return Reach::own;
    return Reach::world;
}

Reach reach_of(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, &address, sizeof in);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &in.sin_addr, bytes.size());
        return reach_of_ipv4(bytes);
    }
    if (address.sa_family == AF_INET6) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address, sizeof in);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
        return reach_of_ipv6(bytes);
    }
    return Reach::own;
}

} // namespace oakum::outbound
