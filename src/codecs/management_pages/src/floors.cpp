// SPDX-License-Identifier: Apache-2.0
#include <management_pages/floors.hpp>

#include <base/percent.hpp>
#include <json/writer.hpp>

namespace oakum::management_pages {
namespace {

using connector::Connector;
using connector::Floor;

// deviceCompliancePolicy of Graph v1.0: a device that falls short is not compliant at once, and blocked after
// the days of grace by what the tenant's conditional access says.
FloorCall compliance_policy(const Connector& connector, const Floor& floor, std::string_view type,
                            std::string_view whom) {
    FloorCall call;
    call.method = "POST";
    call.url = connector.url + "/v1.0/deviceManagement/deviceCompliancePolicies";
    json::Writer writer(call.body);
    writer.begin_object()
        .member("@odata.type", "#microsoft.graph." + std::string(type))
        .member("displayName", "Oakum: at least " + connector::words(floor));
    if (!floor.version.empty()) writer.member("osMinimumVersion", floor.version);
    if (!floor.patch_level.empty()) writer.member("minAndroidSecurityPatchLevel", floor.patch_level);
    writer.key("scheduledActionsForRule")
        .begin_array()
        .begin_object()
        .member("ruleName", "PasswordRequired") // the one name that Graph takes
        .key("scheduledActionConfigurations")
        .begin_array()
        .begin_object()
        .member("actionType", "block")
        .member("gracePeriodHours", floor.days * 24)
        .end_object()
        .end_array()
        .end_object()
        .end_array()
        .end_object();
    call.what =
        "makes a compliance policy for " + std::string(whom) + "; it does nothing before it is assigned";
    return call;
}

FloorCalls of_intune(const Connector& connector, const Floor& floor) {
    FloorCalls out;
    if (floor.platform == "ios") {
        out.calls.push_back(compliance_policy(connector, floor, "iosCompliancePolicy", "iPhones and iPads"));
        out.cannot.emplace_back("A compliance policy takes access away; it installs nothing. A date by which "
                                "the update installs itself is set in Intune's settings catalog.");
    } else {
        out.calls.push_back(compliance_policy(connector, floor, "androidWorkProfileCompliancePolicy",
                                              "personal devices with a work profile"));
        out.cannot.emplace_back("Microsoft Graph v1.0 has no compliance policy for fully managed Android "
                                "devices (its beta has): set it in Intune.");
    }
    return out;
}

FloorCalls of_android(const Connector& connector, const Floor& floor,
                      const std::vector<std::string>& policies) {
    FloorCalls out;
    const auto level = connector::api_level_of(floor.version);
    std::string_view account = connector.account;
    if (account.starts_with("enterprises/")) account.remove_prefix(12);
    for (const std::string& policy : policies) {
        FloorCall call;
        call.method = "PATCH";
        call.url = connector.url + "/v1/enterprises/" + base::percent_encoded(account) + "/policies/" +
                   base::percent_encoded(policy) + "?updateMask=systemUpdate" +
                   (level ? ",minimumApiLevel" : "");
        json::Writer writer(call.body);
        writer.begin_object().key("systemUpdate").begin_object().member("type", "AUTOMATIC").end_object();
        if (level) writer.member("minimumApiLevel", *level);
        writer.end_object();
        call.what = "has devices of the policy " + policy + " install updates as soon as they are there";
        if (level)
            call.what += ", and says that they do not comply below API level " + std::to_string(*level);
        out.calls.push_back(std::move(call));
    }
    if (!floor.patch_level.empty())
        out.cannot.emplace_back(
            "The Android Management API knows no minimum patch level: an update is installed "
            "when the maker offers one, and the patch level tells whether it was.");
    out.cannot.emplace_back("Policies of updates hold on devices that are the company's; a work profile on a "
                            "personal one does not update its system.");
    out.cannot.emplace_back(
        "A rule that blocks a device below it has to name a wipe too (policyEnforcementRules): "
        "Oakum writes none.");
    if (policies.empty()) out.cannot.emplace_back("No device that it is about names its policy.");
    return out;
}

} // namespace

FloorCalls floor_calls(const Connector& connector, const Floor& floor,
                       const std::vector<std::string>& policies) {
    switch (connector.kind) {
    case connector::Kind::intune:
        return of_intune(connector, floor);
    case connector::Kind::android_management:
        if (floor.platform != "android")
            return {{}, {"The Android Management API manages no other platform than Android."}};
        return of_android(connector, floor, policies);
    }
    return {};
}

} // namespace oakum::management_pages
