// SPDX-License-Identifier: Apache-2.0
#include <coap/networks.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <optional>

namespace oakum::coap {
namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr unsigned kMapped = 96; // bits before an IPv4 address in an IPv6 one

std::optional<std::pair<Bytes, bool>> bytes_of(const std::string& address) {
    Bytes bytes{};
    if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return std::pair(bytes, false);
    bytes = {};
    bytes[10] = bytes[11] = 0xff;
    if (inet_pton(AF_INET, address.c_str(), bytes.data() + kMapped / 8) == 1) return std::pair(bytes, true);
    return std::nullopt;
}

bool begins_alike(const Bytes& a, const Bytes& b, unsigned bits) {
    const std::size_t whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((a.at(whole) ^ b.at(whole)) >> (8U - rest)) == 0;
}

} // namespace

base::Status Networks::add(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto wrong = [&] {
        return base::invalid("\"" + std::string(text) + "\" is no network such as 10.1.0.0/16 or fd00::/8");
    };
    const auto address = bytes_of(std::string(text.substr(0, slash)));
    if (!address) return wrong();
    const unsigned before = address->second ? kMapped : 0;
    unsigned bits = 128 - before;
    if (slash < text.size()) {
        const std::string_view number = text.substr(slash + 1);
        const unsigned most = bits;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
        if (error != std::errc() || end != number.data() + number.size() || bits > most) return wrong();
    }
    networks_.push_back({address->first, before + bits});
    return {};
}

bool Networks::contains(const std::string& address) const {
    const auto bytes = bytes_of(address);
    if (!bytes) return false;
    const Network own[] = {{bytes_of("127.0.0.0")->first, kMapped + 8}, {bytes_of("::1")->first, 128}};
    const auto holds = [&](const Network& each) { return begins_alike(bytes->first, each.bytes, each.bits); };
    return std::ranges::any_of(own, holds) || std::ranges::any_of(networks_, holds);
}

} // namespace oakum::coap
