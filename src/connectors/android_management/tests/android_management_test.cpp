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

namespace {

const std::string kPolicies = "https://amapi.example/v1/enterprises/LC01/policies/";
const std::string kPhone = kDevices + "/3a";

ports::UpdateWish wish(std::string before = {}) {
    ports::UpdateWish wish;
    wish.device = "enterprises/LC01/devices/3a";
    wish.before = std::move(before);
    return wish;
}
Server::Answer has(const std::string& policy) {
    return {200, R"({"policyName":"enterprises/LC01/policies/)" + policy + R"("})"};
}

} // namespace

TEST_CASE("a phone is told by a copy of the policy that it has, and gets its own one back") {
    Google google;
    google.answers[kPhone] = {has("default")};
    google.answers[kPolicies + "default"] = {{200, R"({"name":"n","version":"3","cameraDisabled":true})"}};
    const auto system = google.open();
    REQUIRE(system.ok());
    const auto change = (*system)->plan_update(wish());
    REQUIRE(change.ok());
    for (const ports::FetchWish& asked : google.asked)
        CHECK((asked.method == "GET" || asked.url == kToken));
    CHECK(change->before == "default");
    CHECK(change->after.starts_with("oakum-default-"));
    REQUIRE(change->calls.size() == 2);
    CHECK(change->calls[0].url == kPolicies + change->after);
    CHECK(change->calls[0].body == R"({"cameraDisabled":true,"systemUpdate":{"type":"AUTOMATIC"}})");
    CHECK(change->calls[1].url == kPhone + "?updateMask=policyName");
    CHECK(change->calls[1].body == R"({"policyName":"enterprises/LC01/policies/)" + change->after + R"("})");

    google.answers[kPolicies + change->after] = {{200, "{}"}};
    google.asked.clear();
    for (const ports::ManagementCall& call : change->calls)
        REQUIRE((*system)->send(call).ok());
    REQUIRE(google.asked.size() == 2);
    CHECK(google.asked[0].method == "PATCH");
    CHECK(google.asked[1].content_type == "application/json");
    // The next phone of that policy needs no other one, and the policy is not read again.
    const auto next = (*system)->plan_update(wish());
    REQUIRE(next.ok());
    CHECK(next->calls.size() == 1);

    google.answers[kPhone] = {has(change->after)};
    const auto back = (*system)->plan_return("enterprises/LC01/devices/3a", "default", change->after);
    REQUIRE(back.ok());
    REQUIRE(back->calls.size() == 1);
    CHECK(back->calls[0].body == R"({"policyName":"enterprises/LC01/policies/default"})");
}

TEST_CASE("a phone that was told already keeps in mind what it had before") {
    Google google;
    google.answers[kPhone] = {has("oakum-default-12345678")};
    google.answers[kPolicies + "default"] = {{200, "{}"}};
    const auto system = google.open();
    const auto change = (*system)->plan_update(wish("default"));
    REQUIRE(change.ok());
    CHECK(change->before == "default");
    // Without that nobody knows what to put back: it is left alone.
    const auto unknown = (*system)->plan_update(wish());
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().kind == base::ErrorKind::invalid);
}

TEST_CASE("an earlier copy of ours is put back too, and what cannot be read is of that phone alone") {
    Google google;
    google.answers[kPhone] = {has("oakum-default-1"), {200, R"({"policyName":7})"}, {404, "{}"}};
    const auto system = google.open();
    const auto back = (*system)->plan_return("enterprises/LC01/devices/3a", "default", "oakum-default-2");
    REQUIRE(back.ok());
    CHECK(back->calls.size() == 1);
    CHECK((*system)->plan_update(wish()).error().kind == base::ErrorKind::invalid);
    CHECK((*system)->plan_update(wish()).error().kind == base::ErrorKind::not_found);
}

TEST_CASE("where somebody else set something meanwhile there is nothing to put back") {
    Google google;
    google.answers[kPhone] = {has("kiosk")};
    const auto system = google.open();
    const auto back = (*system)->plan_return("enterprises/LC01/devices/3a", "default", "oakum-default-1");
    REQUIRE(back.ok());
    CHECK(back->calls.empty());
}

TEST_CASE("a device's id leads to no other address") {
    Google google;
    google.answers[kDevices + "/x%3Fy%23"] = {has("")};
    const auto system = google.open();
    ports::UpdateWish odd = wish();
    odd.device = "enterprises/LC02/devices/../../x?y#";
    const auto refused = (*system)->plan_update(odd);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "it has no policy in its enterprise");
    CHECK(google.asked.back().url == kDevices + "/x%3Fy%23?fields=policyName");
}
