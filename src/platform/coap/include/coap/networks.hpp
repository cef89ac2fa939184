// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::coap {

// Networks by prefix: "10.1.0.0/16", "fd00::/8", "192.0.2.7". This machine is always among them.
class Networks {
  public:
    // Errors: invalid.
    base::Status add(std::string_view text);
    // `address`: textual; what is none is in no network.
    bool contains(const std::string& address) const;

  private:
    struct Network {
        std::array<std::uint8_t, 16> bytes{}; // IPv4 as IPv6 has it
        unsigned bits = 128;
    };
    std::vector<Network> networks_;
};

} // namespace oakum::coap
