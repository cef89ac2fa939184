// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <json/parse.hpp>
#include <oidc/oidc.hpp>

#include <algorithm>

using namespace oakum;
using namespace oakum::oidc;

namespace {

// RFC 7515, appendix A.2 and A.3: tokens and keys that others made. Their claims are {"iss":"joe", ...}.
const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const std::string kRsaToken =
    "eyJhbGciOiJSUzI1NiJ9." + kPayload +
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7"
    "t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_"
    "dO--xi12j"
    "zDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
    "IoypGlUPQG"
    "e77Rw";
const std::string kRsaKey =
    R"({"kty":"RSA","kid":"r","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";
const std::string kEcToken =
    "eyJhbGciOiJFUzI1NiJ9." + kPayload +
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const std::string kEcKey =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";

std::string keys(const std::string& list) {
    return R"({"keys":[)" + list + "]}";
}

base::Status claims(const std::string& text, std::int64_t now = 1'000'000) {
    const auto value = json::parse(text);
    REQUIRE(value.ok());
    return check_claims(*value, {.issuer = "https://id.example",
                                 .client_id = "oakum",
                                 .nonce = "n-1",
                                 .now = base::TimePoint(std::chrono::seconds(now))});
}

} // namespace

TEST_CASE("tokens that others signed are verified, with their key and no other") {
    const auto both = read_keys(keys(kRsaKey + "," + kEcKey));
    REQUIRE(both.ok());
    CHECK(both->size() == 2);
    for (const std::string& text : {kRsaToken, kEcToken}) {
        const auto token = read_id_token(text);
        REQUIRE(token.ok());
        CHECK(token->claims.string_at("iss").value() == "joe");
        CHECK(verify(*token, *both));
        CHECK_FALSE(verify(*token, *read_keys(keys(text == kRsaToken ? kEcKey : kRsaKey))));
        // Another payload, another signature, another header under the same signature.
        IdToken changed = *token;
        changed.signing_input.back() = changed.signing_input.back() == 'A' ? 'B' : 'A';
        CHECK_FALSE(verify(changed, *both));
        for (std::size_t i = 0; i < token->signature.size(); i += 7) {
            changed = *token;
            changed.signature[i] ^= 1;
            CHECK_FALSE(verify(changed, *both));
        }
        changed = *token;
        changed.signature.pop_back();
        CHECK_FALSE(verify(changed, *both));
        changed.signature.clear();
        CHECK_FALSE(verify(changed, *both));
        changed = *token;
        changed.algorithm = changed.algorithm == base::JoseAlgorithm::rs256 ? base::JoseAlgorithm::es256
                                                                            : base::JoseAlgorithm::rs256;
        CHECK_FALSE(verify(changed, *both));
    }
    // A key that the token names must be that key.
    IdToken named = *read_id_token(kRsaToken);
    named.key_id = "r";
    CHECK(verify(named, *both));
    named.key_id = "other";
    CHECK_FALSE(verify(named, *both));
}

