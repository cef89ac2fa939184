// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coap3/coap.h>
#include <ports/coap.hpp>

namespace oakum::coap {

// Options that the handler has no use for are left out.
ports::CoapMessage read_message(const coap_pdu_t* pdu);
// Code, options and payload into a PDU that has its type, id and token. False: it does not fit.
bool write_message(coap_pdu_t* pdu, const ports::CoapMessage& message);

// For tables: address and port.
std::string key_of(const coap_address_t& address);
std::string address_of(const coap_address_t& address);
std::optional<coap_address_t> address_in(const std::string& text, std::uint16_t port);

} // namespace oakum::coap
