// SPDX-License-Identifier: Apache-2.0
#include <connector/permissions.hpp>

#include <array>

namespace oakum::connector {
namespace {

// Application permissions of Microsoft Graph.
constexpr std::array kIntune = std::to_array<Permission>({
    {"DeviceManagementManagedDevices.Read.All", false, false,
     "reads the list of managed devices: which there are, and the version, build and patch level that they "
     "run; with apps switched on also which apps Intune found on them"},
});
constexpr std::array kIntuneSteps = std::to_array<std::string_view>({
    "In the Microsoft Entra admin centre register an application (App registrations, New registration); it "
    "needs no redirect address.",
    "Under API permissions add the Microsoft Graph application permissions below, and grant admin consent.",
    "Under Certificates & secrets make a client secret, and copy its value; it is shown once.",
    "Give Oakum the directory (tenant) id, the application (client) id and the secret.",
});

// A role of the project that the service account gets (or one that holds its permissions for
// androidmanagement.enterprises alone).
constexpr std::array kAndroid = std::to_array<Permission>({
    {"roles/androidmanagement.user", false, false,
     "reads the enterprise's devices: which there are, and the version, build and patch level that they run; "
     "with apps switched on also the reports of their apps. Google gives no narrower role: it could also "
     "change the enterprise, and Oakum does not unless you let it"},
    {"androidmanagement.enterprises.manage", false, true,
     "reads the policies of phones that a rollout tells, makes policies named oakum-... that differ from "
     "those "
     "in their system update alone, and gives a phone one of them, and its own one back. The role above "
     "holds "
     "it, so nothing has to be granted anew"},
});
constexpr std::array kAndroidSteps = std::to_array<std::string_view>({
    "In the Google Cloud project that your enterprise belongs to, switch the Android Management API on.",
    "Make a service account there, give it the role below, and make a key for it in the form JSON.",
    "In the enterprise's policies switch statusReportingSettings.softwareInfoEnabled on (with apps also "
    "applicationReportsEnabled): what a policy does not have reported is not known.",
    "Give Oakum the enterprise's id, the service account's e-mail address and the key file.",
});

} // namespace

std::span<const Permission> permissions(Kind kind) {
    switch (kind) {
    case Kind::intune:
        return kIntune;
    case Kind::android_management:
        return kAndroid;
    }
    return {};
}

std::span<const std::string_view> steps(Kind kind) {
    switch (kind) {
    case Kind::intune:
        return kIntuneSteps;
    case Kind::android_management:
        return kAndroidSteps;
    }
    return {};
}

std::string_view writes(Kind kind, Writes what) {
    if (what == Writes::updates && kind == Kind::android_management)
        return "For phones that a rollout tells: policies named oakum-..., copies of their own with another "
               "system update, and which policy a phone has; its own one is put back. It wipes, locks and "
               "deletes nothing, and changes no policy of yours.";
    return "Nothing: it reads lists. Its only POST is the one that asks for its own token.";
}

} // namespace oakum::connector
