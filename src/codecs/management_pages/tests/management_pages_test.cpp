// SPDX-License-Identifier: Apache-2.0
#include <management_pages/answers.hpp>
#include <management_pages/intune.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::management_pages;
using connector::ManagedDevice;

namespace {

// A managedDevice as Graph's documentation and schema (v1.0) describe it.
std::string phone(const std::string& more = "") {
    return R"({"id":"705c034c-034c-705c-4c03-5c704c035c70","deviceName":"Reception iPad","serialNumber":"DMPXK1","imei":"0",)"
           R"("udid":"","wiFiMacAddress":"001A2B3C4D5E","manufacturer":"Apple","model":"iPad Pro","operatingSystem":"iOS",)"
           R"j("osVersion":"26.3 (23D127)","androidSecurityPatchLevel":"","isSupervised":true,"managedDeviceOwnerType":"company",)j"
           R"("managementState":"managed","complianceState":"inGracePeriod","isEncrypted":true,"jailBroken":"False",)"
           R"("lastSyncDateTime":"2026-11-25T20:12:01Z","deviceCategoryDisplayName":"Kiosk")" +
           more + "}";
}
std::string page(const std::string& records, const std::string& more = "") {
    return R"({"@odata.context":"x","value":[)" + records + "]" + more + "}";
}
ManagedDevice only(const std::string& record) {
    auto read = intune_devices(page(record));
    REQUIRE(read.ok());
    REQUIRE(read->devices.size() == 1);
    return read->devices.front();
}

} // namespace

TEST_CASE("a company's device comes with what Intune says of it, under our names") {
    const ManagedDevice ipad = only(phone());
    CHECK(ipad.id == "705c034c-034c-705c-4c03-5c704c035c70");
    CHECK_FALSE(ipad.personal);
    CHECK(base::to_iso8601(*ipad.told) == "2026-11-25T20:12:01Z");
    const std::map<std::string, std::string> expected{{"x.intune_id", ipad.id},
                                                      {"x.managed_by", "Microsoft Intune"},
                                                      {"name", "Reception iPad"},
                                                      {"serial", "DMPXK1"},
                                                      {"x.mac", "001A2B3C4D5E"},
                                                      {"manufacturer", "Apple"},
                                                      {"model", "iPad Pro"},
                                                      {"kind", "tablet"},
                                                      {"platform", "ipados"},
                                                      {"os_version", "26.3"},
                                                      {"x.os_build", "23D127"},
                                                      {"x.supervised", "yes"},
                                                      {"x.ownership", "company"},
                                                      {"x.management_state", "managed"},
                                                      {"x.compliance", "inGracePeriod"},
                                                      {"x.encrypted", "yes"},
                                                      {"x.jailbroken", "false"},
                                                      {"tag.category", "Kiosk"}};
    CHECK(ipad.facts == expected);
}

TEST_CASE("systems, versions and patch levels are read as they are meant") {
    const auto fact = [](const std::string& record, const std::string& key) {
        const ManagedDevice device = only(record);
        const auto found = device.facts.find(key);
        return found == device.facts.end() ? std::string("-") : found->second;
    };
    const auto of = [](const std::string& system, const std::string& version, const std::string& level) {
        return R"({"id":"a","operatingSystem":")" + system + R"(","osVersion":")" + version +
               R"(","androidSecurityPatchLevel":")" + level + R"(","managedDeviceOwnerType":"company"})";
    };
    CHECK(fact(of("AndroidForWork", "16", "2026-08-05"), "platform") == "android");
    CHECK(fact(of("AndroidEnterprise", "16", "2026-08-05"), "patch_level") == "2026-08-05");
    CHECK(fact(of("Android", "16", "0001-01-01"), "patch_level") == "-");
    CHECK(fact(of("Android", "16", "soon"), "patch_level") == "-");
    CHECK(fact(of("iOS", "16.5.1 (a)", ""), "os_version") == "16.5.1 (a)");
    CHECK(fact(of("iPadOS", "26.3", ""), "platform") == "ipados");
    CHECK(fact(of("Windows", "10.0.26100.1", ""), "os_version") == "10.0.26100.1");
    // A system that is not known here stays what it is.
    CHECK(fact(of("HarmonyNext", "1", ""), "platform") == "harmonynext");
}

