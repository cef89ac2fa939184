// SPDX-License-Identifier: Apache-2.0
#include "peculiarities.hpp"

#include "facts.hpp"

#include <fleet/guests.hpp>

namespace oakum::fleet {

namespace {

// What its own updater is at, in its words.
std::vector<std::string> of_apple(const std::vector<device::Fact>& facts) {
    std::vector<std::string> say{"Oakum itself manages it, by Apple's device management: it is asked what it "
                                 "runs when it speaks, twice a day at most."};
    if (const std::string declared = value_of(facts, "x.policy"); !declared.empty())
        say.push_back("It is told to install " + declared + ", on its own clock" +
                      (value_of(facts, "x.applied_policy") == declared
                           ? ", and keeps that."
                           : "; it has not said yet that it does."));
    if (const std::string error = value_of(facts, "x.declared_error"); !error.empty())
        say.push_back("It does not take what it is told: " + error + ".");
    if (const std::string pending = value_of(facts, "x.update_pending"); !pending.empty())
        say.push_back("Its own updater is at " + pending + ": " + value_of(facts, "x.update_state") + ".");
    if (const std::string failure = value_of(facts, "x.update_failure"); !failure.empty())
        say.push_back("Its own updater failed: " + failure + ".");
    return say;
}

std::vector<std::string> of_lwm2m(const std::vector<device::Fact>& facts, const ports::DeviceRow& row) {
    std::vector<std::string> say;
    const std::string client = value_of(facts, kGuestClient);
    say.push_back("It speaks " + (client.empty() ? std::string("LwM2M") : client) +
                  (value_of(facts, "x.lwm2m.security") == "none"
                       ? ", without any security: whoever says its name is believed to be this device."
                       : ", over CoAP and DTLS with its key."));
    if (value_of(facts, "x.lwm2m.queue_mode") == "yes")
        say.emplace_back(
            "It sleeps (queue mode): it is asked something only after it came by itself, so an update takes "
            "as many of its visits as it needs.");
    if (value_of(facts, "x.lwm2m.firmware_object") == "no")
        say.emplace_back(
            "It has no firmware update among its objects (object 5): no release can be installed on it.");
    say.emplace_back(
        "What its firmware update says of a result counts as installed or failed; verified is what it says "
        "that it runs (/3/0/3) after it registered again.");
    if (row.running_version.empty())
        say.emplace_back("It has not said what it runs (/3/0/3), so no update of it can be verified.");
    if (value_of(facts, device::key::model).empty())
        say.emplace_back(
            "It has not said its model (/3/0/1), so no release fits it: state it here or as a default of its "
            "group.");
    return say;
}

} // namespace

std::vector<std::string> peculiarities(std::string_view protocol, const std::vector<device::Fact>& facts,
                                       const ports::DeviceRow& row) {
    if (protocol == "apple_mdm") {
        if (!row.certificate_serial.empty()) return of_apple(facts);
        return {"It was managed by Oakum itself, and its profile is gone from it: a new profile lets it in "
                "again (oakum apple enrol-profile)."};
    }
    if (protocol == "lwm2m") return of_lwm2m(facts, row);
    const bool hawkbit = protocol == "hawkbit", mender = protocol == "mender";
    if (!hawkbit && !mender) return {};
    std::vector<std::string> say;
    const std::string client = value_of(facts, kGuestClient);
    say.push_back(
        std::string(hawkbit ? "It speaks hawkBit's DDI, version 1" : "It speaks Mender's device API") +
        (client.empty() ? "" : ", as " + client) + ".");
    if (hawkbit)
        say.emplace_back(
            "Its client says that an update succeeded before or after its restart, as it likes: Oakum "
            "counts that as installed, and as verified when the device says the new version among "
            "its attributes.");
    if (row.running_version.empty())
        say.emplace_back(hawkbit ? "It has not said what it runs: send its version as the attribute "
                                   "\"firmware_version\" or \"version\", or no update of it can be verified."
                                 : "It has not said what it runs yet: its inventory tells that.");
    if (value_of(facts, device::key::model).empty())
        say.emplace_back(
            "Its model is not known, so no release fits it: send it as the attribute \"model\" or "
            "\"device_type\", or state it here or as a default of its group.");
    return say;
}

} // namespace oakum::fleet
