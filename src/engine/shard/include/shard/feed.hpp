// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/rows.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace oakum::shard {

// The newest committed changes, for cursors: server-sent events, reassessment. Reading and subscribing from
// any thread; published by the writer's. What is no longer held is read from History.
class ChangeFeed {
  public:
    explicit ChangeFeed(std::size_t capacity = 16'384) : capacity_(capacity) {}

    std::uint64_t newest() const;
    // Changes of the tenant after the number, in order; nothing when older ones are no longer held.
    std::optional<std::vector<ports::ChangeRow>> read(device::TenantId tenant, std::uint64_t after,
                                                      std::size_t limit) const;

    // Called after each publication, on the writer's thread, without a lock held; must be quick. Ends with
    // the returned handle.
    class Subscription {
      public:
        Subscription() = default;
        Subscription(Subscription&& other) noexcept : feed_(other.feed_), id_(other.id_) {
            other.feed_ = nullptr;
        }
        Subscription& operator=(Subscription&& other) noexcept;
        ~Subscription();

      private:
        friend class ChangeFeed;
        Subscription(ChangeFeed* feed, std::uint64_t id) : feed_(feed), id_(id) {}
        ChangeFeed* feed_ = nullptr;
        std::uint64_t id_ = 0;
    };
    Subscription subscribe(std::function<void()> wake);

    // The writer's: changes that became durable, numbered by the store.
    struct Numbered {
        device::TenantId tenant;
        ports::ChangeRow change;
    };
    void publish(std::vector<Numbered> changes);
    // At start: the number that was given last, and the newest changes that are stored. What follows them
    // without a gap is held.
    void begin(std::uint64_t last, std::vector<Numbered> stored);
    std::size_t capacity() const { return capacity_; }

  private:
    void unsubscribe(std::uint64_t id);

    const std::size_t capacity_;
    mutable base::Mutex mutex_;
    std::deque<Numbered> changes_ GUARDED_BY(mutex_);
    std::uint64_t newest_ GUARDED_BY(mutex_) = 0;
    std::uint64_t forgotten_ GUARDED_BY(mutex_) = 0; // changes up to this number are not held
    std::map<std::uint64_t, std::function<void()>> wakes_ GUARDED_BY(mutex_);
    std::uint64_t next_id_ GUARDED_BY(mutex_) = 1;
};

} // namespace oakum::shard
