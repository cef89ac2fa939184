// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

#include <string>

// What phones and tablets have to run at least.
namespace oakum::cli {

struct NewFloor {
    std::string name, platform, query, version, patch_level, zone_if_unknown = "UTC", install, why;
    bool latest = false, accepts_unoffered = false;
    int days = 14, exploited_days = 3, hour = 19;
};
// What it would mean; kept only when `keep` says so.
enum class Keep : bool { no, yes };
base::Status set_floor(const Flow& flow, const NewFloor& floor, Keep keep);
base::Status show_floor(const Flow& flow, const std::string& name);

// Who falls short of a floor, and for each connector the exact calls that a rollout of it would make. Sends
// nothing.
base::Status show_floor_calls(const Flow& flow, const std::string& name, const std::string& request);

struct FloorException {
    std::string name, query, until, reason;
};
base::Status except_from_floor(const Flow& flow, const FloorException& wish);
// `deed`: approve, refuse, withdraw.
base::Status decide_floor_exception(const Flow& flow, const std::string& name, int number,
                                    std::string_view deed, const std::string& why);

} // namespace oakum::cli
