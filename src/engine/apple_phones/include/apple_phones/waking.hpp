// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <apple_phones/phones.hpp>
#include <base/thread_annotations.hpp>
#include <ports/push.hpp>

#include <atomic>
#include <map>

namespace oakum::apple_phones {

// Has phones come for what waits for them, by Apple's push service. What was pushed is remembered by this
// process alone: after a start each is woken once more.
class Waking {
  public:
    struct Tools {
        fleet::Core& core;
        Phones& phones;
        ports::PushService& push;
        ports::Executor& looks;
        base::LogSink& log;
    };
    explicit Waking(Tools tools) : tools_(tools) {}

    void start() { look_now_and_then(); }
    void stop() { stopped_ = true; }
    // What the last push was refused with; empty: it went through.
    std::string failing() const;

  private:
    struct Pushed {
        base::Duration at{};     // of the steady clock
        std::uint32_t times = 0; // for the same command
        std::string command;     // the first that waits
    };
    using Who = std::pair<device::TenantId, device::DeviceId>;
    void look_now_and_then();
    void look(device::TenantId tenant);
    void wake(const Who& who, const apple::Phone& phone, const std::string& command);
    void note(const base::Status& status);

    Tools tools_;
    std::atomic<bool> stopped_{false};
    mutable base::Mutex mutex_;
    std::map<Who, Pushed> pushed_ GUARDED_BY(mutex_);
    std::string failing_ GUARDED_BY(mutex_);
};

} // namespace oakum::apple_phones
