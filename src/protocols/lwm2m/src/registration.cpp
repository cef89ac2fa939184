// SPDX-License-Identifier: Apache-2.0
#include "registration.hpp"

#include <algorithm>
#include <charconv>

namespace oakum::lwm2m {
namespace {

using ports::coap::Option;
constexpr std::size_t kLongestEndpoint = 128;

base::Result<std::uint32_t> read_lifetime(std::string_view text) {
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds > 0xffffffffU)
        return base::invalid("the lifetime is no number of seconds");
    // 0 is for ever in 1.1: as long as may be.
    if (seconds == 0) return kLongestLifetime;
    return static_cast<std::uint32_t>(
        std::clamp<std::uint64_t>(seconds, kShortestLifetime, kLongestLifetime));
}

base::Result<Registering> read(const ports::CoapMessage& request) {
    Registering said;
    for (const std::string_view query : request.all(Option::uri_query)) {
        const std::size_t equals = std::min(query.find('='), query.size());
        const std::string_view name = query.substr(0, equals);
        const std::string_view value = query.substr(std::min(equals + 1, query.size()));
        if (name == "ep") {
            if (value.empty() || value.size() > kLongestEndpoint || !base::is_utf8(value))
                return base::invalid("an endpoint has 1 to 128 bytes of text");
            said.endpoint = value;
        } else if (name == "lt") {
            TRY_VALUE(said.lifetime, read_lifetime(value));
        } else if (name == "lwm2m") {
            said.version = value.substr(0, 8);
        } else if (name == "b") {
            said.binding = std::string(value.substr(0, 8));
            said.queue = said.queue || value.find('Q') != std::string_view::npos;
        } else if (name == "Q") {
            said.queue = true;
        }
    }
    if (request.payload.empty()) return said;
    const auto format = request.number(Option::content_format);
    if (format && *format != 40)
        return base::invalid("a list of objects is application/link-format").at("format");
    TRY_VALUE(said.objects, lwm2m_data::read_objects(request.payload));
    return said;
}

} // namespace

base::Result<Registering> read_register(const ports::CoapMessage& request) {
    TRY_VALUE(Registering said, read(request));
    if (!said.objects) return base::invalid("a registration says which objects the device has");
    // 1.0 did not always say so.
    if (said.version.empty()) said.version = "1.0";
    if (!said.lifetime) said.lifetime = kLifetime;
    return said;
}

base::Result<Registering> read_update(const ports::CoapMessage& request) {
    return read(request);
}

bool is_spoken(std::string_view version) {
    return version.size() >= 3 && version.starts_with("1.") &&
           std::ranges::all_of(version.substr(2), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace oakum::lwm2m
