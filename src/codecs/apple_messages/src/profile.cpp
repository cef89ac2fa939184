// SPDX-License-Identifier: Apache-2.0
#include <apple_messages/profile.hpp>

#include <plist/write.hpp>

namespace oakum::apple_messages {
namespace {

// MDM's AccessRights, by Apple's documentation of the payload com.apple.mdm.
constexpr std::int64_t kInspectProfiles = 1, kInstallProfiles = 2, kQueryDevice = 16, kQueryNetwork = 32,
                       kInspectApps = 256, kQuerySecurity = 1024, kManageApps = 4096;

plist::Dict payload(std::string type, std::string identifier, std::string uuid, std::string name) {
    return {{"PayloadType", std::move(type)},
            {"PayloadVersion", 1},
            {"PayloadIdentifier", std::move(identifier)},
            {"PayloadUUID", std::move(uuid)},
            {"PayloadDisplayName", std::move(name)}};
}

plist::Array named(const char* kind, const char* value) {
    return plist::Array{
        plist::Value(plist::Array{plist::Value(plist::Array{plist::Value(kind), plist::Value(value)})})};
}

} // namespace

std::int64_t access_rights(bool personal) {
    const std::int64_t least = kQueryDevice | kQuerySecurity;
    return personal
               ? least
               : least | kInspectProfiles | kInstallProfiles | kQueryNetwork | kInspectApps | kManageApps;
}

std::string identifier_of(const Profile& profile) {
    return "oakum." + profile.uuids[0];
}

std::string write_profile(const Profile& profile) {
    const std::string base = identifier_of(profile);
    plist::Dict scep = payload("com.apple.security.scep", base + ".scep", profile.uuids[1], "Identity");
    plist::Array subject;
    subject.push_back(named("O", "Oakum phones").front());
    subject.push_back(named("CN", "%HardwareUUID%").front());
    scep.put("PayloadContent", plist::Dict{{"URL", profile.server + std::string(kScepPath)},
                                           {"Name", "Oakum phones"},
                                           {"Challenge", profile.challenge},
                                           {"Key Type", "RSA"},
                                           {"Keysize", 2048},
                                           {"Key Usage", 5},
                                           {"Retries", 3},
                                           {"RetryDelay", 10},
                                           {"Subject", std::move(subject)}});
    plist::Dict mdm = payload("com.apple.mdm", base + ".mdm", profile.uuids[2], "Device management");
    const std::string address = profile.server + std::string(kServerPath);
    mdm.put("IdentityCertificateUUID", profile.uuids[1]);
    mdm.put("Topic", profile.topic);
    mdm.put("ServerURL", address);
    mdm.put("CheckInURL", address);
    mdm.put("SignMessage", true);
    mdm.put("CheckOutWhenRemoved", true);
    mdm.put("AccessRights", access_rights(profile.personal));
    plist::Array content;
    if (!profile.authority.empty()) {
        plist::Dict root =
            payload("com.apple.security.root", base + ".root", profile.uuids[3], "Oakum's authority");
        root.put("PayloadContent", profile.authority);
        content.emplace_back(std::move(root));
    }
    content.emplace_back(std::move(scep));
    content.emplace_back(std::move(mdm));
    plist::Dict whole = payload("Configuration", base, profile.uuids[0], profile.name);
    whole.put("PayloadDescription",
              profile.personal
                  ? "Oakum sees the system's version and the model of this device, and nothing else."
                  : "Oakum keeps this device's software up to date.");
    whole.put("PayloadContent", std::move(content));
    return plist::write_xml(whole);
}

} // namespace oakum::apple_messages
