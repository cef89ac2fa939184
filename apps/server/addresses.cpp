// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

#include <algorithm>
#include <charconv>

#include <unistd.h>

namespace oakum::server {

std::string url_of(const std::string& host, std::uint16_t port) {
    return "https://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
           std::to_string(port);
}

bool is_all_addresses(const std::string& host) {
    return host == "0.0.0.0" || host == "::";
}

std::string machine_name() {
    char own[256] = {};
    return ::gethostname(own, sizeof own - 1) == 0 && own[0] != 0 ? own : "localhost";
}

base::Result<std::pair<std::string, std::uint16_t>> host_and_port(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::string host = text.substr(0, std::min(colon, text.size()));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::uint16_t port = 0;
    const char* begin = colon == std::string::npos ? nullptr : text.c_str() + colon + 1;
    const auto [end, error] = begin == nullptr ? std::from_chars_result{nullptr, std::errc::invalid_argument}
                                               : std::from_chars(begin, text.c_str() + text.size(), port);
    if (error != std::errc() || end != text.c_str() + text.size() || host.empty())
        return base::invalid("\"" + text + "\" is not HOST:PORT");
    return std::pair(std::move(host), port);
}

} // namespace oakum::server
