// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/attack.hpp>
#include <trust/metadata.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

// The director (Uptane): it says which of the releases that people signed one device may install now. Its
// word is a targets document for that device alone, signed by the keys that the root lists for it, and it
// counts only where the image repository says the same of the file.
namespace oakum::trust {

// How long a direction holds, and how long the permission in it: what was downloaded by then may still be
// written, later the device asks again.
inline constexpr base::Duration kDirectionLife = std::chrono::hours(24);
inline constexpr base::Duration kPermissionLife = std::chrono::hours(6);

// The member of a direction that names its device, so that also an empty one is nobody else's.
inline constexpr std::string_view kDeviceMember = "x-oakum-device";

// What is to be said to a device: one file of the image repository, or nothing.
struct Permission {
    std::string path;
    TargetFile file;     // as the image repository lists it
    std::string rollout; // that decided it
    std::uint32_t wave = 0;
};
// `number`: of the device's desired state; versions never fall below it. `life`: of the permission, longer
// where people carry it. Pure: not signed yet.
Targets draft_direction(const std::string& device, const std::optional<Permission>& permission,
                        std::uint64_t number, base::TimePoint now, base::Duration life = kPermissionLife);

// Why a direction is not followed.
struct Refusal {
    Attack attack = Attack::unapproved;
    base::Error error;
};

// Whether this is the director's word for this device, now. `before`: the one that was followed last, if it
// is still signed by those who may. A refusal changes nothing.
std::optional<Refusal> check_direction(const Root& root, const Signed<Targets>& said, const Targets* before,
                                       std::string_view device, base::TimePoint now);

// What was stored before, if it still counts: keys that the root took away are forgotten with what they
// said, whatever numbers a thief drove up.
bool is_directors(const Root& root, const Signed<Targets>& stored, std::string_view device);

// Of a direction that was checked: until when this file may be installed. The director and the image
// repository have to say the same of its length, hashes and terms. NotPermitted: it says nothing of the
// path, which is no attack: a server may change its mind at any time.
struct NotPermitted {};
std::variant<base::TimePoint, NotPermitted, Refusal>
permitted_until(const Targets& direction, std::string_view device, const std::string& path,
                const TargetFile& image, base::TimePoint now);

} // namespace oakum::trust
