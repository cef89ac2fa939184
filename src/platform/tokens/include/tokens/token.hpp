// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/public_half.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace oakum::tokens {

// Which token, and which key in it: a URI of RFC 7512 ("pkcs11:token=anna;object=oakum"), and the module that
// speaks to it.
struct Where {
    std::string uri;
    std::string module; // a path; empty: the modules that p11-kit of this machine is configured with
};

// A token that somebody has opened with its PIN. Keys of Ed25519 and P-256. Not shared between threads.
class Token {
  public:
    // Errors: not_found (no such module or token), conflict (several), denied (the PIN; the token locks
    // itself after some that are wrong), invalid (the URI), unavailable (the module fails).
    static base::Result<Token> open(const Where& where, std::string_view pin);
    ~Token();
    Token(Token&&) noexcept;
    Token& operator=(Token&&) noexcept;

    struct Key {
        base::PublicHalf public_half;
        std::string uri; // token, serial number, object and id: finds it again
    };
    // A key pair in the token, which can neither be read nor leave it, under the URI's object name. Errors:
    // conflict (the name is taken), invalid (the URI names no object), unavailable (it makes none of the
    // kind).
    base::Result<Key> generate(base::SignatureScheme scheme);
    // The one key that the URI names. Errors: not_found, conflict (several), unavailable (none that can
    // sign here).
    base::Result<Key> find();
    // With that key: Ed25519 over the message, or ECDSA over its SHA-256 in DER; verified before it is
    // returned. Errors: as find; unavailable (the token does not, or not rightly).
    base::Result<base::Bytes> sign(const base::PublicHalf& expected, base::ByteView message);

  private:
    struct Session;
    explicit Token(std::unique_ptr<Session> session);
    std::unique_ptr<Session> session_;
};

} // namespace oakum::tokens
