// SPDX-License-Identifier: Apache-2.0
#include <ports/coap.hpp>

#include <algorithm>
#include <bit>

namespace oakum::ports {
namespace {

// As short as can be: RFC 7252, 3.2.
std::string bytes_of(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        if (const auto byte = static_cast<char>(number >> static_cast<unsigned>(shift) & 0xffU);
            byte != 0 || !bytes.empty())
            bytes += byte;
    return bytes;
}

} // namespace

std::string coap::text(std::uint8_t code) {
    const unsigned detail = code & 31U;
    return std::to_string(code >> 5U) + (detail < 10 ? ".0" : ".") + std::to_string(detail);
}

std::optional<std::string_view> CoapMessage::option(coap::Option name) const {
    for (const auto& [each, value] : options)
        if (each == name) return value;
    return std::nullopt;
}

std::vector<std::string_view> CoapMessage::all(coap::Option name) const {
    std::vector<std::string_view> values;
    for (const auto& [each, value] : options)
        if (each == name) values.emplace_back(value);
    return values;
}

std::optional<std::uint32_t> CoapMessage::number(coap::Option name) const {
    const auto value = option(name);
    if (!value || value->size() > 4) return std::nullopt;
    std::uint32_t number = 0;
    for (const char c : *value)
        number = number << 8U | static_cast<std::uint8_t>(c);
    return number;
}

std::optional<coap::Block> CoapMessage::block(coap::Option name) const {
    const auto value = number(name);
    if (!value || (*value & 7U) == 7) return std::nullopt;
    return coap::Block{*value >> 4U, (*value & 8U) != 0, 16U << (*value & 7U)};
}

std::string CoapMessage::path() const {
    std::string path;
    for (const std::string_view part : all(coap::Option::uri_path))
        path += "/" + std::string(part);
    return path.empty() ? "/" : path;
}

CoapMessage& CoapMessage::add(coap::Option name, std::string value) {
    options.emplace_back(name, std::move(value));
    return *this;
}

CoapMessage& CoapMessage::add(coap::Option name, std::uint32_t number) {
    return add(name, bytes_of(number));
}

CoapMessage& CoapMessage::add(coap::Option name, const coap::Block& block) {
    const auto exponent = static_cast<std::uint32_t>(std::countr_zero(block.size)) - 4;
    return add(name, block.number << 4U | (block.more ? 8U : 0U) | exponent);
}

CoapMessage& CoapMessage::add_path(std::string_view path) {
    while (!path.empty()) {
        if (path.front() == '/') path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) add(coap::Option::uri_path, std::string(path.substr(0, end)));
        path.remove_prefix(end);
    }
    return *this;
}

} // namespace oakum::ports
