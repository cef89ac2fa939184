// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/ids.hpp>
#include <search/wanted.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace oakum::fleet {

// What a search finds in the fleet, within one scope.
struct FoundDevice {
    device::DeviceId id;
    search::Match match = search::Match::none;
    std::string by; // the key of the fact that matched best: "serial"; "id"
};
struct FoundValue {
    std::string key, value; // "site", "Plant 3"
    search::Match match = search::Match::none;
    std::uint64_t devices = 0; // without retired ones
};
struct FoundInFleet {
    std::vector<FoundDevice> devices; // the better matches first
    std::uint64_t device_count = 0;   // of all that match
    std::vector<FoundValue> values;   // sites and models
};
struct FoundComponent {
    std::string name;
    search::Match match = search::Match::none;
    std::uint64_t versions = 0; // that are known of it
    std::string example;        // a purl, a CPE name or a bundle id
};

} // namespace oakum::fleet
