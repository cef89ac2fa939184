// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace oakum::base {

// 128 bits, the upper 48 of which are milliseconds since 1970: ids made later sort later. Text is 26 letters
// and digits of Crockford's base 32 in lower case (no i, l, o, u).
struct Id128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Id128&) const = default;
    bool operator==(const Id128&) const = default;
    bool is_zero() const { return high == 0 && low == 0; }
};

Id128 make_id128(std::uint64_t unix_milliseconds, const std::array<std::uint8_t, 10>& random);
std::string to_text(Id128 id);
// Errors: invalid.
Result<Id128> parse_id128(std::string_view text);
std::array<std::uint8_t, 16> to_bytes(Id128 id);
Id128 id128_from_bytes(const std::array<std::uint8_t, 16>& bytes);

// An Id128 that names one kind of thing only.
template <class Tag> class Id {
  public:
    Id() = default;
    explicit Id(Id128 value) : value_(value) {}
    static Result<Id> parse(std::string_view text) {
        TRY_VALUE(Id128 value, parse_id128(text));
        return Id(value);
    }
    Id128 get() const { return value_; }
    std::string text() const { return to_text(value_); }
    bool is_zero() const { return value_.is_zero(); }
    auto operator<=>(const Id&) const = default;
    bool operator==(const Id&) const = default;

  private:
    Id128 value_;
};

} // namespace oakum::base

template <> struct std::hash<oakum::base::Id128> {
    std::size_t operator()(const oakum::base::Id128& id) const {
        return static_cast<std::size_t>(id.low * 0x9E3779B97F4A7C15ULL ^ id.high);
    }
};
template <class Tag> struct std::hash<oakum::base::Id<Tag>> {
    std::size_t operator()(const oakum::base::Id<Tag>& id) const {
        return std::hash<oakum::base::Id128>{}(id.get());
    }
};
