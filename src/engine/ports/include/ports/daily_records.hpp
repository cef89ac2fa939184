// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

#include <vector>

namespace oakum::ports {

// Figures and marks of days that are past. Blocking, callable from several threads.
class DailyRecords {
  public:
    virtual ~DailyRecords() = default;
    // Of one group (zero: the whole fleet), days from `from` to `to`, both inclusive; ascending.
    virtual base::Result<std::vector<FiguresRow>> figures(TenantId tenant, GroupId group,
                                                          base::TimePoint from, base::TimePoint to) = 0;
    // Of every group that has figures of that day.
    virtual base::Result<std::vector<FiguresRow>> figures_of_day(TenantId tenant, base::TimePoint day) = 0;
    // The first day that the group has figures of; nothing when there is none.
    virtual base::Result<std::optional<base::TimePoint>> first_day(TenantId tenant, GroupId group) = 0;
    // Of the group and of everybody, from `from` to before `to`; ascending. A store that answers so many
    // rows at most leaves out the oldest.
    virtual base::Result<std::vector<MarkRow>> marks(TenantId tenant, GroupId group, base::TimePoint from,
                                                     base::TimePoint to) = 0;
};

} // namespace oakum::ports
