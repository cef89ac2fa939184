// SPDX-License-Identifier: Apache-2.0
#include <management_pages/floors.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::management_pages;
using connector::Connector;
using connector::Floor;
using connector::Kind;

namespace {

Connector of(Kind kind) {
    Connector one;
    one.name = "hq";
    one.kind = kind;
    one.url = connector::about(kind).url;
    one.account = kind == Kind::intune ? "t" : "enterprises/LC01";
    return one;
}

} // namespace

TEST_CASE("on Intune a floor is a compliance policy, with the days of grace") {
    const FloorCalls ios = floor_calls(of(Kind::intune), {"ios", "26.4", "", 3}, {});
    REQUIRE(ios.calls.size() == 1);
    CHECK(ios.calls[0].method == "POST");
    CHECK(ios.calls[0].url == "https://graph.microsoft.com/v1.0/deviceManagement/deviceCompliancePolicies");
    CHECK(ios.calls[0].body ==
          R"({"@odata.type":"#microsoft.graph.iosCompliancePolicy","displayName":"Oakum: at least iOS 26.4",)"
          R"("osMinimumVersion":"26.4","scheduledActionsForRule":[{"ruleName":"PasswordRequired",)"
          R"("scheduledActionConfigurations":[{"actionType":"block","gracePeriodHours":72}]}]})");
    CHECK_FALSE(ios.cannot.empty());
    const FloorCalls android = floor_calls(of(Kind::intune), {"android", "", "2026-08-05", 7}, {});
    REQUIRE(android.calls.size() == 1);
    CHECK(android.calls[0].body.find(R"("minAndroidSecurityPatchLevel":"2026-08-05")") != std::string::npos);
    CHECK(android.calls[0].body.find("osMinimumVersion") == std::string::npos);
    CHECK(android.cannot[0].find("fully managed") != std::string::npos);
}

TEST_CASE(
    "on the Android Management API phones get a copy of their policy, which names no level and no wipe") {
    const FloorCalls calls =
        floor_calls(of(Kind::android_management), {"android", "16", "2026-08-05", 7}, {"kiosk", "a/b"});
    REQUIRE(calls.calls.size() == 4);
    const std::string root = "https://androidmanagement.googleapis.com/v1/enterprises/LC01/";
    CHECK(calls.calls[0].method == "PATCH");
    CHECK(calls.calls[0].url.starts_with(root + "policies/oakum-kiosk-"));
    CHECK(calls.calls[0].body == R"({"systemUpdate":{"type":"AUTOMATIC"}})");
    CHECK(calls.calls[1].url == root + "devices/DEVICE?updateMask=policyName");
    CHECK(calls.calls[1].body.starts_with(R"({"policyName":"enterprises/LC01/policies/oakum-kiosk-)"));
    CHECK(calls.calls[2].url.find("policies/oakum-a%2Fb-") != std::string::npos);
    for (const FloorCall& call : calls.calls) {
        CHECK(call.body.find("wipe") == std::string::npos);
        CHECK(call.body.find("minimumApiLevel") == std::string::npos);
    }
    Floor night{"android", "", "2026-08-05", 7};
    night.install_from = 1'320;
    night.install_to = 300;
    CHECK(floor_calls(of(Kind::android_management), night, {"kiosk"}).calls[0].body ==
          R"({"systemUpdate":{"type":"WINDOWED","startMinutes":1320,"endMinutes":300}})");
    // What Oakum made itself is no policy of theirs.
    CHECK(floor_calls(of(Kind::android_management), night, {"oakum-kiosk-1"}).calls.empty());
    // A patch level is nothing that it knows.
    CHECK(calls.cannot[0].find("no minimum patch level") != std::string::npos);
    const FloorCalls none = floor_calls(of(Kind::android_management), {"ios", "26.4", "", 7}, {"kiosk"});
    CHECK(none.calls.empty());
    CHECK(none.cannot.size() == 1);
}
