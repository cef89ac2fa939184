// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <assessment/daily_figures.hpp>
#include <base/thread_annotations.hpp>
#include <map>

namespace oakum::server {

// Where devices stand now, by the same rule as the figures of the day. Any thread, one after the other.
class FleetStandings {
  public:
    FleetStandings(Context context, const assessment::Assessor& assessor)
        : context_(context), assessor_(assessor) {}

    // What every group adds up to; the whole fleet stands first, with a group of zeros.
    std::vector<ports::FiguresRow> by_group(device::TenantId tenant);
    // Each device of a selection; `counts` is false of what figures leave out, and of what changed while they
    // were worked out.
    struct Stands {
        bool counts = false;
        bool assessed = false, exposed = false, exploited = false, overdue = false, cannot_tell = false;
        double points = 0;
    };
    using Visit = std::function<void(const fleet::Glance& device, const Stands& stands)>;
    void each(const fleet::Selection& selection, const Visit& visit);

  private:
    Context context_;
    const assessment::Assessor& assessor_;
    base::Mutex mutex_;
    std::map<device::TenantId, assessment::Standings> standings_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
