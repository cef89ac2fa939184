// SPDX-License-Identifier: Apache-2.0
#include <management_pages/floors.hpp>

#include <base/percent.hpp>
#include <json/writer.hpp>
#include <management_pages/android_policy.hpp>

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

// As the connector asks them of one phone after the other (connectors/android_management).
FloorCalls of_android(const Connector& connector, const Floor& floor,
                      const std::vector<std::string>& policies) {
    FloorCalls out;
    std::string_view account = connector.account;
    if (account.starts_with("enterprises/")) account.remove_prefix(12);
    const std::string enterprise = "enterprises/" + base::percent_encoded(account);
    const std::string root = connector.url + "/v1/" + enterprise;
    std::optional<floor::Hours> hours;
    if (floor.install_from != floor.install_to) hours = floor::Hours{floor.install_from, floor.install_to};
    for (const std::string& policy : policies) {
        if (policy.starts_with(kOwnPolicies)) continue;
        // What the policy says beside is read when it is copied.
        const auto made = android_update_policy(policy, "{}", hours);
        if (!made.ok()) continue;
        out.calls.push_back({"PATCH", root + "/policies/" + base::percent_encoded(made->name), made->body,
                             "makes a copy of the policy " + policy + " that installs system updates " +
                                 (hours ? "in its hours" : "as soon as they are there") +
                                 "; beside this body it "
                                 "has everything that a GET of " +
                                 policy + " answers"});
        std::string body;
        json::Writer(body)
            .begin_object()
            .member("policyName", "enterprises/" + std::string(account) + "/policies/" + made->name)
            .end_object();
        out.calls.push_back({"PATCH", root + "/devices/DEVICE?updateMask=policyName", std::move(body),
                             "gives a phone of the policy " + policy +
                                 " that copy, when its turn comes; the same call gives its own one back"});
    }
    if (!floor.patch_level.empty())
        out.cannot.emplace_back(
            "The Android Management API knows no minimum patch level: an update is installed "
            "when the maker offers one, and the patch level tells whether it was.");
    if (!floor.version.empty())
        out.cannot.emplace_back(
            "A minimum version of Android (minimumApiLevel) is not set: it installs nothing, and a phone "
            "below "
            "it is wiped after ten days unless the policy has a rule of its own for that.");
    out.cannot.emplace_back("Policies of updates hold on devices that are the company's; a work profile on a "
                            "personal one does not update its system.");
    out.cannot.emplace_back(
        "A rule that blocks a device below it has to name a wipe too (policyEnforcementRules): "
        "Oakum writes none, and tells no phone whose policy has one for its system update.");
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
