// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <component/component.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::connector {

// What a management system says of one device.
struct ManagedDevice {
    std::string id;                                        // its own
    std::vector<std::string> earlier_ids;                  // of before it was enrolled anew
    bool personal = false;                                 // or not known to be the company's
    std::map<std::string, std::string> facts;              // by the keys of facts, no empty values
    std::optional<base::TimePoint> told;                   // when the device last spoke to it
    std::optional<std::vector<component::Component>> apps; // nothing: not said
    bool operator==(const ManagedDevice&) const = default;
};

// One page of a sweep.
struct DevicePage {
    std::vector<ManagedDevice> devices;
    std::vector<std::string> unread; // why a record could not be read, in sentences
    std::string next;                // where to go on; empty: this was the last
    std::size_t records() const { return devices.size() + unread.size(); }
};

// Facts of a personal device that are kept: what findings need, and who manages it.
bool is_kept_of_personal(std::string_view key);
// Without everything else, and without its apps.
ManagedDevice minimal(ManagedDevice device);

// "ios" and "ipados" are one family, as are all releases of Android; what is no system is none ("").
std::string_view family_of(std::string_view platform);
// A number that many devices have because nobody set it: "0", "unknown", "To be filled by O.E.M.".
bool is_placeholder(std::string_view serial);

} // namespace oakum::connector