TEST_CASE("a token says nothing of how it wants to be checked") {
    const auto token = [](const std::string& header) {
        std::string head = base::to_base64url(base::as_bytes(header));
        return read_id_token(head + "." + kPayload + ".AAAA");
    };
    CHECK(token(R"({"alg":"RS256"})").ok());
    for (const char* header :
         {R"({"alg":"none"})", R"({"alg":"HS256"})", R"({"alg":"RS512"})", R"({"alg":"PS256"})",
          R"({"alg":"rs256"})", R"({"alg":5})", R"({})", R"([])", R"({"alg":"RS256","alg":"none"})",
          R"({"alg":"RS256","crit":["b64"]})", R"({"alg":"RS256","kid":7})", R"("RS256")"}) {
        CAPTURE(header);
        CHECK_FALSE(token(header).ok());
    }
    for (const std::string& text :
         {std::string(), std::string("."), std::string(".."), std::string("a.b"), kRsaToken + ".x",
          "eyJhbGciOiJSUzI1NiJ9=." + kPayload + ".AAAA", "eyJhbGciOiJSUzI1NiJ9." + kPayload + ".A+AA",
          std::string("eyJhbGciOiJSUzI1NiJ9.W10.AAAA"), std::string(20'000, 'A')}) {
        CAPTURE(text.substr(0, 60));
        CHECK_FALSE(read_id_token(text).ok());
    }
}

TEST_CASE("keys for other uses are passed over, and a set without a usable one is refused") {
    CHECK(read_keys(keys(R"({"kty":"oct","k":"AAAA"},)" + kEcKey))->size() == 1);
    CHECK(read_keys(keys(R"({"kty":"RSA","use":"enc","n":"AAAA","e":"AQAB"},)" + kEcKey))->size() == 1);
    CHECK(read_keys(keys(R"({"kty":"RSA","n":"AAAA","e":"AQAB"},)" + kEcKey))->size() == 1); // far too short
    CHECK(read_keys(keys(R"({"kty":"EC","crv":"P-384","x":"AAAA","y":"AAAA"},)" + kEcKey))->size() == 1);
    for (
        const std::string& text :
        {std::string(), std::string("{}"), keys(""), keys(R"({"kty":"oct","k":"AAAA"})"),
         std::string(R"({"keys":{}})"),
         // not on the curve
         keys(
             R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})"),
         // an exponent of one, and an even one
         keys(R"({"kty":"RSA","n":")" + std::string(343, 'o') + R"(","e":"AQ"})"),
         keys(R"({"kty":"RSA","n":")" + std::string(343, 'o') + R"(","e":"Ag"})")}) {
        CAPTURE(text.substr(0, 80));
        CHECK_FALSE(read_keys(text).ok());
    }
    std::string many = kEcKey;
    for (int i = 0; i < 64; ++i)
        many += "," + kEcKey;
    CHECK_FALSE(read_keys(keys(many)).ok());
}

TEST_CASE("claims are for us, now, and for this sign-in") {
    const std::string good =
        R"({"iss":"https://id.example","aud":"oakum","sub":"7","exp":1000300,"iat":999990,"nonce":"n-1"})";
    CHECK(claims(good).ok());
    CHECK(claims(R"({"iss":"https://id.example","aud":["oakum"],"exp":1000300,"iat":1000000,"nonce":"n-1"})")
              .ok());
    CHECK(
        claims(
            R"({"iss":"https://id.example","aud":["x","oakum"],"azp":"oakum","exp":1000300,"iat":1000000,"nonce":"n-1"})")
            .ok());
    // A minute of drift, and no more.
    CHECK(claims(good, 1000359).ok());
    CHECK_FALSE(claims(good, 1000360).ok());
    CHECK(claims(good, 999930).ok());
    CHECK_FALSE(claims(good, 999929).ok());
    for (
        const char* wrong :
        {R"({"iss":"https://id.example/","aud":"oakum","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://evil.example","aud":"oakum","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"aud":"oakum","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"another","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":[],"exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":["oakum","another"],"exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","azp":"another","exp":1000300,"iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","exp":"1000300","iat":999990,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","exp":1000300,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","exp":1000300,"iat":999990,"nbf":1000200,"nonce":"n-1"})",
         R"({"iss":"https://id.example","aud":"oakum","exp":1000300,"iat":999990})",
         R"({"iss":"https://id.example","aud":"oakum","exp":1000300,"iat":999990,"nonce":"n-2"})"}) {
        CAPTURE(wrong);
        const auto status = claims(wrong);
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().kind == base::ErrorKind::unauthenticated);
    }
    const auto subject = [](const std::string& text) { return subject_of(*json::parse(text)); };
    CHECK(subject(R"({"sub":"auth0|7"})").value() == "auth0|7");
    for (const char* wrong :
         {R"({})", R"({"sub":""})", R"({"sub":"a b"})", R"({"sub":"\u00fc"})", R"({"sub":7})"})
        CHECK_FALSE(subject(wrong).ok());
    CHECK_FALSE(subject(R"({"sub":")" + std::string(256, 'x') + R"("})").ok());
}

TEST_CASE("a provider is asked over https, or plainly on this machine itself") {
    const auto host = [](const char* url) {
        const auto address = parse_address(url);
        return address.ok() ? address->host + ":" + std::to_string(address->port) + address->target
                            : "refused";
    };
    CHECK(host("https://id.example") == "id.example:443/");
    CHECK(host("https://id.example:8443/realms/x?y=1") == "id.example:8443/realms/x?y=1");
    CHECK(host("https://id.example?y=1") == "id.example:443/?y=1");
    CHECK(host("http://127.0.0.1:3000/a") == "127.0.0.1:3000/a");
    CHECK(host("http://[::1]:3000/a") == "::1:3000/a");
    for (const char* refused :
         {"", "id.example", "ftp://id.example", "http://id.example/", "http://127.0.0.1.evil.example/",
          "https://", "https:///x", "https://user@id.example/", "https://id.example:0/",
          "https://id.example:99999/", "https://id.example:x/", "https://id.example/#f",
          "https://id.example/ x", "https://id.example/\r\nx", "https://[::1/x",
          "http://localhost@evil.example/", "https://id.example\\@evil.example/"}) {
        CAPTURE(refused);
        CHECK(host(refused) == "refused");
    }
    const auto describes = [](const char* text) { return read_discovery(text, "https://id.example").ok(); };
    CHECK(describes(
        R"({"issuer":"https://id.example","authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t","jwks_uri":"https://id.example/k","more":[1.5]})"));
    CHECK_FALSE(describes(
        R"({"issuer":"https://evil.example","authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t","jwks_uri":"https://id.example/k"})"));
    CHECK_FALSE(describes(
        R"({"issuer":"https://id.example","authorization_endpoint":"javascript:alert","token_endpoint":"https://id.example/t","jwks_uri":"https://id.example/k"})"));
    CHECK_FALSE(describes(
        R"({"issuer":"https://id.example","authorization_endpoint":"https://id.example/a","token_endpoint":"http://10.0.0.1/t","jwks_uri":"https://id.example/k"})"));
    CHECK_FALSE(describes(R"({"issuer":"https://id.example"})"));
}

TEST_CASE("the provider's refusal is a word of it and nothing more") {
    CHECK(read_token_answer(200, R"({"id_token":"a.b.c","access_token":"x"})").value() == "a.b.c");
    const auto refused =
        read_token_answer(400, R"({"error":"invalid_grant\u001b[31m","error_description":"x"})");
    CHECK(refused.error().kind == base::ErrorKind::unauthenticated);
    CHECK(refused.error().message.ends_with("(invalid_grantm)"));
    CHECK_FALSE(read_token_answer(200, "{}").ok());
    CHECK_FALSE(read_token_answer(200, "<html>").ok());
    CHECK_FALSE(read_token_answer(502, "<html>").ok());
}
