// SPDX-License-Identifier: Apache-2.0
#include "mailbox.hpp"

namespace oakum::http {

void Mailbox::deliver(std::uint64_t request, ports::HttpResponse response) {
    const std::lock_guard lock(mutex_);
    if (request != request_ || response_) return;
    response_ = std::move(response);
    wake();
}

void Mailbox::signal(std::uint64_t request) {
    const std::lock_guard lock(mutex_);
    if (request != request_) return;
    signalled_ = true;
    wake();
}

void Mailbox::nudge() {
    const std::lock_guard lock(mutex_);
    signalled_ = true;
    wake();
}

// With the mutex held.
void Mailbox::wake() {
    if (!waiting_) return;
    const std::shared_ptr<IoThread> home = home_.lock();
    if (!home) return;
    home->post([self = shared_from_this()] {
        std::coroutine_handle<> waiting;
        {
            const std::lock_guard lock(self->mutex_);
            waiting = std::exchange(self->waiting_, {});
        }
        if (waiting) waiting.resume();
    });
}

std::uint64_t Mailbox::begin() {
    const std::lock_guard lock(mutex_);
    response_.reset();
    signalled_ = false;
    return ++request_;
}

std::optional<ports::HttpResponse> Mailbox::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(response_, std::nullopt);
}

bool Mailbox::Wait::await_suspend(std::coroutine_handle<> waiting) {
    const std::lock_guard lock(box_.mutex_);
    if (box_.response_ || box_.signalled_) return false;
    box_.waiting_ = waiting;
    return true;
}

void Mailbox::Wait::await_resume() const {
    const std::lock_guard lock(box_.mutex_);
    box_.signalled_ = false;
}

Answer::~Answer() {
    if (!given_.exchange(true)) box_->deliver(request_, unanswered());
}

void Answer::give(ports::HttpResponse response) {
    if (!given_.exchange(true)) box_->deliver(request_, std::move(response));
}

} // namespace oakum::http
