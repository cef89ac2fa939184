// SPDX-License-Identifier: Apache-2.0
#include "io_thread.hpp"

#include <ctime>

namespace oakum::http {

std::shared_ptr<IoThread> IoThread::start() {
    std::shared_ptr<IoThread> made(new IoThread());
    made->thread_ = std::thread([raw = made.get()] { raw->context_.run(); });
    return made;
}

IoThread::IoThread() : work_(asio::make_work_guard(context_)), timer_(context_), deadlines_(Steady::now()) {}

IoThread::~IoThread() {
    stop();
}

void IoThread::stop() {
    if (!thread_.joinable()) return;
    post([this] {
        work_.reset();
        stopping_ = true;
        timer_.cancel();
    });
    thread_.join();
}

void IoThread::set_deadline(Timed& timed, Steady::time_point due) {
    deadlines_.set(timed, due);
    if (due != Steady::time_point::max()) {
        if (due > last_needed_) last_needed_ = due;
        if (!armed_) arm();
    }
}

// Ticks only while there is a deadline to come, so that an idle server sleeps.
void IoThread::arm() {
    if (stopping_) return;
    armed_ = true;
    timer_.expires_after(Deadlines::kTick);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        armed_ = false;
        const auto now = Steady::now();
        deadlines_.sweep(now);
        if (!armed_ && now < last_needed_ + 2 * Deadlines::kTick) arm();
    });
}

const std::string& IoThread::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_second_) {
        date_second_ = now;
        std::tm fields{};
        gmtime_r(&now, &fields);
        char text[64];
        date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &fields));
    }
    return date_;
}

} // namespace oakum::http
