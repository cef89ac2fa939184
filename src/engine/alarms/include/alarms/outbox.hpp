// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarm/message.hpp>
#include <alarms/alarms.hpp>
#include <ports/courier.hpp>
#include <ports/sealer.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>

namespace oakum::alarms {

// Whether a message of the test button arrived, and if not why, in words.
struct Tested {
    bool delivered = false;
    std::string error;
};

// Delivers what the channels have to tell: durable rows, tried again with growing waits, under the same id
// each time, at least once; while the store takes nothing, not again and again. One message of a channel is
// under way at a time. Works on an executor of its own,
// never on the writer's.
class Outbox {
  public:
    // `address`: of this server as people reach it.
    Outbox(fleet::Core& core, Alarms& alarms, ports::Sealer& sealer, ports::Courier& courier,
           std::function<std::string()> address, ports::Executor& executor, base::LogSink& log)
        : core_(core), alarms_(alarms), sealer_(sealer), courier_(courier), address_(std::move(address)),
          executor_(executor), log_(log) {}

    // After the writer has loaded.
    void start();
    // Before the executor ends.
    void stop();

    // Sends one message now. Errors: denied, not_found.
    void test(const access::Actor& actor, alarm::ChannelId id, shard::Completion<Tested> done);

  private:
    void look_each_second();
    void look(device::TenantId tenant);
    void digest(device::TenantId tenant, const ports::ChannelRow& channel);
    void deliver(device::TenantId tenant, const ports::MessageRow& message);
    void delivered(device::TenantId tenant, const ports::MessageRow& message, base::Status status);
    base::Result<ports::Parcel> parcel(const ports::ChannelRow& channel,
                                       const ports::MessageRow& message) const;
    // The channel's next message may go.
    void release(alarm::ChannelId channel);

    fleet::Core& core_;
    Alarms& alarms_;
    ports::Sealer& sealer_;
    ports::Courier& courier_;
    const std::function<std::string()> address_;
    ports::Executor& executor_;
    base::LogSink& log_;
    base::Mutex mutex_;
    std::set<alarm::ChannelId> busy_ GUARDED_BY(mutex_);
    // What became of messages, where the store did not take it: noted later, and not delivered again for it.
    std::map<alarm::MessageId, base::Status> unnoted_ GUARDED_BY(mutex_);
    bool stopped_ GUARDED_BY(mutex_) = false;
};

// Within a command: puts the message into the outbox of each channel that is told at once of one of these
// alarms. At most kMostTold are named.
void tell(shard::Transaction& transaction, shard::Ids& ids, alarm::Telling telling,
          const std::vector<alarm::Told>& alarms);
alarm::Told told_of(const ports::AlarmRow& row, const alarm::Words& words);

// "t=1795000000,v1=HEX": HMAC-SHA256 of "1795000000.BODY" under the channel's secret.
std::string signature(std::string_view secret, base::TimePoint now, std::string_view body);

} // namespace oakum::alarms
