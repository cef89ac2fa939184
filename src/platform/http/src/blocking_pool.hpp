// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io_thread.hpp"

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace oakum::http {

// Threads that may wait for the disk, so that io threads never do. A connection has at most one piece of work
// here: the number of connections bounds the queue.
class BlockingPool {
  public:
    explicit BlockingPool(unsigned threads) {
        for (unsigned i = 0; i < threads; ++i)
            threads_.emplace_back([this] { serve(); });
    }
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;
    ~BlockingPool() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_)
            thread.join();
    }
    void submit(std::function<void()> work) {
        {
            const std::lock_guard lock(mutex_);
            queue_.push_back(std::move(work));
        }
        changed_.notify_one();
    }

  private:
    void serve() {
        for (;;) {
            std::function<void()> work;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
                if (queue_.empty()) return;
                work = std::move(queue_.front());
                queue_.pop_front();
            }
            work();
        }
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_; // guarded by mutex_
    bool ending_ = false;                     // guarded by mutex_
    std::vector<std::thread> threads_;
};

// co_await Offload(pool, home, work): runs the work on the pool and goes on where it was.
class Offload {
  public:
    Offload(BlockingPool& pool, std::shared_ptr<IoThread> home, std::function<void()> work)
        : pool_(pool), home_(std::move(home)), work_(std::move(work)) {}
    Offload(const Offload&) = delete;
    Offload& operator=(const Offload&) = delete;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        pool_.submit([this, waiting] {
            work_();
            // The coroutine, and this with it, may be gone before post() returns.
            const std::shared_ptr<IoThread> home = home_;
            home->post([waiting] { waiting.resume(); });
        });
    }
    void await_resume() const noexcept {}

  private:
    BlockingPool& pool_;
    // Shared: the thread must not end before it is told that the work has ended.
    std::shared_ptr<IoThread> home_;
    std::function<void()> work_;
};

} // namespace oakum::http
