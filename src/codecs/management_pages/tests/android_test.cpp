// SPDX-License-Identifier: Apache-2.0
#include <management_pages/android.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::management_pages;
using connector::ManagedDevice;

namespace {

// A device as the API's reference describes it.
std::string device(const std::string& ownership, const std::string& more = "") {
    return R"({"name":"enterprises/LC01/devices/3a","state":"ACTIVE","appliedState":"ACTIVE","managementMode":"DEVICE_OWNER",)"
           R"("ownership":")" +
           ownership +
           R"(","apiLevel":36,"policyName":"enterprises/LC01/policies/kiosk","appliedPolicyName":"enterprises/LC01/policies/default","policyCompliant":false,)"
           R"("lastStatusReportTime":"2026-11-25T20:12:01.123Z","previousDeviceNames":["enterprises/LC01/devices/2b"],)"
           R"("hardwareInfo":{"manufacturer":"Google","model":"Pixel 8","serialNumber":"G1"},)"
           R"("softwareInfo":{"androidVersion":"16","androidBuildNumber":"BP2A","securityPatchLevel":"2026-08-05",)"
           R"("systemUpdateInfo":{"updateStatus":"SECURITY_UPDATE_AVAILABLE"}},)"
           R"("networkInfo":{"imei":"351234567890123","wifiMacAddress":"02:00:00:00:00:01"},)"
           R"("securityPosture":{"devicePosture":"SECURE"})" +
           more + "}";
}
std::string page(const std::string& records, const std::string& more = "") {
    return R"({"devices":[)" + records + "]" + more + "}";
}

} // namespace

TEST_CASE("a company's device comes with what its policy has reported, under our names") {
    const auto read = android_devices(page(device("COMPANY_OWNED"), R"(,"nextPageToken":"t+/=")"));
    REQUIRE(read.ok());
    CHECK(read->next == "t+/=");
    REQUIRE(read->devices.size() == 1);
    const ManagedDevice& pixel = read->devices.front();
    CHECK(pixel.id == "enterprises/LC01/devices/3a");
    CHECK(pixel.earlier_ids == std::vector<std::string>{"enterprises/LC01/devices/2b"});
    CHECK_FALSE(pixel.personal);
    CHECK_FALSE(pixel.apps);
    CHECK(base::to_iso8601(*pixel.told) == "2026-11-25T20:12:01Z");
    CHECK(pixel.facts == std::map<std::string, std::string>{{"x.amapi_device", "enterprises/LC01/devices/3a"},
                                                            {"x.managed_by", "Android Management API"},
                                                            {"platform", "android"},
                                                            {"manufacturer", "Google"},
                                                            {"model", "Pixel 8"},
                                                            {"serial", "G1"},
                                                            {"x.imei", "351234567890123"},
                                                            {"x.mac", "02:00:00:00:00:01"},
                                                            {"os_version", "16"},
                                                            {"x.os_build", "BP2A"},
                                                            {"patch_level", "2026-08-05"},
                                                            {"x.update_status", "SECURITY_UPDATE_AVAILABLE"},
                                                            {"x.ownership", "company"},
                                                            {"x.management_mode", "DEVICE_OWNER"},
                                                            {"x.management_state", "ACTIVE"},
                                                            {"x.posture", "SECURE"},
                                                            {"x.policy", "kiosk"},
                                                            {"x.applied_policy", "default"},
                                                            {"x.api_level", "36"},
                                                            {"x.compliance", "noncompliant"}});
}

TEST_CASE("a personal device comes with the least, whatever is reported of it") {
    for (const char* ownership : {"PERSONALLY_OWNED", "OWNERSHIP_UNSPECIFIED", "SOMETHING_NEW", ""}) {
        const auto read = android_devices(
            page(device(ownership, R"(,"applicationReports":[{"packageName":"a.b","state":"INSTALLED"}])")));
        REQUIRE(read.ok());
        const ManagedDevice& own = read->devices.front();
        CHECK(own.personal);
        CHECK_FALSE(own.apps);
        for (const char* key : {"serial", "x.imei", "x.mac"})
            CHECK_FALSE(own.facts.contains(key));
        CHECK(own.facts.at("patch_level") == "2026-08-05");
    }
    for (const char* person : {"user", "enrollmentToken", "networkOperator"})
        CHECK(android_device_fields(true).find(person) == std::string::npos);
}

TEST_CASE("apps that are installed are components; what was removed is not") {
    const auto read = android_devices(page(device(
        "COMPANY_OWNED",
        R"(,"applicationReports":[{"packageName":"com.a","displayName":"A","versionName":"1.2","versionCode":12,"state":"INSTALLED"},)"
        R"({"packageName":"com.b","versionName":"3","state":"REMOVED"},{"packageName":"com.c","versionName":"3"},{"displayName":"x"},7])")));
    REQUIRE(read.ok());
    REQUIRE(read->devices.front().apps);
    const auto& apps = *read->devices.front().apps;
    REQUIRE(apps.size() == 2);
    CHECK(apps[0].name == "A");
    CHECK(apps[0].version == "1.2");
    CHECK(apps[0].bundle_id == "com.a");
    CHECK(apps[1].name == "com.c");
    CHECK(android_device_fields(false).find("applicationReports") == std::string::npos);
    CHECK(android_device_fields(true).find("applicationReports(packageName") != std::string::npos);
}

TEST_CASE("what is not reported is not there, what was deleted is left out, and what is no page is refused") {
    const auto read = android_devices(page(
        R"({"name":"n","ownership":"COMPANY_OWNED","softwareInfo":null,"hardwareInfo":7,"apiLevel":"x"},{"state":"ACTIVE"},)"
        R"({"name":"gone","state":"DELETED"})"));
    REQUIRE(read.ok());
    CHECK(read->devices.size() == 1);
    CHECK(read->unread.size() == 1);
    CHECK_FALSE(read->devices.front().facts.contains("os_version"));
    CHECK(android_devices("{}")->devices.empty());
    for (const char* body :
         {"", "[]", R"({"devices":{}})", R"({"error":{"code":403}})", R"({"nextPageToken":7})"})
        CHECK_MESSAGE(!android_devices(body).ok(), body);
}

TEST_CASE("a service account's key file is read, and what is wrong with one shows nothing of it") {
    const auto account = service_account_of(
        R"({"type":"service_account","client_email":"o@p.iam.gserviceaccount.com","private_key_id":"k1","private_key":"PEM"})");
    REQUIRE(account.ok());
    CHECK(account->email == "o@p.iam.gserviceaccount.com");
    CHECK(account->private_key == "PEM");
    const auto bad = service_account_of(R"({"client_email":"o","private_key_id":"k1","private_key":""})");
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().message == "the key file of the service account lacks private_key");
    CHECK_FALSE(service_account_of("-----BEGIN PRIVATE KEY-----").ok());
}
