// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace oakum::fleet {

// From a 64-bit hash to slots: eight bytes an entry, cut into stripes with one lock each. The caller checks
// each candidate, since hashes meet.
class SlotIndex {
  public:
    void insert(std::uint64_t hash, std::uint32_t slot) {
        Stripe& stripe = stripe_of(hash);
        base::ExclusiveLock lock(stripe.mutex);
        if ((stripe.filled + 1) * 10 > stripe.entries.size() * 8) grow(stripe);
        place(stripe, {tag_of(hash), slot});
        ++stripe.filled;
    }
    void erase(std::uint64_t hash, std::uint32_t slot) {
        Stripe& stripe = stripe_of(hash);
        base::ExclusiveLock lock(stripe.mutex);
        if (stripe.entries.empty()) return;
        const std::size_t size = stripe.entries.size();
        for (std::size_t i = start(tag_of(hash), size); stripe.entries[i].slot != kEmpty; i = after(i, size))
            if (stripe.entries[i].tag == tag_of(hash) && stripe.entries[i].slot == slot) {
                stripe.entries[i].slot = kErased;
                return;
            }
    }
    // Calls `is_it(slot)` for each candidate until it says true.
    template <class Check> bool find(std::uint64_t hash, Check is_it) const {
        const Stripe& stripe = stripe_of(hash);
        std::array<std::uint32_t, 16> found;
        std::size_t count = 0;
        {
            base::SharedLock lock(stripe.mutex);
            if (stripe.entries.empty()) return false;
            const std::size_t size = stripe.entries.size();
            for (std::size_t i = start(tag_of(hash), size); stripe.entries[i].slot != kEmpty;
                 i = after(i, size))
                if (stripe.entries[i].tag == tag_of(hash) && stripe.entries[i].slot != kErased &&
                    count < found.size())
                    found[count++] = stripe.entries[i].slot;
        }
        for (std::size_t i = 0; i < count; ++i)
            if (is_it(found[i])) return true;
        return false;
    }
    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const Stripe& stripe : stripes_) {
            base::SharedLock lock(stripe.mutex);
            sum += stripe.entries.capacity() * sizeof(Entry);
        }
        return sum;
    }

  private:
    static constexpr std::uint32_t kEmpty = 0xFFFFFFFF, kErased = 0xFFFFFFFE;
    struct Entry {
        std::uint32_t tag = 0, slot = kEmpty;
    };
    struct Stripe {
        mutable base::SharedMutex mutex;
        std::vector<Entry> entries GUARDED_BY(mutex);
        std::size_t filled GUARDED_BY(mutex) = 0; // erased ones included
    };

    Stripe& stripe_of(std::uint64_t hash) { return stripes_[hash >> 58]; }
    const Stripe& stripe_of(std::uint64_t hash) const { return stripes_[hash >> 58]; }
    static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }
    // The tag as a share of the size, which is no power of two, so that it need not double.
    static std::size_t start(std::uint32_t tag, std::size_t size) {
        return static_cast<std::size_t>((std::uint64_t{tag} * size) >> 32);
    }
    static std::size_t after(std::size_t at, std::size_t size) { return at + 1 == size ? 0 : at + 1; }
    static void place(Stripe& stripe, Entry entry) REQUIRES(stripe.mutex) {
        const std::size_t size = stripe.entries.size();
        std::size_t i = start(entry.tag, size);
        while (stripe.entries[i].slot != kEmpty)
            i = after(i, size);
        stripe.entries[i] = entry;
    }
    static void grow(Stripe& stripe) REQUIRES(stripe.mutex) {
        std::vector<Entry> old;
        old.swap(stripe.entries);
        std::size_t live = 0;
        for (const Entry& entry : old)
            live += entry.slot != kEmpty && entry.slot != kErased ? 1 : 0;
        stripe.entries.assign(std::max<std::size_t>(16, (live + 1) * 5 / 3), Entry{});
        for (const Entry& entry : old)
            if (entry.slot != kEmpty && entry.slot != kErased) place(stripe, entry);
        stripe.filled = live;
    }

    std::array<Stripe, 64> stripes_;
};

} // namespace oakum::fleet
