// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lwm2m_data/links.hpp>
#include <ports/coap.hpp>

#include <optional>
#include <string>

namespace oakum::lwm2m {

// What a Register or an Update says; of an Update all may be missing.
struct Registering {
    std::string endpoint;
    std::optional<std::uint32_t> lifetime; // seconds, within bounds
    std::string version;                   // "1.0", "1.1"; of a Register
    std::optional<std::string> binding;    // "U", "UQ"
    bool queue = false;                    // by "Q" of 1.1 or in the binding of 1.0
    std::optional<lwm2m_data::ObjectList> objects;
};

inline constexpr std::uint32_t kLifetime = 86'400, kShortestLifetime = 20, kLongestLifetime = 366 * 86'400;

// OMA-TS-LightweightM2M 1.0 5.3, 1.1 6.2. Errors: invalid, too_large.
base::Result<Registering> read_register(const ports::CoapMessage& request);
base::Result<Registering> read_update(const ports::CoapMessage& request);

// Whether this server speaks the version that a device registered with: any 1.x.
bool is_spoken(std::string_view version);

} // namespace oakum::lwm2m
