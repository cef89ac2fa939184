// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alarms/alarms.hpp>
#include <alarms/observe.hpp>
#include <assessment/assessor.hpp>
#include <floors/floors.hpp>
#include <releases/repository.hpp>
#include <shard/clock_watch.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace oakum::alarms {

// What only the machine itself knows.
struct Surroundings {
    struct Disk {
        std::uint64_t free = 0, size = 0;
    };
    std::optional<Disk> disk;           // nothing: it could not be read
    std::optional<std::string> backups; // what is wrong with them, in a sentence; nothing: they are well
    std::optional<base::TimePoint> ca_expires, server_certificate_expires;
    std::optional<base::TimePoint> push_expires; // of Apple's push certificate; nothing: there is none
};

// Looks for what is wrong: when the change feed says that something changed, and each minute. Looks run on an
// executor of their own, never on the writer's, one at a time, and take no more than a fiftieth of a core.
class Watcher {
  public:
    using Look = std::function<Surroundings()>;

    Watcher(fleet::Core& core, Alarms& alarms, assessment::Assessor& assessor,
            releases::Repository& repository, const shard::ClockWatch& clock, Look surroundings,
            AsksSince asks, const floors::Floors& floors, ports::Executor& executor, base::LogSink& log);

    // After the writer has loaded.
    void start();
    // Before the executor ends: no look begins from then on.
    void stop();

  private:
    void look_soon();
    void look_each_minute();
    void look();
    alarm::Look seen(device::TenantId tenant, const Surroundings& around) const;

    fleet::Core& core_;
    Alarms& alarms_;
    assessment::Assessor& assessor_;
    releases::Repository& repository_;
    const shard::ClockWatch& clock_;
    const Look surroundings_;
    const AsksSince asks_;
    const floors::Floors& floors_;
    ports::Executor& executor_;
    base::LogSink& log_;
    shard::ChangeFeed::Subscription subscription_;
    base::Mutex mutex_;
    bool planned_ GUARDED_BY(mutex_) = false;
    bool stopped_ GUARDED_BY(mutex_) = false;
    base::Duration not_before_ GUARDED_BY(mutex_){}; // of monotonic time
};

} // namespace oakum::alarms
