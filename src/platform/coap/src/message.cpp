// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace oakum::coap {
namespace {

using ports::coap::Option;
constexpr std::array kOptions = {Option::etag,      Option::observe,        Option::location_path,
                                 Option::uri_path,  Option::content_format, Option::max_age,
                                 Option::uri_query, Option::accept,         Option::block2,
                                 Option::block1,    Option::size2,          Option::size1};

const std::uint8_t* bytes(std::string_view text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

} // namespace

ports::CoapMessage read_message(const coap_pdu_t* pdu) {
    ports::CoapMessage message;
    message.code = static_cast<std::uint8_t>(coap_pdu_get_code(pdu));
    coap_opt_iterator_t at;
    coap_option_iterator_init(pdu, &at, COAP_OPT_ALL);
    while (const coap_opt_t* option = coap_option_next(&at)) {
        const auto name = static_cast<Option>(at.number);
        if (std::ranges::find(kOptions, name) != kOptions.end())
            message.options.emplace_back(
                name,
                std::string(reinterpret_cast<const char*>(coap_opt_value(option)), coap_opt_length(option)));
    }
    std::size_t size = 0;
    const std::uint8_t* data = nullptr;
    if (coap_get_data(pdu, &size, &data) == 1)
        message.payload.assign(reinterpret_cast<const char*>(data), size);
    return message;
}

bool write_message(coap_pdu_t* pdu, const ports::CoapMessage& message) {
    coap_pdu_set_code(pdu, static_cast<coap_pdu_code_t>(message.code));
    // In the order of their numbers, as they go; several of one keep theirs.
    auto options = message.options;
    std::ranges::stable_sort(options, {}, [](const auto& each) { return each.first; });
    for (const auto& [name, value] : options)
        if (coap_add_option(pdu, static_cast<coap_option_num_t>(name), value.size(), bytes(value)) == 0)
            return false;
    return message.payload.empty() || coap_add_data(pdu, message.payload.size(), bytes(message.payload)) == 1;
}

std::string key_of(const coap_address_t& address) {
    const bool old = address.addr.sa.sa_family == AF_INET;
    const void* bytes =
        old ? static_cast<const void*>(&address.addr.sin.sin_addr) : &address.addr.sin6.sin6_addr;
    const std::size_t size = old ? sizeof(address.addr.sin.sin_addr) : sizeof(address.addr.sin6.sin6_addr);
    return std::string(static_cast<const char*>(bytes), size) +
           std::to_string(coap_address_get_port(&address));
}

std::string address_of(const coap_address_t& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* from = address.addr.sa.sa_family == AF_INET
                           ? static_cast<const void*>(&address.addr.sin.sin_addr)
                           : static_cast<const void*>(&address.addr.sin6.sin6_addr);
    if (inet_ntop(address.addr.sa.sa_family, from, text.data(), text.size()) == nullptr) return {};
    const std::string said = text.data();
    constexpr std::string_view mapped = "::ffff:";
    return said.starts_with(mapped) && said.find('.') != std::string::npos ? said.substr(mapped.size())
                                                                           : said;
}

std::optional<coap_address_t> address_in(const std::string& text, std::uint16_t port) {
    coap_address_t address;
    coap_address_init(&address);
    if (inet_pton(AF_INET, text.c_str(), &address.addr.sin.sin_addr) == 1) {
        address.addr.sin.sin_family = AF_INET;
        address.addr.sin.sin_port = htons(port);
        address.size = sizeof(address.addr.sin);
        return address;
    }
    if (inet_pton(AF_INET6, text.c_str(), &address.addr.sin6.sin6_addr) == 1) {
        address.addr.sin6.sin6_family = AF_INET6;
        address.addr.sin6.sin6_port = htons(port);
        address.size = sizeof(address.addr.sin6);
        return address;
    }
    return std::nullopt;
}

} // namespace oakum::coap
