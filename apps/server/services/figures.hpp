// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "standings.hpp"

#include <api/figures_service.hpp>
#include <fleet/groups.hpp>
#include <ports/daily_records.hpp>
#include <shard/clock_watch.hpp>

namespace oakum::server {

// Figures of days that are past, as they were counted then, and where groups and sites stand now.
class FiguresService final : public api::FiguresService {
  public:
    FiguresService(Context context, fleet::Registry& registry, ports::DailyRecords& records,
                   const shard::ClockWatch& watch, FleetStandings& standings)
        : context_(context), registry_(registry), records_(records), watch_(watch), standings_(standings) {}

    void figures(const access::Actor& actor, api::FiguresRequest request,
                 api::Answer<api::Figures> answer) override;
    void heat(const access::Actor& actor, api::HeatBy by, std::optional<base::TimePoint> as_of,
              api::Answer<api::Heat> answer) override;

    void adoption(const access::Actor& actor, api::AdoptionRequest request,
                  api::Answer<api::Adoption> answer) override;

  private:
    // The first and the last day of what is asked for, by default the last 30.
    base::Status take_days(std::optional<base::TimePoint> from, std::optional<base::TimePoint> to,
                           std::chrono::days most, auto& of) const;
    api::Adoption read(device::TenantId tenant, std::optional<std::string> model, api::Adoption of) const;
    base::Result<api::Figures> read(device::TenantId tenant, api::Figures of) const;

    api::Heat heat_of_groups(device::TenantId tenant, const fleet::Scope& scope,
                             const std::vector<ports::FiguresRow>& rows) const;
    base::Result<api::Heat> heat_then(const fleet::Selection& selection, base::TimePoint as_of) const;
    api::Heat heat_of_sites(const fleet::Selection& selection) const;

    Context context_;
    fleet::Registry& registry_;
    ports::DailyRecords& records_;
    const shard::ClockWatch& watch_;
    FleetStandings& standings_;
};

} // namespace oakum::server
