// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::device {

// What can be asked of a device; computed, never assumed from its platform's name alone (design 3).
enum class Capability : std::uint8_t {
    exact_version,
    deadline,
    deferral,
    window,
    freeze,
    app_pin,
    forced_app_update,
    reboot,
    rollback,
    health_report,
    attestation
};
std::string_view to_string(Capability capability);

// What the answer depends on, as facts say it; empty: not known.
struct CapabilityBasis {
    std::string_view
        protocol; // "native", "hawkbit", "mender", "lwm2m", "apple_mdm", "android_management", ...
    std::string_view platform; // "linux", "ios", "android", ...
    std::string_view slots;    // fact x.slots: "2" or more when the device reported A/B slots
    bool supervised = false;   // fact x.supervised
    bool has_identity = false; // holds a certificate of ours
};

struct CapabilityAnswer {
    Capability capability;
    bool has = false;
    std::string_view reason; // why it lacks, or what it rests on
};

// One answer for each capability, in the order of the enumeration.
std::vector<CapabilityAnswer> capabilities(const CapabilityBasis& basis);

} // namespace oakum::device
