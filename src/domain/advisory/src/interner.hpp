// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"

#include <base/bytes.hpp>

#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

namespace oakum::advisory {

// Each distinct string once, in the file's own form; what it returns are the file's offsets. Found by open
// addressing: most of compiling is looking up strings that are there.
class Interner {
  public:
    Interner() : bytes_(4, 0), slots_(1024) {}
    Interner(const Interner&) = delete;
    Interner& operator=(const Interner&) = delete;

    std::uint32_t add(std::string_view text) {
        if (text.empty() || full()) return 0;
        const auto hash = hash_of(text);
        Slot* slot = slot_of(text, hash);
        if (slot->offset != 0) return slot->offset;
        const auto offset = static_cast<std::uint32_t>(bytes_.size());
        const auto length = static_cast<std::uint32_t>(text.size());
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes_.push_back(static_cast<std::uint8_t>(length >> shift));
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        *slot = {offset, hash};
        if (++known_ > slots_.size() / 4 * 3) grow();
        return offset;
    }
    // 0: it was not added.
    std::uint32_t find(std::string_view text) {
        return text.empty() ? 0 : slot_of(text, hash_of(text))->offset;
    }
    std::string_view text(std::uint32_t offset) const { return read(bytes_, offset); }
    bool full() const { return bytes_.size() > std::numeric_limits<std::uint32_t>::max() - (1U << 20U); }
    const base::Bytes& bytes() const { return bytes_; }

  private:
    struct Slot {
        std::uint32_t offset = 0; // 0: free
        std::uint32_t hash = 0;
    };

    static std::string_view read(const base::Bytes& bytes, std::uint32_t offset) {
        if (offset == 0) return {};
        std::uint32_t length = 0;
        std::memcpy(&length, bytes.data() + offset, sizeof(length));
        return {reinterpret_cast<const char*>(bytes.data()) + offset + sizeof(length), length};
    }
    static std::uint32_t hash_of(std::string_view text) {
        return static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
    }
    // Where it is, or would be.
    Slot* slot_of(std::string_view text, std::uint32_t hash) {
        Slot* slot = &slots_[place(hash)];
        while (slot->offset != 0 && (slot->hash != hash || read(bytes_, slot->offset) != text))
            slot = next(slot);
        return slot;
    }
    // The number of slots is a power of two.
    std::size_t place(std::uint32_t hash) const { return hash & (slots_.size() - 1); }
    Slot* next(Slot* slot) { return slot + 1 == slots_.data() + slots_.size() ? slots_.data() : slot + 1; }
    void grow() {
        std::vector<Slot> before(slots_.size() * 2);
        before.swap(slots_);
        for (const Slot& each : before) {
            if (each.offset == 0) continue;
            Slot* slot = &slots_[place(each.hash)];
            while (slot->offset != 0)
                slot = next(slot);
            *slot = each;
        }
    }

    base::Bytes bytes_;
    std::vector<Slot> slots_;
    std::size_t known_ = 0;
};

} // namespace oakum::advisory
