// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/schedules_service.hpp>
#include <schedules/schedules.hpp>

namespace oakum::server {

class SchedulesService final : public api::SchedulesService {
  public:
    SchedulesService(Context context, schedules::Schedules& schedules)
        : context_(context), schedules_(schedules) {}

    void list(const access::Actor& actor, std::optional<schedule::Kind> kind,
              api::Answer<api::Schedules> answer) override;
    void dates(const access::Actor& actor, base::TimePoint from, base::TimePoint to,
               api::Answer<api::ScheduleCalendar> answer) override;
    void preview(const access::Actor& actor, schedule::Rule rule, api::Answer<api::Schedule> answer) override;
    void put(const access::Actor& actor, schedule::Rule rule, api::Answer<api::Schedule> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;

  private:
    Context context_;
    schedules::Schedules& schedules_;
};

} // namespace oakum::server
