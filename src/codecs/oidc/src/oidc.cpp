// SPDX-License-Identifier: Apache-2.0
#include <oidc/oidc.hpp>

#include <json/parse.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::oidc {
namespace {

constexpr std::size_t kLargestAnswer = 256 * 1024, kLargestToken = 16 * 1024, kMostKeys = 64,
                      kMostAudiences = 16;
constexpr base::Duration kSkew = std::chrono::seconds(60);
constexpr std::int64_t kLatest = 253'402'300'799; // year 9999

const json::Limits kAnswerLimits{
    .max_bytes = kLargestAnswer, .max_depth = 12, .max_values = 10'000, .floats = true};
const json::Limits kTokenLimits{
    .max_bytes = kLargestToken, .max_depth = 8, .max_values = 2'000, .floats = true};

// RFC 7515: base64url without padding.
base::Result<base::Bytes> from_base64url(std::string_view text) {
    std::string plain(text);
    for (char& c : plain) {
        if (c == '+' || c == '/' || c == '=') return base::invalid("this is not base64url");
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    }
    return base::from_base64(plain);
}

base::Error refused(std::string what) {
    return base::unauthenticated("the identity provider's answer is not taken: " + std::move(what));
}

bool is_this_machine(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

base::Result<base::Bytes> bytes_at(const json::Value& key, std::string_view name) {
    TRY_VALUE(const std::string text, key.string_at(name, 2048));
    return from_base64url(text);
}

base::Result<std::string> address_at(const json::Value& document, std::string_view name) {
    TRY_VALUE(std::string text, document.string_at(name, 2048));
    const auto address = parse_address(text);
    if (!address.ok()) return document.find(name)->wrong(address.error().message);
    return text;
}

} // namespace

base::Result<Address> parse_address(std::string_view url) {
    Address address;
    std::string_view rest = url;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
        address.tls = false;
        address.port = 80;
    } else {
        return base::invalid("an address of the identity provider begins with https://");
    }
    const bool clean =
        std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '\\'; });
    const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view authority = rest.substr(0, path);
    if (!clean || url.size() > 2048 || authority.find('@') != std::string_view::npos)
        return base::invalid("this is no address of an identity provider");
    address.target = std::string(rest.substr(path));
    if (!address.target.starts_with('/')) address.target.insert(0, "/");
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    if (authority.starts_with('[') && bracket == std::string_view::npos)
        return base::invalid("this is no address of an identity provider");
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        const std::string_view port = authority.substr(colon + 1);
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
        if (error != std::errc() || end != port.data() + port.size() || address.port == 0)
            return base::invalid("this is no address of an identity provider");
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[')) authority = authority.substr(1, bracket - 1);
    address.host = std::string(authority);
    if (address.host.empty()) return base::invalid("this is no address of an identity provider");
    if (!address.tls && !is_this_machine(address.host))
        return base::invalid("an identity provider on another machine is asked over https only");
    return address;
}

base::Result<Discovery> read_discovery(std::string_view text, std::string_view issuer) {
    TRY_VALUE(const json::Value document, json::parse(text, kAnswerLimits));
    Discovery discovery;
    TRY_VALUE(discovery.issuer, document.string_at("issuer", 2048));
    if (discovery.issuer != issuer)
        return document.find("issuer")->wrong(
            "the provider calls itself by another name than it was asked by");
    TRY_VALUE(discovery.authorization_endpoint, address_at(document, "authorization_endpoint"));
    TRY_VALUE(discovery.token_endpoint, address_at(document, "token_endpoint"));
    TRY_VALUE(discovery.jwks_uri, address_at(document, "jwks_uri"));
    return discovery;
}

base::Result<std::vector<Key>> read_keys(std::string_view text) {
    TRY_VALUE(const json::Value document, json::parse(text, kAnswerLimits));
    TRY_VALUE(const json::Value list, document.array_at("keys", kMostKeys));
    std::vector<Key> keys;
    for (const json::Value& each : list.items()) {
        TRY_VALUE(const std::string kind, each.string_at("kty", 16));
        TRY_VALUE(const auto use, each.optional_string_at("use", 16));
        TRY_VALUE(const auto algorithm, each.optional_string_at("alg", 16));
        TRY_VALUE(const auto id, each.optional_string_at("kid", 256));
        if (use && *use != "sig") continue;
        if (kind == "RSA" && (!algorithm || *algorithm == "RS256")) {
            TRY_VALUE(const base::Bytes n, bytes_at(each, "n"));
            TRY_VALUE(const base::Bytes e, bytes_at(each, "e"));
            auto key = base::JoseKey::rs256(n, e);
            if (key.ok()) keys.push_back({id.value_or(""), std::move(*key)});
        } else if (kind == "EC" && (!algorithm || *algorithm == "ES256")) {
            TRY_VALUE(const std::string curve, each.string_at("crv", 32));
            if (curve != "P-256") continue;
            TRY_VALUE(const base::Bytes x, bytes_at(each, "x"));
            TRY_VALUE(const base::Bytes y, bytes_at(each, "y"));
            auto key = base::JoseKey::es256(x, y);
            if (key.ok()) keys.push_back({id.value_or(""), std::move(*key)});
        }
    }
    if (keys.empty()) return base::invalid("the provider has no key for RS256 or ES256").at("/keys");
    return keys;
}

base::Result<IdToken> read_id_token(std::string_view compact) {
    if (compact.size() > kLargestToken) return base::too_large("an ID token has at most 16 KiB");
    const std::size_t first = compact.find('.');
    const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
        return base::invalid("an ID token has three parts");
    TRY_VALUE(const base::Bytes head, from_base64url(compact.substr(0, first)));
    TRY_VALUE(const base::Bytes body, from_base64url(compact.substr(first + 1, second - first - 1)));
    TRY_VALUE(const base::Bytes signature, from_base64url(compact.substr(second + 1)));
    TRY_VALUE(const json::Value header, json::parse(base::as_text(head), kTokenLimits));
    TRY_VALUE(const std::string algorithm, header.string_at("alg", 16));
    TRY_VALUE(const auto id, header.optional_string_at("kid", 256));
    if (algorithm != "RS256" && algorithm != "ES256")
        return header.find("alg")->wrong("ID tokens are signed with RS256 or ES256 here");
    if (header.find("crit")) return header.find("crit")->wrong("nothing critical is understood here");
    TRY_VALUE(json::Value claims, json::parse(base::as_text(body), kTokenLimits));
    if (!claims.is_object()) return claims.wrong("the claims are an object");
    return IdToken{.algorithm =
                       algorithm == "RS256" ? base::JoseAlgorithm::rs256 : base::JoseAlgorithm::es256,
                   .key_id = id.value_or(""),
                   .signing_input = std::string(compact.substr(0, second)),
                   .signature = signature,
                   .claims = std::move(claims)};
}

bool verify(const IdToken& token, const std::vector<Key>& keys) {
    return std::ranges::any_of(keys, [&](const Key& each) {
        return each.key.algorithm() == token.algorithm && (token.key_id.empty() || each.id == token.key_id) &&
               each.key.verify(base::as_bytes(token.signing_input), token.signature);
    });
}

base::Result<std::string> subject_of(const json::Value& claims) {
    TRY_VALUE(std::string subject, claims.string_at("sub", 255));
    if (subject.empty() || !std::ranges::all_of(subject, [](char c) { return c > 0x20 && c < 0x7F; }))
        return claims.find("sub")->wrong("a subject has 1 to 255 visible ASCII characters");
    return subject;
}

base::Status check_claims(const json::Value& claims, const Expected& expected) {
    const auto issuer = claims.string_at("iss", 2048);
    if (!issuer.ok() || *issuer != expected.issuer) return refused("it is of another issuer");
    const auto audience = claims.find("aud");
    bool ours = false, others = false;
    if (audience && audience->is_string()) {
        ours = audience->text() == expected.client_id;
    } else if (audience && audience->is_array() && audience->size() <= kMostAudiences) {
        for (const json::Value& each : audience->items())
            (each.is_string() && each.text() == expected.client_id ? ours : others) = true;
    }
    if (!ours) return refused("it is for somebody else");
    const auto party = claims.find("azp");
    if ((others && !party) || (party && party->text() != expected.client_id))
        return refused("it was asked for by somebody else");
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(expected.now.time_since_epoch()).count();
    const auto skew = std::chrono::duration_cast<std::chrono::seconds>(kSkew).count();
    const auto expires = claims.int_at("exp", 0, kLatest), issued = claims.int_at("iat", 0, kLatest);
    if (!expires.ok() || *expires + skew <= now) return refused("it has expired");
    if (!issued.ok() || *issued - skew > now)
        return refused("it is of a time to come; compare the two clocks");
    const auto not_before = claims.optional_int_at("nbf", 0, kLatest);
    if (!not_before.ok() || (*not_before && **not_before - skew > now)) return refused("it is not valid yet");
    const auto nonce = claims.string_at("nonce", 256);
    if (!nonce.ok() || !base::equal_constant_time(base::as_bytes(*nonce), base::as_bytes(expected.nonce)))
        return refused("it belongs to another sign-in");
    return {};
}

base::Result<std::string> read_token_answer(int status, std::string_view text) {
    TRY_VALUE(const json::Value answer, json::parse(text, kAnswerLimits));
    if (status != 200) {
        const auto error = answer.string_at("error", 64);
        std::string word;
        if (error.ok())
            for (const char c : *error)
                if ((c >= 'a' && c <= 'z') || c == '_') word.push_back(c);
        return base::unauthenticated("the identity provider refused the sign-in" +
                                     (word.empty() ? std::string() : " (" + word + ")"));
    }
    return answer.string_at("id_token", kLargestToken);
}

} // namespace oakum::oidc
