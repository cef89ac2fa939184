// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <floor/policy.hpp>

#include <optional>
#include <string>
#include <string_view>

// Policies of the Android Management API, v1: how one is made that differs from another in its system update
// alone.
namespace oakum::management_pages {

// Policies that Oakum makes begin so.
inline constexpr std::string_view kOwnPolicies = "oakum-";

// Of an answer of enterprises.devices.get: the last part of its policy's name; empty: it has none. Errors:
// invalid, too_large.
base::Result<std::string> android_policy_of_device(std::string_view body);

struct UpdatePolicy {
    std::string name;         // "oakum-default-1f0c9a3b": the same for the same update of the same policy
    std::string body;         // everything that the policy says, with its system update replaced
    bool has_freezes = false; // of the policy's own: on their days the phone installs nothing, and they stay
};
// The policy of that name as it was read, with systemUpdate: at once, or in these hours of each day by the
// phone's own clock. minimumApiLevel is not set: a phone that falls short of it is wiped after ten days when
// the policy has no rule of its own for that. Errors: invalid (also: a rule of the policy wipes phones for
// their system update, which nobody may set off from here), too_large.
base::Result<UpdatePolicy> android_update_policy(std::string_view name, std::string_view body,
                                                 const std::optional<floor::Hours>& hours);

} // namespace oakum::management_pages
