// SPDX-License-Identifier: Apache-2.0
#include <exchange/origin.hpp>

#include <algorithm>

namespace oakum::exchange {
namespace {

constexpr std::size_t kMaxHost = 255;

// Of a list that several proxies wrote, the one nearest to the device.
std::string_view first_of(std::string_view list) {
    std::string_view first = list.substr(0, list.find(','));
    while (first.starts_with(' '))
        first.remove_prefix(1);
    while (first.ends_with(' '))
        first.remove_suffix(1);
    return first;
}

bool is_host(std::string_view text) {
    return !text.empty() && text.size() <= kMaxHost && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
    });
}
bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
bool has_port(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    return colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
}

} // namespace

std::string origin_of(const ports::HttpRequest& request) {
    const bool plain = first_of(request.header("x-forwarded-proto")) == "http";
    std::string_view host = first_of(request.header("x-forwarded-host"));
    const std::string_view port = first_of(request.header("x-forwarded-port"));
    if (!is_host(host)) host = request.header("host");
    if (!is_host(host)) return {};
    std::string origin = (plain ? "http://" : "https://") + std::string(host);
    if (is_port(port) && !has_port(host) && port != (plain ? "80" : "443")) origin += ":" + std::string(port);
    return origin;
}

} // namespace oakum::exchange
