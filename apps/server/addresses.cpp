// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

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

} // namespace oakum::server
