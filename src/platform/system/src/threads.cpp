// SPDX-License-Identifier: Apache-2.0
#include <system/threads.hpp>

namespace oakum::system {

ThreadPool::ThreadPool(std::size_t threads, std::size_t queue_limit) : limit_(queue_limit) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { serve(); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

bool ThreadPool::submit(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (ending_ || queue_.size() >= limit_) return false;
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
}

void ThreadPool::serve() {
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

ThreadExecutor::ThreadExecutor() : thread_([this] { serve(); }) {}

ThreadExecutor::~ThreadExecutor() {
    stop();
}

void ThreadExecutor::stop() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    // What is dropped may hold the last of something that posts when it ends.
    decltype(queue_) queue;
    decltype(timers_) timers;
    const std::lock_guard lock(mutex_);
    over_ = true;
    queue.swap(queue_);
    timers.swap(timers_);
}

void ThreadExecutor::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (over_) return;
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void ThreadExecutor::post_after(base::Duration delay, std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        if (over_) return;
        timers_.emplace(std::chrono::steady_clock::now() + delay, std::move(work));
    }
    changed_.notify_one();
}

void ThreadExecutor::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto now = std::chrono::steady_clock::now();
        while (!timers_.empty() && timers_.begin()->first <= now) {
            queue_.push_back(std::move(timers_.begin()->second));
            timers_.erase(timers_.begin());
        }
        if (!queue_.empty()) {
            std::function<void()> work = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            work();
            work = nullptr; // what it held may post when it ends
            lock.lock();
        } else if (ending_) {
            return;
        } else if (timers_.empty()) {
            changed_.wait(lock);
        } else {
            changed_.wait_until(lock, timers_.begin()->first);
        }
    }
}

} // namespace oakum::system
