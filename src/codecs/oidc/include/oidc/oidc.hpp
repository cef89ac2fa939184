// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/jose_key.hpp>
#include <base/time.hpp>
#include <json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::oidc {

// An address that may be asked: https, or http to this machine itself. Without user, fragment, control
// characters.
struct Address {
    bool tls = true;
    std::string host;
    std::uint16_t port = 443;
    std::string target; // path and query, "/" at least
};
base::Result<Address> parse_address(std::string_view url);

struct Discovery {
    std::string issuer, authorization_endpoint, token_endpoint, jwks_uri;
};
// Errors: invalid (also another issuer than the one that was asked).
base::Result<Discovery> read_discovery(std::string_view text, std::string_view issuer);

struct Key {
    std::string id; // empty: has none
    base::JoseKey key;
};
// Keys for other uses and of other kinds are passed over. Errors: invalid (no usable key, too many).
base::Result<std::vector<Key>> read_keys(std::string_view text);

struct IdToken {
    base::JoseAlgorithm algorithm = base::JoseAlgorithm::rs256;
    std::string key_id; // empty: not said
    std::string signing_input;
    base::Bytes signature;
    json::Value claims; // an object
};
// Errors: invalid, too_large. Nothing of it may be believed before it is verified.
base::Result<IdToken> read_id_token(std::string_view compact);
bool verify(const IdToken& token, const std::vector<Key>& keys);

struct Expected {
    std::string issuer, client_id, nonce;
    base::TimePoint now{};
};
// Errors: unauthenticated, saying which claim.
base::Status check_claims(const json::Value& claims, const Expected& expected);
// OpenID Connect Core, section 2: 1 to 255 ASCII characters.
base::Result<std::string> subject_of(const json::Value& claims);

// The token endpoint's answer. Errors: invalid, unauthenticated (the provider's own error, bounded).
base::Result<std::string> read_token_answer(int status, std::string_view text);

} // namespace oakum::oidc
