// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/scene.hpp>

#include <algorithm>
#include <queue>
#include <vector>

namespace oakum::rehearsal {

// What is due for one thing of a calendar, and its neighbours in the list of that second.
struct Entry {
    Seconds due = kNever;
    std::uint32_t before = 0, after = 0;
};

// At most one date for each device: lists by second that run through the devices' own records. Time goes on
// by `next`; within a second devices come in the order of their numbers, also those that are put into it
// then.
template <class Records> class Calendar {
  public:
    // `entry(device)` of the records is where its entry is kept.
    Calendar(Records& records, Seconds horizon)
        : records_(records), first_(std::size_t{horizon} + 1, kNone) {}

    Seconds now() const { return now_; }

    // Not in the past; beyond the horizon it never comes.
    void set(std::uint32_t device, Seconds due) {
        Entry& entry = records_.entry(device);
        if (entry.due == due) return;
        remove(device);
        if (due >= first_.size()) return;
        entry.due = due;
        if (began_ && due == now_) return later_today_.push(device);
        entry.before = kNone;
        entry.after = first_[due];
        if (entry.after != kNone) records_.entry(entry.after).before = device;
        first_[due] = device;
    }
    void remove(std::uint32_t device) {
        Entry& entry = records_.entry(device);
        const Seconds due = entry.due;
        entry.due = kNever;
        if (due == kNever || (began_ && due == now_)) return; // who was taken out of today is passed over
        if (entry.before == kNone)
            first_[due] = entry.after;
        else
            records_.entry(entry.before).after = entry.after;
        if (entry.after != kNone) records_.entry(entry.after).before = entry.before;
    }

    // The next device whose date is in the present second, its date removed; kNone: none is left.
    std::uint32_t next() {
        for (;;) {
            std::uint32_t device = kNone;
            if (at_ < today_.size()) device = today_[at_];
            if (!later_today_.empty() && later_today_.top() < device) {
                device = later_today_.top();
                later_today_.pop();
            } else if (device != kNone) {
                ++at_;
            } else {
                return kNone;
            }
            Entry& entry = records_.entry(device);
            if (entry.due != now_) continue;
            entry.due = kNever;
            return device;
        }
    }
    // Goes on to a second, in which nobody has come yet.
    void begin(Seconds second) {
        began_ = true;
        now_ = second;
        today_.clear();
        at_ = 0;
        for (std::uint32_t device = first_[second]; device != kNone; device = records_.entry(device).after)
            today_.push_back(device);
        first_[second] = kNone;
        std::ranges::sort(today_);
    }
    bool is_empty(Seconds second) const { return first_[second] == kNone; }

    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  private:
    Records& records_;
    std::vector<std::uint32_t> first_; // by second
    Seconds now_ = 0;
    bool began_ = false;
    std::vector<std::uint32_t> today_; // rising
    std::size_t at_ = 0;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> later_today_;
};

} // namespace oakum::rehearsal
