// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <ports/coap.hpp>

#include <map>
#include <optional>
#include <variant>

namespace oakum::lwm2m {

// Requests whose body comes in blocks (RFC 7959, Block1): put together, one a link at a time, a few of them,
// and not for long.
class Bodies {
  public:
    static constexpr std::size_t kMost = 256, kLongest = 16 * 1024;
    static constexpr auto kPatience = std::chrono::seconds(93); // MAX_TRANSMIT_WAIT

    // The request with its whole body, or the answer to this block.
    std::variant<ports::CoapMessage, std::uint8_t> take(std::uint64_t link, ports::CoapMessage request,
                                                        base::Duration now);
    void forget(std::uint64_t link) { bodies_.erase(link); }

  private:
    struct Body {
        std::string asked; // method and path
        std::string bytes;
        base::Duration since{};
    };
    std::map<std::uint64_t, Body> bodies_;
};

} // namespace oakum::lwm2m
