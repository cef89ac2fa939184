// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/id.hpp>
#include <ports/clock.hpp>
#include <shard/ids.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace oakum::shard {

// A deadline stands in a row; the timer is only its echo, rebuilt from the rows at start. It is void when the
// row's version has moved on, which its handler checks inside its command.
struct Timer {
    device::TenantId tenant;
    device::DeviceId device; // zero for what belongs to the tenant
    base::Id128 id;          // of the deployment, rollout, ...
    std::uint64_t version = 0;
};

// A heap on the writer's executor; used on that thread only. Fires by monotonic time, so that a jump of the
// wall clock neither hurries nor delays anything.
class Timers {
  public:
    Timers(ports::Executor& executor, ports::Clock& clock) : executor_(executor), clock_(clock) {}

    // One handler a kind ("deployment", "rollout"); an explicit list made by the composition root.
    using Handler = std::function<void(const Timer&)>;
    void handle(std::string kind, Handler handler) { handlers_[std::move(kind)] = std::move(handler); }
    // Fires at `due` as the wall clock stands now; at once when that is past.
    void set(const std::string& kind, Timer timer, base::TimePoint due);
    // Runs `work` again and again, `every` after it ended.
    void repeat(base::Duration every, std::function<void()> work);
    std::size_t size() const { return heap_.size(); }

  private:
    struct Entry {
        base::Duration at;
        std::uint64_t order;
        const std::string* kind;
        Timer timer;
        // The earliest on top of std::push_heap's maximum heap.
        bool operator<(const Entry& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    void arm();
    void fire();

    ports::Executor& executor_;
    ports::Clock& clock_;
    std::map<std::string, Handler> handlers_;
    std::vector<Entry> heap_;
    std::uint64_t order_ = 0;
    std::optional<base::Duration> armed_;
};

} // namespace oakum::shard
