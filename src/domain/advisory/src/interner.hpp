// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layout.hpp"

#include <base/bytes.hpp>

#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_set>

namespace oakum::advisory {

// Each distinct string once, in the file's own form; what it returns are the file's offsets.
class Interner {
  public:
    Interner() : bytes_(4, 0), known_(64, Hash{&bytes_}, Equal{&bytes_}) {}
    Interner(const Interner&) = delete;
    Interner& operator=(const Interner&) = delete;

    std::uint32_t add(std::string_view text) {
        if (text.empty() || full()) return 0;
        if (const auto found = known_.find(text); found != known_.end()) return *found;
        const auto offset = static_cast<std::uint32_t>(bytes_.size());
        const auto length = static_cast<std::uint32_t>(text.size());
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes_.push_back(static_cast<std::uint8_t>(length >> shift));
        bytes_.insert(bytes_.end(), text.begin(), text.end());
        known_.insert(offset);
        return offset;
    }
    std::string_view text(std::uint32_t offset) const { return read(bytes_, offset); }
    bool full() const { return bytes_.size() > std::numeric_limits<std::uint32_t>::max() - (1U << 20U); }
    const base::Bytes& bytes() const { return bytes_; }

  private:
    static std::string_view read(const base::Bytes& bytes, std::uint32_t offset) {
        if (offset == 0) return {};
        std::uint32_t length = 0;
        std::memcpy(&length, bytes.data() + offset, sizeof(length));
        return {reinterpret_cast<const char*>(bytes.data()) + offset + sizeof(length), length};
    }
    struct Hash {
        using is_transparent = void;
        const base::Bytes* bytes;
        std::size_t operator()(std::string_view text) const { return layout::hash_of(text); }
        std::size_t operator()(std::uint32_t offset) const { return layout::hash_of(read(*bytes, offset)); }
    };
    struct Equal {
        using is_transparent = void;
        const base::Bytes* bytes;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(std::string_view a, std::uint32_t b) const { return a == read(*bytes, b); }
        bool operator()(std::uint32_t a, std::string_view b) const { return read(*bytes, a) == b; }
    };
    base::Bytes bytes_;
    std::unordered_set<std::uint32_t, Hash, Equal> known_;
};

} // namespace oakum::advisory
