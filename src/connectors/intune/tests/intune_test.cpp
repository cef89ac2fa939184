// SPDX-License-Identifier: Apache-2.0
#include <intune/intune.hpp>

#include "../../../engine/connectors/tests/fake_server.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using connectors::test::Server;

namespace {

connector::Connector hq() {
    connector::Connector one;
    one.name = "hq";
    one.url = "https://graph.example";
    one.sign_in = "https://login.example";
    one.account = "tenant-1";
    one.client = "client-1";
    one.secret = "s3cr&t";
    return one;
}
const std::string kToken = "https://login.example/tenant-1/oauth2/v2.0/token";
const std::string kFirst = "https://graph.example/v1.0/deviceManagement/managedDevices";
const std::string kApps = "https://graph.example/v1.0/deviceManagement/detectedApps";

std::string phone(const std::string& id) {
    return R"({"id":")" + id +
           R"(","operatingSystem":"iOS","osVersion":"26.3","managedDeviceOwnerType":"company"})";
}
std::string page(const std::string& records, const std::string& next = "") {
    return R"({"value":[)" + records + "]" + (next.empty() ? "" : R"(,"@odata.nextLink":")" + next + '"') +
           "}";
}

struct Graph : Server {
    connectors::Tokens tokens;
    Graph() { answers[kToken] = {{200, R"({"access_token":"t1","expires_in":3600})"}}; }
    std::unique_ptr<ports::ManagementSystem> open(const connector::Connector& one = hq()) {
        return intune::open(one, world(), tokens);
    }
};

} // namespace

TEST_CASE("it signs in with client credentials once, and reads pages by the links that it is given") {
    Graph graph;
    graph.answers[kFirst] = {{200, page(phone("a"), kFirst + "?$skiptoken=X%20y")}};
    graph.answers[kFirst + "?$skiptoken=X%20y"] = {{200, page(phone("b"))}};
    const auto intune = graph.open();
    const auto first = intune->devices("");
    REQUIRE(first.ok());
    CHECK(first->devices.front().id == "a");
    const auto second = intune->devices(first->next);
    REQUIRE(second.ok());
    CHECK(second->devices.front().id == "b");
    CHECK(second->next.empty());
    REQUIRE(graph.asked.size() == 3);
    CHECK(graph.asked[0].method == "POST");
    CHECK(graph.asked[0].url == kToken);
    CHECK(graph.asked[0].body ==
          "grant_type=client_credentials&client_id=client-1&client_secret=s3cr%26t&scope="
          "https%3A%2F%2Fgraph.example%2F.default");
    CHECK_FALSE(graph.asked[0].key);
    CHECK(graph.asked[1].method == "GET");
    CHECK(graph.asked[1].key->second == "Bearer t1");
    CHECK(graph.asked[1].url.find("$select=id,deviceName,serialNumber") != std::string::npos);
    CHECK(graph.asked[2].url == kFirst + "?$skiptoken=X%20y");
    // Another sweep of the same process needs no other token.
    REQUIRE(graph.open()->devices("").ok());
    CHECK(graph.asked.size() == 4);
    // With another secret it does.
    connector::Connector changed = hq();
    changed.secret = "other";
    REQUIRE(graph.open(changed)->devices("").ok());
    CHECK(graph.asked.size() == 6);
}

TEST_CASE("a link to another server is not followed, and no token goes there") {
    Graph graph;
    for (const char* next :
         {"https://evil.example/x", "https://graph.example.evil.example/x", "http://graph.example/x",
          "https://graph.example@evil.example/x", "//evil.example/x", "file:///etc/passwd"}) {
        graph.answers[kFirst] = {{200, page(phone("a"), next)}};
        const auto intune = graph.open();
        const auto first = intune->devices("");
        REQUIRE(first.ok());
        const auto second = intune->devices(first->next);
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().kind == base::ErrorKind::invalid);
        CHECK(graph.asked.back().url.starts_with(kFirst));
    }
}

TEST_CASE("a page that is cut behind a proxy is asked for again, and one that stays broken is given up") {
    Graph graph;
    graph.answers[kFirst] = {{200, R"({"value":[{"id":"a")"}, {200, page(phone("a"))}};
    CHECK(graph.open()->devices("").ok());
    graph.answers[kFirst] = {{200, "<html>please sign in</html>"}};
    const auto broken = graph.open()->devices("");
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().kind == base::ErrorKind::unavailable);
    CHECK(broken.error().message.find("cannot be read") != std::string::npos);
}

TEST_CASE("what is missing is said by its name, and the secret is not") {
    Graph graph;
    graph.answers[kFirst] = {{403, R"({"error":{"code":"Forbidden","message":"not authorized"}})"}};
    const auto denied = graph.open()->try_out();
    REQUIRE_FALSE(denied.ok());
    CHECK(denied.error().message ==
          "it refuses for want of a permission (status 403): Forbidden: not authorized; grant "
          "DeviceManagementManagedDevices.Read.All as an application permission, with admin consent");
    graph.answers[kToken] = {
        {401, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret."})"}};
    connectors::Tokens fresh;
    const auto refused = intune::open(hq(), graph.world(), fresh)->try_out();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == base::ErrorKind::unauthenticated);
    CHECK(refused.error().message.find("AADSTS7000215") != std::string::npos);
    CHECK(refused.error().message.find("has expired") != std::string::npos);
    CHECK(refused.error().message.find("s3cr") == std::string::npos);
}

TEST_CASE("apps come with the devices that have them") {
    Graph graph;
    graph.answers[kApps] = {
        {200, page(R"({"id":"x","displayName":"Outlook","version":"4.2","platform":"ios"})")}};
    graph.answers[kApps + "/x/managedDevices"] = {
        {200, page(R"({"id":"a"})", kApps + "/x/managedDevices?p=2")}};
    graph.answers[kApps + "/x/managedDevices?p=2"] = {{200, page(R"({"id":"b"})")}};
    const auto found = graph.open()->apps("");
    REQUIRE(found.ok());
    REQUIRE(found->apps.size() == 1);
    CHECK(found->apps[0].app.name == "Outlook");
    CHECK(found->apps[0].devices == std::vector<std::string>{"a", "b"});
    CHECK(found->next.empty());
    graph.answers[kApps + "/x/managedDevices?p=2"] = {{200, page("", kApps + "/x/managedDevices?p=2")}};
    CHECK_FALSE(graph.open()->apps("").ok());
}

TEST_CASE("trying out says that credentials and permission are good, and only reads") {
    Graph graph;
    graph.answers[kFirst] = {{200, page(phone("a"))}};
    const auto tried = graph.open()->try_out();
    REQUIRE(tried.ok());
    CHECK(tried->find("DeviceManagementManagedDevices.Read.All is granted") != std::string::npos);
    CHECK(graph.asked.back().url.find("$top=1") != std::string::npos);
    for (const auto& wish : graph.asked)
        CHECK((wish.method == "GET" || wish.url == kToken));
}
