// SPDX-License-Identifier: Apache-2.0
#include <android_management/android_management.hpp>
#include <android_management/assertion.hpp>

#include "../../../engine/connectors/tests/fake_server.hpp"

#include <doctest/doctest.h>
#include <json/writer.hpp>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

using namespace oakum;
using connectors::test::Server;

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key make_key(unsigned bits) {
    return {EVP_RSA_gen(bits), EVP_PKEY_free};
}
std::string pem_of(const Key& key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    REQUIRE(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}
const Key& key() {
    static const Key made = make_key(2048);
    return made;
}

connector::Connector enterprise() {
    connector::Connector one;
    one.name = "droids";
    one.kind = connector::Kind::android_management;
    one.url = "https://amapi.example";
    one.sign_in = "https://oauth.example";
    one.account = "LC01";
    one.client = "oakum@p.iam.gserviceaccount.com";
    json::Writer(one.secret)
        .begin_object()
        .member("type", "service_account")
        .member("client_email", one.client)
        .member("private_key_id", "k1")
        .member("private_key", pem_of(key()))
        .end_object();
    return one;
}
const std::string kToken = "https://oauth.example/token";
const std::string kDevices = "https://amapi.example/v1/enterprises/LC01/devices";

struct Google : Server {
    connectors::Tokens tokens;
    Google() { answers[kToken] = {{200, R"({"access_token":"t1","expires_in":3600})"}}; }
    base::Result<std::unique_ptr<ports::ManagementSystem>>
    open(const connector::Connector& one = enterprise()) {
        return android_management::open(one, world(), tokens);
    }
};

std::vector<std::string> parts_of(const std::string& token) {
    const std::size_t one = token.find('.'), two = token.rfind('.');
    REQUIRE(one != two);
    return {token.substr(0, one), token.substr(one + 1, two - one - 1), token.substr(two + 1)};
}
std::string decoded(const std::string& part) {
    const auto bytes = base::from_base64(part);
    REQUIRE(bytes.ok());
    return std::string(base::as_text(*bytes));
}

} // namespace

TEST_CASE("an assertion says who asks for what until when, and is signed by its key") {
    const android_management::Claims claims{"o@p", "k1", "scope", "https://oauth/token",
                                            base::from_unix_ms(1'800'000'000'123)};
    const auto token = android_management::assertion(claims, pem_of(key()));
    REQUIRE(token.ok());
    const auto parts = parts_of(*token);
    CHECK(decoded(parts[0]) == R"({"alg":"RS256","typ":"JWT","kid":"k1"})");
    CHECK(decoded(parts[1]) ==
          R"({"iss":"o@p","scope":"scope","aud":"https://oauth/token","iat":1800000000,"exp":1800003600})");
    const std::string signed_part = parts[0] + "." + parts[1], signature = decoded(parts[2]);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    REQUIRE(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key().get()) == 1);
    CHECK(EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                           signature.size(), reinterpret_cast<const unsigned char*>(signed_part.data()),
                           signed_part.size()) == 1);
}

TEST_CASE("what is no RSA key of 2048 bits is refused, without what is in it") {
    for (const std::string& bad : {std::string("PEM"), std::string(), pem_of(make_key(1024))}) {
        const auto token = android_management::assertion({"o", "k", "s", "a", {}}, bad);
        REQUIRE_FALSE(token.ok());
        CHECK(token.error().message ==
              "the private key of the service account is no RSA key of 2048 bits or more");
    }
}

TEST_CASE("it signs in as the service account and reads pages by their tokens") {
    Google google;
    google.answers[kDevices] = {
        {200, R"({"devices":[{"name":"a","ownership":"COMPANY_OWNED"}],"nextPageToken":"p+2"})"},
        {200, R"({"devices":[{"name":"b","ownership":"COMPANY_OWNED"}]})"}};
    const auto system = google.open();
    REQUIRE(system.ok());
    const auto first = (*system)->devices("");
    REQUIRE(first.ok());
    const auto second = (*system)->devices(first->next);
    REQUIRE(second.ok());
    CHECK(second->devices.front().id == "b");
    CHECK(second->next.empty());
    REQUIRE(google.asked.size() == 3);
    CHECK(google.asked[0].body.starts_with(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"));
    CHECK(google.asked[1].url.starts_with(kDevices + "?pageSize=100&fields=nextPageToken%2Cdevices%28name"));
    CHECK(google.asked[2].url.ends_with("&pageToken=p%2B2"));
    CHECK(google.asked[2].key->second == "Bearer t1");
    CHECK((*system)->apps("")->apps.empty());
    for (const auto& wish : google.asked)
        CHECK((wish.method == "GET" || wish.url == kToken));
    CHECK(google.asked[1].url.find("applicationReports") == std::string::npos);
    connector::Connector apps = enterprise();
    apps.apps = true;
    apps.account = "enterprises/LC01";
    REQUIRE((*google.open(apps))->devices("").ok());
    CHECK(google.asked.back().url.find("applicationReports") != std::string::npos);
}

TEST_CASE("what is missing is said by its name, and nothing of the key") {
    Google google;
    google.answers[kDevices] = {
        {403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}})"}};
    const auto denied = (*google.open())->try_out();
    REQUIRE_FALSE(denied.ok());
    CHECK(denied.error().message.find("give the service account the role roles/androidmanagement.user") !=
          std::string::npos);
    google.answers[kToken] = {
        {400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})"}};
    connectors::Tokens fresh;
    const auto refused = (*android_management::open(enterprise(), google.world(), fresh))->try_out();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::unauthenticated);
    CHECK(refused.error().message.find("Invalid JWT Signature") != std::string::npos);
    CHECK(refused.error().message.find("clock") != std::string::npos);
    connector::Connector other = enterprise();
    other.client = "other@p.iam.gserviceaccount.com";
    CHECK(google.open(other).error().message.find("another service account") != std::string::npos);
    other.secret = "{}";
    CHECK(google.open(other).error().kind == base::ErrorKind::invalid);
}
