// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <base/time.hpp>
#include <device/ids.hpp>
#include <fleet/selection.hpp>

#include <deque>
#include <optional>
#include <string>
#include <tuple>

namespace oakum::server {

// Answers that cost seconds with a great fleet, shown again for ten times as long as they took: whoever opens
// a page twice does not wait twice, and no more than a tenth of a core goes there. What is cheap is never
// kept.
template <class Answer> class KeptAnswers {
  public:
    struct Of {
        device::TenantId tenant;
        fleet::Scope scope;
        std::string query;
        bool operator==(const Of&) const = default;
    };
    // `now` of monotonic time.
    std::optional<Answer> find(const Of& of, base::Duration now) {
        base::Lock lock(mutex_);
        for (const Kept& kept : kept_)
            if (kept.of == of && now < kept.until) return kept.answer;
        return std::nullopt;
    }
    void keep(const Of& of, const Answer& answer, base::Duration began, base::Duration now) {
        const base::Duration took = now - began;
        if (took < kCheap) return;
        base::Lock lock(mutex_);
        std::erase_if(kept_, [&](const Kept& kept) { return kept.of == of || now >= kept.until; });
        if (kept_.size() == kMost) kept_.pop_front();
        kept_.push_back({of, answer, now + 10 * took});
    }

  private:
    static constexpr base::Duration kCheap = std::chrono::milliseconds(200);
    static constexpr std::size_t kMost = 16;
    struct Kept {
        Of of;
        Answer answer;
        base::Duration until;
    };
    base::Mutex mutex_;
    std::deque<Kept> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
