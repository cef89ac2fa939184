// SPDX-License-Identifier: Apache-2.0
#include "peculiarities.hpp"

#include "facts.hpp"

#include <fleet/guests.hpp>

namespace oakum::fleet {

std::vector<std::string> peculiarities(std::string_view protocol, const std::vector<device::Fact>& facts,
                                       const ports::DeviceRow& row) {
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
