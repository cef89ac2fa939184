// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/daily_figures.hpp>
#include <exception/wish.hpp>

namespace oakum::exceptions {

// What an exception is about now, whether or not it counts.
struct Coverage {
    std::uint64_t devices = 0, findings = 0, exploited = 0; // findings over all devices
};
// Of each row, in one pass over what devices run.
std::vector<Coverage> coverage(const fleet::LiveFleet& fleet, const assessment::AssessedFleet& assessed,
                               device::TenantId tenant, std::vector<ports::ExceptionRow> rows);

// Which devices those are, as a query; `group`: the name of its group, or nothing.
std::string query_of(const assessment::Knowledge& knowledge, const exception::Wish& wish,
                     std::string_view group);

// What the devices of a group (zero: of the fleet) add up to with these exceptions in force.
ports::FiguresRow figures_with(const fleet::LiveFleet& fleet, const assessment::AssessedFleet& assessed,
                               device::TenantId tenant, device::GroupId group,
                               const std::vector<shard::Held<ports::ExceptionRow>>& in_force,
                               const assessment::Policy& deadlines, base::TimePoint now);

} // namespace oakum::exceptions
