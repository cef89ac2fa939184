// SPDX-License-Identifier: Apache-2.0
#include "deadlines.hpp"

#include <algorithm>

namespace oakum::http {

Timed::~Timed() {
    unlink();
}

void Timed::unlink() {
    if (head_ == nullptr) return;
    if (previous_ != nullptr)
        previous_->next_ = next_;
    else
        *head_ = next_;
    if (next_ != nullptr) next_->previous_ = previous_;
    previous_ = next_ = nullptr;
    head_ = nullptr;
    tick_ = kNever;
}

void Deadlines::set(Timed& timed, Steady::time_point due) {
    timed.due_ = due;
    if (due != Steady::time_point::max() && tick_of(due) < timed.tick_) insert(timed);
}

void Deadlines::insert(Timed& timed) {
    timed.unlink();
    // Never behind the sweep, never a whole turn ahead of it.
    timed.tick_ = std::clamp(tick_of(timed.due_), swept_ + 1, swept_ + kSlots - 1);
    timed.head_ = &slot(timed.tick_);
    timed.next_ = *timed.head_;
    if (timed.next_ != nullptr) timed.next_->previous_ = &timed;
    *timed.head_ = &timed;
}

void Deadlines::sweep(Steady::time_point now) {
    const std::int64_t last = now.time_since_epoch() / kTick;
    // After a long pause (a suspended machine) one turn sees everything.
    swept_ = std::max(swept_, last - kSlots);
    while (swept_ < last) {
        ++swept_;
        // Every entry leaves the slot before anything is called, which may change the lists.
        for (Timed*& head = slot(swept_); head != nullptr;) {
            Timed& timed = *head;
            timed.unlink();
            if (timed.due_ == Steady::time_point::max()) continue;
            if (tick_of(timed.due_) > swept_) {
                insert(timed);
                continue;
            }
            timed.due_ = Steady::time_point::max();
            timed.expire();
        }
    }
}

} // namespace oakum::http