TEST_CASE("personal devices, and those of nobody known, come with the least") {
    for (const char* owner : {"personal", "unknown", "unknownFutureValue", "somethingNew", ""}) {
        const ManagedDevice device = only(
            R"({"id":"b","deviceName":"Anna's iPhone","serialNumber":"S1","imei":"35","operatingSystem":"iOS",)"
            R"("osVersion":"26.3","managedDeviceOwnerType":")" +
            std::string(owner) + R"(","userPrincipalName":"anna@example.org"})");
        CHECK(device.personal);
        CHECK_FALSE(device.facts.contains("serial"));
        CHECK_FALSE(device.facts.contains("name"));
        CHECK_FALSE(device.facts.contains("x.imei"));
        CHECK(device.facts.at("os_version") == "26.3");
    }
    // What names a person is not even asked for.
    for (const char* person : {"user", "phone", "email", "managedDeviceName"})
        CHECK(intune_device_properties().find(person) == std::string_view::npos);
}

TEST_CASE("a new word of an enumeration stays as it is, and a record that cannot be read costs only itself") {
    const auto read = intune_devices(page(
        phone() +
            R"(,{"deviceName":"without id"},7,{"id":"c","managedDeviceOwnerType":"company",)"
            R"("complianceState":"quantumState","isSupervised":"maybe","lastSyncDateTime":"0001-01-01T00:00:00Z",)"
            R"("model":null,"osVersion":17})",
        R"(,"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skiptoken=%20a")"));
    REQUIRE(read.ok());
    CHECK(read->devices.size() == 2);
    CHECK(read->unread.size() == 2);
    CHECK(read->records() == 4);
    CHECK(read->next == "https://graph.microsoft.com/v1.0/x?$skiptoken=%20a");
    const ManagedDevice& odd = read->devices.back();
    CHECK(odd.facts.at("x.compliance") == "quantumState");
    CHECK_FALSE(odd.facts.contains("x.supervised"));
    CHECK_FALSE(odd.facts.contains("os_version"));
    CHECK_FALSE(odd.told);
}

TEST_CASE("what is no page is refused") {
    for (const char* body : {"", "{}", "[]", R"({"value":{}})", R"({"value":[)", "<html>sign in</html>",
                             R"({"value":[],"@odata.nextLink":7})", R"({"error":{"code":"x"}})"})
        CHECK_MESSAGE(!intune_devices(body).ok(), body);
    std::string many;
    for (int i = 0; i < 5'001; ++i)
        many += std::string(i > 0 ? "," : "") + "{}";
    CHECK_FALSE(intune_devices(page(many)).ok());
}

TEST_CASE("apps of phones are components, those of desktops are left") {
    const auto apps = intune_apps(page(
        R"({"id":"1","displayName":"Outlook","version":"4.2","platform":"ios"},)"
        R"({"id":"2","displayName":"Visio","version":"16","platform":"windows"},)"
        R"({"id":"3","displayName":"Teams","version":"","platform":"androidWorkProfile"},{"id":"","displayName":"x","platform":"ios"})"));
    REQUIRE(apps.ok());
    REQUIRE(apps->apps.size() == 2);
    CHECK(apps->apps[0].app.name == "Outlook");
    CHECK(apps->apps[0].app.version == "4.2");
    CHECK(apps->apps[0].app.kind == component::Kind::application);
    CHECK(apps->apps[1].id == "3");
    const auto ids = intune_device_ids(page(R"({"id":"a"},{"id":"b"},{"x":1})"));
    REQUIRE(ids.ok());
    CHECK(ids->ids == std::vector<std::string>{"a", "b"});
}

TEST_CASE("tokens are bounded in time, and go into a header as they are") {
    const auto token = token_of(R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ.a-b_c"})");
    REQUIRE(token.ok());
    CHECK(token->text == "eyJ.a-b_c");
    CHECK(token->good_for == std::chrono::seconds(3599));
    CHECK(token_of(R"({"expires_in":"3599","access_token":"a"})")->good_for == std::chrono::seconds(3599));
    CHECK(token_of(R"({"expires_in":-5,"access_token":"a"})")->good_for == std::chrono::seconds(60));
    CHECK(token_of(R"({"access_token":"a"})")->good_for == std::chrono::seconds(300));
    for (const char* bad : {R"({"access_token":"a\r\nX: y"})", R"({"access_token":""})", "{}", "no"})
        CHECK_MESSAGE(!token_of(bad).ok(), bad);
}

TEST_CASE("refusals say why, in one line") {
    CHECK(
        error_in(
            R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1"})") ==
        "AADSTS7000215: Invalid client secret provided");
    CHECK(
        error_in(
            R"({"error":{"code":"Forbidden","message":"Application is not authorized\nto perform this operation."}})") ==
        "Forbidden: Application is not authorized to perform this operation");
    CHECK(error_in(R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}})") ==
          "PERMISSION_DENIED: no");
    CHECK(error_in("<html>").empty());
    CHECK(error_in(R"({"error":"x"})") == "x");
    CHECK(error_in(R"({"error":{"message":")" + std::string(5'000, 'x') + R"("}})").size() < 310);
}
