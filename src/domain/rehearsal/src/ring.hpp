// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rehearsal/scene.hpp>

#include <algorithm>
#include <optional>
#include <vector>

namespace oakum::rehearsal {

// Devices that poll every `turn` seconds, in the order in which they do: by phase, then by number. Insert,
// erase and the next one after a moment cost little more than a search; 8 bytes each.
class Ring {
  public:
    explicit Ring(std::uint32_t turn) : turn_(turn) {}

    std::uint32_t turn() const { return turn_; }
    bool empty() const { return chunks_.empty(); }

    void insert(std::uint32_t phase, std::uint32_t device) {
        const std::uint64_t entry = entry_of(phase, device);
        if (chunks_.empty()) chunks_.emplace_back();
        auto chunk = chunk_of(entry);
        chunk->insert(std::ranges::lower_bound(*chunk, entry), entry);
        if (chunk->size() < kMost) return;
        const auto middle = chunk->begin() + kMost / 2;
        std::vector<std::uint64_t> upper(middle, chunk->end());
        chunk->erase(middle, chunk->end());
        chunks_.insert(chunk + 1, std::move(upper));
    }
    void erase(std::uint32_t phase, std::uint32_t device) {
        const std::uint64_t entry = entry_of(phase, device);
        if (chunks_.empty()) return;
        const auto chunk = chunk_of(entry);
        const auto at = std::ranges::lower_bound(*chunk, entry);
        if (at == chunk->end() || *at != entry) return;
        chunk->erase(at);
        if (chunk->empty()) chunks_.erase(chunk);
    }

    struct Next {
        Seconds at = 0;
        std::uint32_t device = 0;
    };
    // Who polls next after the turn of `device` in that second (all of the second, when there is none).
    // Not empty.
    Next next_after(Seconds now, std::optional<std::uint32_t> device) const {
        const std::uint32_t moment = now % turn_;
        const std::uint64_t from = device ? entry_of(moment, *device) + 1 : entry_of(moment, 0);
        const auto chunk = std::ranges::lower_bound(chunks_, from, {}, &last_of);
        if (chunk != chunks_.end()) {
            const std::uint64_t found = *std::ranges::lower_bound(*chunk, from);
            return {now + static_cast<Seconds>((found >> 32) - moment), static_cast<std::uint32_t>(found)};
        }
        const std::uint64_t first = chunks_.front().front(); // in the next turn
        return {now + turn_ - moment + static_cast<Seconds>(first >> 32), static_cast<std::uint32_t>(first)};
    }

  private:
    static constexpr std::size_t kMost = 4'096;
    static std::uint64_t entry_of(std::uint32_t phase, std::uint32_t device) {
        return std::uint64_t{phase} << 32 | device;
    }
    std::vector<std::vector<std::uint64_t>>::iterator chunk_of(std::uint64_t entry) {
        const auto after = std::ranges::lower_bound(chunks_, entry, {}, &last_of);
        return after == chunks_.end() ? after - 1 : after;
    }
    static std::uint64_t last_of(const std::vector<std::uint64_t>& chunk) {
        return chunk.empty() ? 0 : chunk.back();
    }

    std::uint32_t turn_;
    std::vector<std::vector<std::uint64_t>> chunks_; // rising, none empty
};

} // namespace oakum::rehearsal
