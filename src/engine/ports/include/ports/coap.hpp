// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// CoAP (RFC 7252) as values: what protocols read and answer, and what they ask of devices. Datagrams, DTLS,
// message ids and retransmission live in platform/coap.
namespace oakum::ports {

namespace coap {
// "2.05" is 0x45: the class in the upper three bits.
constexpr std::uint8_t code(unsigned of_class, unsigned detail) {
    return static_cast<std::uint8_t>(of_class << 5U | detail);
}
inline constexpr std::uint8_t kGet = 1, kPost = 2, kPut = 3, kDelete = 4;
inline constexpr std::uint8_t kCreated = code(2, 1), kDeleted = code(2, 2), kValid = code(2, 3),
                              kChanged = code(2, 4), kContent = code(2, 5), kContinue = code(2, 31),
                              kBadRequest = code(4, 0), kUnauthorized = code(4, 1), kBadOption = code(4, 2),
                              kForbidden = code(4, 3), kNotFound = code(4, 4), kNotAllowed = code(4, 5),
                              kNotAcceptable = code(4, 6), kIncomplete = code(4, 8), kTooLarge = code(4, 13),
                              kUnsupportedFormat = code(4, 15), kTooManyRequests = code(4, 29),
                              kUnavailable = code(5, 3);
// "4.04"
std::string text(std::uint8_t code);

enum class Option : std::uint16_t {
    etag = 4,
    observe = 6,
    location_path = 8,
    uri_path = 11,
    content_format = 12,
    max_age = 14,
    uri_query = 15,
    accept = 17,
    block2 = 23,
    block1 = 27,
    size2 = 28,
    size1 = 60,
};

// RFC 7959: which block of that size (a power of two, 16 to 1024) is meant, and whether another follows.
struct Block {
    std::uint32_t number = 0;
    bool more = false;
    std::uint32_t size = 1024;
    std::uint64_t offset() const { return std::uint64_t{number} * size; }
    bool operator==(const Block&) const = default;
};
} // namespace coap

struct CoapMessage {
    std::uint8_t code = 0;
    std::vector<std::pair<coap::Option, std::string>> options; // as they came; in any order to be sent
    std::string payload;

    bool is_success() const { return code >> 5U == 2; }
    // The first value; nothing when there is none.
    std::optional<std::string_view> option(coap::Option name) const;
    std::vector<std::string_view> all(coap::Option name) const;
    // Nothing when there is none or it is no number of at most 4 bytes.
    std::optional<std::uint32_t> number(coap::Option name) const;
    // Nothing when there is none, or its size is 7, which datagrams do not know.
    std::optional<coap::Block> block(coap::Option name) const;
    // "/rd/5", of the parts as they are.
    std::string path() const;

    CoapMessage& add(coap::Option name, std::string value);
    CoapMessage& add(coap::Option name, std::uint32_t number);
    CoapMessage& add(coap::Option name, const coap::Block& block);
    CoapMessage& add_path(std::string_view path); // "/5/0/1"
};

// Who is at the other end, as far as DTLS and UDP know.
struct CoapPeer {
    std::uint64_t link = 0; // of this conversation; no other has or had it
    std::string identity;   // that a key proved; empty: nobody is known
    std::string mark;       // of that key (CoapKey)
    std::string address;    // textual IP, without port
    std::string local;      // "coaps://HOST:PORT": where it reached us
};

// A key that both sides hold, and what stands for it where it must not be told.
struct CoapKey {
    base::Bytes key;
    std::string mark;
};

// What devices are asked. Called on the thread of CoapHandler only.
class CoapLinks {
  public:
    virtual ~CoapLinks() = default;
    enum class Failure : std::uint8_t {
        silent, // no answer, though it was sent again as often as may be
        reset,  // it does not understand
        gone    // there is no such link any more
    };
    struct Answer {
        std::optional<CoapMessage> message; // nothing: it failed
        Failure failure = Failure::gone;
    };
    // Confirmable. `token`: 1 to 8 bytes; an answer with it to no open request is a notification. `done` is
    // called once, perhaps before this returns.
    virtual void ask(std::uint64_t link, std::string token, CoapMessage request,
                     std::function<void(Answer)> done) = 0;
};

// Implemented by protocols. All calls come on one thread, and must not block it; `respond` is called on that
// thread too, exactly once, perhaps later.
class CoapHandler {
  public:
    virtual ~CoapHandler() = default;
    // The key that belongs to an identity; nothing when there is none. Called while DTLS shakes hands.
    virtual std::optional<CoapKey> key_of(std::string_view identity) = 0;
    virtual void on_request(const CoapPeer& peer, CoapMessage request,
                            std::function<void(CoapMessage)> respond) = 0;
    // False: nobody waits for this token, and the device is told so.
    virtual bool on_notification(const CoapPeer& peer, std::string_view token, CoapMessage message) = 0;
    virtual void on_gone(std::uint64_t link) = 0;
    // At least every second.
    virtual void on_tick() = 0;
};

} // namespace oakum::ports
