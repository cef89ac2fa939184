// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <alarms/alarms.hpp>
#include <api/alarms_service.hpp>

namespace oakum::server {

// What concerns devices is counted for the reader, also before and after a change: on the background's
// thread, since neither one that serves connections nor the writer's looks through a fleet.
class AlarmsService final : public api::AlarmsService {
  public:
    AlarmsService(Context context, alarms::Alarms& alarms) : context_(context), alarms_(alarms) {}
    void list(const access::Actor& actor, api::AlarmFilter filter, api::PageRequest page,
              api::Answer<api::AlarmPage> answer) override;
    void get(const access::Actor& actor, alarm::AlarmId id, api::Answer<api::Alarm> answer) override;
    void acknowledge(const access::Actor& actor, alarm::AlarmId id, std::string why,
                     api::Answer<api::Alarm> answer) override;
    void mute(const access::Actor& actor, alarm::AlarmId id, api::Mute mute,
              api::Answer<api::Alarm> answer) override;
    void unmute(const access::Actor& actor, alarm::AlarmId id, std::string why,
                api::Answer<api::Alarm> answer) override;

  private:
    // Answers with the alarm as it is then.
    std::function<void(base::Status)> then_get(const access::Actor& actor, alarm::AlarmId id,
                                               api::Answer<api::Alarm> answer);

    Context context_;
    alarms::Alarms& alarms_;
};

} // namespace oakum::server
