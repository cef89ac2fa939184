// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/ids.hpp>
#include <component/component.hpp>
#include <device/ids.hpp>
#include <rollout/plan.hpp>

#include <cstdint>
#include <optional>
#include <string>

// The small values that several answers share. In all of them a missing optional is `null` in JSON: not
// known.
namespace oakum::api {

struct GroupRef {
    device::GroupId id;
    std::string name;
};
struct UserRef {
    access::UserId id;
    std::string name;
};
struct DeviceRef {
    device::DeviceId id;
    std::string name; // its name, else its serial, else its id
    std::optional<std::string> model, site, owner;
    std::optional<GroupRef> group; // its own
};
struct ReleaseRef {
    rollout::ReleaseId id;
    std::string name, version;
};
struct RolloutRef {
    rollout::RolloutId id;
    std::string name;
};

enum class Severity : std::uint8_t { critical, high, medium, low, none, unknown };
std::string_view to_string(Severity severity);

struct SeverityCounts {
    std::uint64_t critical = 0, high = 0, medium = 0, low = 0, none = 0, unknown = 0;
};

struct AdvisoryRef {
    std::string id, title;
    Severity severity = Severity::unknown;
    bool exploited = false;
};

} // namespace oakum::api
