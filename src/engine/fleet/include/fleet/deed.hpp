// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/rules.hpp>
#include <base/result.hpp>
#include <device/ids.hpp>

#include <map>
#include <string>
#include <string_view>

namespace oakum::fleet {

// What a person does to a device: to one by itself, or to many in a bulk action.
struct Deed {
    enum class Kind : std::uint8_t { set, move, hold, release, retire, re_enrol };
    Kind kind = Kind::set;
    std::map<std::string, std::string> facts; // set; an empty value takes back what a person stated
    device::GroupId group;                    // move; zero: out of the group that it is in
};

// As in the API: "re-enrol".
std::string_view to_string(Deed::Kind kind);
access::Action action_of(Deed::Kind kind);
// Errors: invalid (facts that are missing, too many, or that no person states).
base::Status check(const Deed& deed);
// Whether what it does to a device cannot be put back.
bool is_lasting(Deed::Kind kind);

} // namespace oakum::fleet
