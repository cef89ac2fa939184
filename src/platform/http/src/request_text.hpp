// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <http/message.hpp>

#include <string>

namespace oakum::http {

// The head of a request; `authority` is what Host says. Errors: invalid (what would change the message around
// it).
inline base::Result<std::string> encode_request_head(const ports::ClientRequest& request,
                                                     const std::string& authority) {
    if (!request.target.starts_with('/')) return base::invalid("an address that does not begin with a slash");
    for (const char c : request.target) {
        if (c <= 0x20 || c >= 0x7f) return base::invalid("an address that is not encoded");
    }
    std::string text(to_string(request.method));
    text.append(" ").append(request.target).append(" HTTP/1.1\r\nHost: ").append(authority).append("\r\n");
    for (const auto& [name, value] : request.headers) {
        if (!is_header_name(name) || !is_header_value(value))
            return base::invalid("a header that cannot be sent: " + name);
        text.append(name).append(": ").append(value).append("\r\n");
    }
    using ports::Method;
    if (!request.body.empty() ||
        (request.method != Method::get && request.method != Method::head && request.method != Method::del))
        text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
    return text.append("\r\n");
}

inline std::string authority_of(const std::string& host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// May be sent again when nobody knows whether it arrived.
inline bool is_repeatable(ports::Method method) {
    return method != ports::Method::post && method != ports::Method::patch;
}

} // namespace oakum::http
