// SPDX-License-Identifier: Apache-2.0
#include <shard/timers.hpp>

#include <algorithm>

namespace oakum::shard {
namespace {

// Fired in one go before others get the executor.
constexpr int kBurst = 256;

} // namespace

void Timers::set(const std::string& kind, Timer timer, base::TimePoint due) {
    const auto handler = handlers_.find(kind);
    if (handler == handlers_.end()) return;
    const base::Duration delay =
        std::max(base::Duration::zero(), std::chrono::duration_cast<base::Duration>(due - clock_.now()));
    heap_.push_back({clock_.steady() + delay, ++order_, &handler->first, timer});
    std::push_heap(heap_.begin(), heap_.end());
    arm();
}

void Timers::repeat(base::Duration every, std::function<void()> work) {
    executor_.post_after(every, [this, every, work = std::move(work)]() mutable {
        work();
        repeat(every, std::move(work));
    });
}

void Timers::arm() {
    if (heap_.empty()) return;
    const base::Duration next = heap_.front().at;
    if (armed_ && *armed_ <= next) return;
    armed_ = next;
    executor_.post_after(std::max(base::Duration::zero(), next - clock_.steady()), [this, next] {
        if (armed_ != next) return; // an earlier timer was set meanwhile and has its own wake-up
        armed_.reset();
        fire();
    });
}

void Timers::fire() {
    const base::Duration now = clock_.steady();
    for (int fired = 0; fired < kBurst && !heap_.empty() && heap_.front().at <= now; ++fired) {
        std::pop_heap(heap_.begin(), heap_.end());
        const Entry entry = heap_.back();
        heap_.pop_back();
        handlers_.find(*entry.kind)->second(entry.timer);
    }
    arm();
}

} // namespace oakum::shard
