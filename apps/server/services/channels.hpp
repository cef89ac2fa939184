// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <alarms/channels.hpp>
#include <alarms/outbox.hpp>
#include <api/channels_service.hpp>

namespace oakum::server {

class ChannelsService final : public api::ChannelsService {
  public:
    ChannelsService(alarms::Channels& channels, alarms::Outbox& outbox)
        : channels_(channels), outbox_(outbox) {}
    void list(const access::Actor& actor, api::Answer<std::vector<api::Channel>> answer) override;
    void add(const access::Actor& actor, api::ChannelNew channel,
             api::Answer<api::ChannelCreated> answer) override;
    void change(const access::Actor& actor, alarm::ChannelId id, api::ChannelPatch patch,
                api::Answer<api::Channel> answer) override;
    void remove(const access::Actor& actor, alarm::ChannelId id, api::Answer<base::Nothing> answer) override;
    void test(const access::Actor& actor, alarm::ChannelId id, api::Answer<api::ChannelTest> answer) override;

  private:
    alarms::Channels& channels_;
    alarms::Outbox& outbox_;
};

} // namespace oakum::server
