// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace oakum::server {

// "https://HOST:PORT"; an IPv6 address in brackets.
std::string url_of(const std::string& host, std::uint16_t port);

// "HOST:PORT", "[::1]:8443". Errors: invalid.
base::Result<std::pair<std::string, std::uint16_t>> host_and_port(const std::string& text);

// Listening on it means listening on every address of this machine: nobody can connect to that itself.
bool is_all_addresses(const std::string& host);

// As the machine calls itself; "localhost" when it has no name.
std::string machine_name();

} // namespace oakum::server
