// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/scene.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <vector>

namespace oakum::rehearsal {

// At most one date for each device, which stands in its record: `due(device)` of the records, which are told
// who comes soon. Beside it a second has a list of who was given a date in it, in pieces; who has another one
// by then is passed over. Time goes on by `begin`; within a second devices come in the order of their
// numbers, also those that are put into it then.
template <class Records> class Calendar {
  public:
    Calendar(Records& records, Seconds horizon)
        : records_(records), first_(std::size_t{horizon} + 1, kNone) {}

    Seconds now() const { return now_; }

    // In place of the one that it has. Not in the past; one beyond the horizon never comes.
    void set(std::uint32_t device, Seconds due) {
        if (records_.due(device) == due) return;
        records_.due(device) = due < first_.size() ? due : kNever;
        if (due >= first_.size()) return;
        if (began_ && due == now_) return later_today_.push(device);
        std::uint32_t piece = first_[due];
        if (piece == kNone || pieces_[piece].count == kInAPiece) {
            const std::uint32_t fresh = take_piece();
            pieces_[fresh].next = piece;
            first_[due] = piece = fresh;
        }
        pieces_[piece].devices[pieces_[piece].count++] = device;
    }

    // The next device whose date is in the present second, its date removed; kNone: none is left.
    std::uint32_t next() {
        for (;;) {
            std::uint32_t device = at_ < today_.size() ? today_[at_] : kNone;
            if (!later_today_.empty() && later_today_.top() < device) {
                device = later_today_.top();
                later_today_.pop();
            } else if (device != kNone) {
                ++at_;
                // Records of devices lie all over the memory.
                if (at_ + kAhead < today_.size()) records_.prefetch(today_[at_ + kAhead]);
            } else {
                return kNone;
            }
            if (records_.due(device) != now_) continue;
            records_.due(device) = kNever;
            return device;
        }
    }
    // Goes on to a second, in which nobody has come yet.
    void begin(Seconds second) {
        began_ = true;
        now_ = second;
        today_.clear();
        at_ = 0;
        for (std::uint32_t piece = first_[second]; piece != kNone;) {
            const Piece& of = pieces_[piece];
            today_.insert(today_.end(), of.devices.begin(), of.devices.begin() + of.count);
            const std::uint32_t next = of.next;
            free_.push_back(piece);
            piece = next;
        }
        first_[second] = kNone;
        std::ranges::sort(today_);
    }
    bool is_empty(Seconds second) const { return first_[second] == kNone; }

    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  private:
    static constexpr std::uint8_t kInAPiece = 6;
    static constexpr std::size_t kAhead = 8;
    struct Piece {
        std::array<std::uint32_t, kInAPiece> devices;
        std::uint32_t next = kNone;
        std::uint8_t count = 0;
    };
    std::uint32_t take_piece() {
        if (free_.empty()) {
            pieces_.emplace_back();
            return static_cast<std::uint32_t>(pieces_.size() - 1);
        }
        const std::uint32_t piece = free_.back();
        free_.pop_back();
        pieces_[piece].count = 0;
        return piece;
    }

    Records& records_;
    std::vector<std::uint32_t> first_; // pieces, by second
    std::vector<Piece> pieces_;
    std::vector<std::uint32_t> free_;
    Seconds now_ = 0;
    bool began_ = false;
    std::vector<std::uint32_t> today_; // rising
    std::size_t at_ = 0;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> later_today_;
};

} // namespace oakum::rehearsal
