// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

// A window or a freeze as it is given on the command line.
struct NewSchedule {
    std::string name, query, from, length, repeat, zone, zone_if_unknown = "UTC", yields_to, why;
    std::vector<std::string> dates; // further beginnings, all as long
};
base::Status list_schedules(const Flow& flow, std::string_view kind);
// Says what it would mean; with --dry-run that is all.
base::Status set_schedule(const Flow& flow, std::string_view kind, const NewSchedule& schedule);

// "90m", "3h", "14d", "1d12h" in minutes. Errors: invalid.
base::Result<std::int64_t> minutes_of(std::string_view text);

} // namespace oakum::cli
