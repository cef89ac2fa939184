// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io_thread.hpp"

#include <ports/http.hpp>

#include <atomic>
#include <coroutine>
#include <memory>
#include <mutex>
#include <optional>

namespace oakum::http {

// Where a connection waits for others: the handler's response, an event stream's wake, a deadline. Outlives
// its connection as long as somebody may still write to it; letters of an earlier request are dropped.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
  public:
    explicit Mailbox(std::weak_ptr<IoThread> home) : home_(std::move(home)) {}

    // From any thread. The number is the request's.
    void deliver(std::uint64_t request, ports::HttpResponse response);
    void signal(std::uint64_t request);
    // From any thread: whoever waits looks around.
    void nudge();

    // On the connection's thread.
    std::uint64_t begin();
    std::optional<ports::HttpResponse> take();

    // co_await wait(): until there is a response, a signal or a nudge; sometimes without cause.
    class Wait {
      public:
        explicit Wait(Mailbox& box) : box_(box) {}
        bool await_ready() const noexcept { return false; }
        bool await_suspend(std::coroutine_handle<> waiting);
        void await_resume() const;

      private:
        Mailbox& box_;
    };
    Wait wait() { return Wait(*this); }

  private:
    void wake();
    const std::weak_ptr<IoThread> home_;
    std::mutex mutex_;
    std::uint64_t request_ = 0;                   // guarded by mutex_
    std::optional<ports::HttpResponse> response_; // guarded by mutex_
    bool signalled_ = false;                      // guarded by mutex_
    std::coroutine_handle<> waiting_;             // guarded by mutex_
};

// What lies in the box when a handler forgot to answer: no status at all.
inline ports::HttpResponse unanswered() {
    ports::HttpResponse nothing;
    nothing.status = 0;
    return nothing;
}

// What a handler's `respond` holds: the first call answers; when it is dropped without a call, the connection
// is told so.
class Answer {
  public:
    Answer(std::shared_ptr<Mailbox> box, std::uint64_t request) : box_(std::move(box)), request_(request) {}
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    ~Answer();
    void give(ports::HttpResponse response);
    // Lives until the answer: a body sink that answers later.
    std::shared_ptr<void> kept;

  private:
    std::shared_ptr<Mailbox> box_;
    std::uint64_t request_;
    std::atomic<bool> given_{false};
};

} // namespace oakum::http
