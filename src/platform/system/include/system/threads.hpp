// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace oakum::system {

// Threads for blocking work, with a bounded queue. Destruction finishes what was accepted.
class ThreadPool {
  public:
    ThreadPool(std::size_t threads, std::size_t queue_limit);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    // False, and nothing happens, when the queue is full or the pool is ending. The work must not throw.
    [[nodiscard]] bool submit(std::function<void()> work);

  private:
    void serve();
    const std::size_t limit_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_; // guarded by mutex_
    bool ending_ = false;                     // guarded by mutex_
    std::vector<std::thread> threads_;
};

// One thread, work in order, timers on the monotonic clock. Destruction stops it. The queue is not bounded:
// those who post are the bound (each waits for its answer).
class ThreadExecutor final : public ports::Executor {
  public:
    ThreadExecutor();
    ~ThreadExecutor() override;
    ThreadExecutor(const ThreadExecutor&) = delete;
    ThreadExecutor& operator=(const ThreadExecutor&) = delete;
    void post(std::function<void()> work) override;
    void post_after(base::Duration delay, std::function<void()> work) override;
    // Runs what is due, drops later timers and what is posted from then on. Not from its own thread.
    void stop();

  private:
    void serve();
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;                                            // guarded by mutex_
    std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> timers_; // guarded by mutex_
    bool ending_ = false, over_ = false;                                                 // guarded by mutex_
    std::thread thread_;
};

} // namespace oakum::system
