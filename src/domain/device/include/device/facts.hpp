// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::device {

// The life of a record, not of the hardware. Quiet: not heard of for longer than its cadence allows. Retired
// ones leave every denominator. Unmanaged: seen on a network and in nobody's list; no figure and no rollout
// counts them.
enum class Lifecycle : std::uint8_t { pending, active, quiet, retired, unmanaged };
std::string_view to_string(Lifecycle lifecycle);

// Where a fact came from; a later one of a higher rank wins, equal rank: the newer one.
enum class FactSource : std::uint8_t { assumed, group, imported, reported, person };
std::string_view to_string(FactSource source);

// One thing known of a device. Keys are the fixed list below plus "tag.*" and "x.*" of the user's own.
struct Fact {
    std::string key;
    std::string value;
    FactSource source = FactSource::reported;
    std::string detail; // file name of the import, group's name, user's name
    base::TimePoint at{};
    bool operator==(const Fact&) const = default;
};

// The fixed keys; all values are text at rest, typed by the query language (see query.hpp).
namespace key {
inline constexpr std::string_view serial = "serial", name = "name", kind = "kind",
                                  manufacturer = "manufacturer", model = "model", hw_revision = "hw_revision",
                                  platform = "platform", os_version = "os_version",
                                  patch_level = "patch_level", firmware_version = "firmware_version",
                                  kernel = "kernel", address = "address", site = "site", zone = "zone",
                                  owner = "owner", criticality = "criticality", exposure = "exposure",
                                  support_end = "support_end", cadence = "cadence", timezone = "timezone",
                                  safety = "safety_critical", unattended = "unattended",
                                  protocol = "protocol";
} // namespace key

// What a device cannot say of itself: people and their systems decide it.
bool is_for_people(std::string_view key);

} // namespace oakum::device
