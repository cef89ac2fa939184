// SPDX-License-Identifier: Apache-2.0
#include "value_pool.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <new>

namespace oakum::fleet {

ValuePool::ValuePool()
    : chunks_(std::make_unique<std::atomic<std::uint32_t*>[]>(kChunks)),
      arenas_(std::make_unique<std::atomic<char*>[]>(kArenas)) {
    table_.resize(1024);
}

ValuePool::~ValuePool() {
    for (std::uint32_t i = 0; i < kChunks; ++i)
        delete[] chunks_[i].load();
    for (std::size_t i = 0; i < kArenas; ++i)
        delete[] arenas_[i].load();
}

std::string_view ValuePool::at(std::uint32_t number) const {
    if (number == 0) return {};
    const std::uint32_t place = chunks_[number / kChunk].load(std::memory_order_acquire)[number % kChunk];
    const char* entry = arenas_[place >> kArenaBits].load(std::memory_order_acquire) + place % kArena;
    std::uint16_t length = 0;
    std::memcpy(&length, entry, sizeof(length));
    return {entry + sizeof(length), length};
}

std::uint32_t ValuePool::tag_of(std::size_t hash) {
    return static_cast<std::uint32_t>(hash >> 60 << kNumberBits);
}

std::uint32_t ValuePool::look(std::string_view text, std::size_t hash) const {
    const std::size_t mask = table_.size() - 1;
    constexpr std::uint32_t kNumber = (1U << kNumberBits) - 1;
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t i = hash & mask; table_[i] != 0; i = (i + 1) & mask)
        if ((table_[i] & ~kNumber) == tag && at(table_[i] & kNumber) == text) return table_[i] & kNumber;
    return 0;
}

void ValuePool::place(std::uint32_t number, std::size_t hash) {
    const std::size_t mask = table_.size() - 1;
    std::size_t i = hash & mask;
    while (table_[i] != 0)
        i = (i + 1) & mask;
    table_[i] = number | tag_of(hash);
}

std::uint32_t ValuePool::find(std::string_view text) const {
    if (text.empty()) return 0;
    text = text.substr(0, kLongest);
    const std::size_t hash = std::hash<std::string_view>{}(text);
    base::SharedLock lock(mutex_);
    return look(text, hash);
}

std::uint32_t ValuePool::intern(std::string_view text) {
    if (text.empty()) return 0;
    text = text.substr(0, kLongest);
    const std::size_t hash = std::hash<std::string_view>{}(text);
    // Without the lock: nobody else changes the table.
    if (const std::uint32_t known = look(text, hash); known != 0) return known;
    base::ExclusiveLock lock(mutex_);
    const std::uint32_t number = size_.load(std::memory_order_relaxed);
    const std::uint32_t chunk = number / kChunk;
    if (chunks_[chunk].load(std::memory_order_relaxed) == nullptr)
        chunks_[chunk].store(new std::uint32_t[kChunk]{}, std::memory_order_release);
    const std::size_t needed = text.size() + sizeof(std::uint16_t);
    if (arena_used_ + needed > kArena) {
        // Four gigabytes of texts: as a bug rather than a lie.
        if (arena_count_ == kArenas) throw std::bad_alloc();
        arenas_[arena_count_++].store(new char[kArena], std::memory_order_release);
        arena_used_ = 0;
    }
    const auto place_in_arenas = static_cast<std::uint32_t>((arena_count_ - 1) << kArenaBits | arena_used_);
    char* entry = arenas_[arena_count_ - 1].load(std::memory_order_relaxed) + arena_used_;
    arena_used_ += needed;
    const auto length = static_cast<std::uint16_t>(text.size());
    std::memcpy(entry, &length, sizeof(length));
    std::memcpy(entry + sizeof(length), text.data(), text.size());
    chunks_[chunk].load(std::memory_order_relaxed)[number % kChunk] = place_in_arenas;
    size_.store(number + 1, std::memory_order_release);
    if ((number + 1) * std::uint64_t{10} > table_.size() * std::uint64_t{7}) {
        table_.assign(table_.size() * 2, 0);
        for (std::uint32_t i = 1; i <= number; ++i)
            place(i, std::hash<std::string_view>{}(at(i)));
    } else {
        place(number, hash);
    }
    return number;
}

std::uint64_t ValuePool::bytes() const {
    base::SharedLock lock(mutex_);
    return std::uint64_t{arena_count_} * kArena + table_.size() * sizeof(std::uint32_t) +
           (size() / kChunk + 1) * std::uint64_t{sizeof(Chunk)};
}

} // namespace oakum::fleet
