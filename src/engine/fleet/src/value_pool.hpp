// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace oakum::fleet {

// Texts as 32-bit numbers, each text once; 0 is no text. Numbers and texts stay valid for the life of the
// pool. One thread interns; `find` and `at` may be called from any, `at` with a number got through a lock of
// the writer's.
class ValuePool {
  public:
    ValuePool();
    ~ValuePool();
    ValuePool(const ValuePool&) = delete;
    ValuePool& operator=(const ValuePool&) = delete;

    std::uint32_t intern(std::string_view text) NO_ANALYSIS;
    std::uint32_t find(std::string_view text) const;
    std::string_view at(std::uint32_t number) const;
    std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
    // Every text with its number, in the order in which they lie in memory.
    template <class Visit> void each(Visit visit) const {
        const std::uint32_t end = size();
        for (std::uint32_t number = 1; number < end; ++number)
            visit(number, at(number));
    }
    std::uint64_t bytes() const;

  private:
    static constexpr std::uint32_t kChunk = 4096, kChunks = 65536;
    // An entry is two bytes of length and the text; it is named by its arena and where it stands in it.
    static constexpr unsigned kArenaBits = 17;
    static constexpr std::size_t kLongest = 65535, kArena = 1 << kArenaBits, kArenas = 1 << (32 - kArenaBits);
    using Chunk = std::uint32_t[kChunk];

    // An entry of the table is a number and above it four bits of its text's hash, by which most of the texts
    // that are not meant need not be looked at.
    static constexpr unsigned kNumberBits = 28;
    static_assert(std::uint64_t{kChunk} * kChunks == std::uint64_t{1} << kNumberBits);
    static std::uint32_t tag_of(std::size_t hash);

    std::uint32_t look(std::string_view text, std::size_t hash) const REQUIRES_SHARED(mutex_);
    void place(std::uint32_t number, std::size_t hash) REQUIRES(mutex_);

    std::unique_ptr<std::atomic<std::uint32_t*>[]> chunks_;
    std::unique_ptr<std::atomic<char*>[]> arenas_;
    std::atomic<std::uint32_t> size_{1};
    mutable base::SharedMutex mutex_;
    std::vector<std::uint32_t> table_ GUARDED_BY(mutex_);
    std::uint32_t arena_count_ GUARDED_BY(mutex_) = 0;
    std::size_t arena_used_ GUARDED_BY(mutex_) = kArena;
};

} // namespace oakum::fleet
