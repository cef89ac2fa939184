// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deadlines.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace oakum::http {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;

// A thread with its own event loop and deadlines. What belongs to it is touched by it alone; others post.
class IoThread : public std::enable_shared_from_this<IoThread> {
  public:
    static std::shared_ptr<IoThread> start();
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    // From any thread.
    template <class Work> void post(Work work) { asio::post(context_, std::move(work)); }
    // Finishes what is running and joins. From outside the thread, once nothing is left that waits.
    void stop();

    asio::io_context& context() { return context_; }
    // On the thread.
    void set_deadline(Timed& timed, Steady::time_point due);
    void clear_deadline(Timed& timed) { Deadlines::clear(timed); }
    // "Sun, 22 Nov 2026 16:03:00 GMT", made once a second.
    const std::string& date();

  private:
    IoThread();
    void arm();
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::steady_timer timer_;
    bool armed_ = false;
    bool stopping_ = false; // a tick that was due before the cancel must not begin another
    Steady::time_point last_needed_;
    Deadlines deadlines_;
    std::string date_;
    std::int64_t date_second_ = -1;
    std::thread thread_;
};

// co_await Ready(socket, ...): until the socket can be read or written. False when the wait was cancelled.
class Ready {
  public:
    Ready(Socket& socket, Socket::wait_type what) : socket_(socket), what_(what) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        socket_.async_wait(what_, [this, waiting](const boost::system::error_code& error) {
            ready_ = !error;
            waiting.resume();
        });
    }
    bool await_resume() const noexcept { return ready_; }

  private:
    Socket& socket_;
    Socket::wait_type what_;
    bool ready_ = false;
};

} // namespace oakum::http
