// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace oakum::base {

struct Digest256 {
    std::array<std::uint8_t, 32> bytes{};
    std::string hex() const { return to_hex(bytes); }
    // 64 hexadecimal digits. Errors: invalid.
    static Result<Digest256> parse(std::string_view hex);
    auto operator<=>(const Digest256&) const = default;
    bool operator==(const Digest256&) const = default;
};

// FIPS 180-4, fed in pieces. Not shared between threads.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(ByteView bytes);
    void update(std::string_view text) { update(as_bytes(text)); }
    // The digest of what was fed; afterwards the object is as new.
    Digest256 finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Digest256 sha256(ByteView bytes);
inline Digest256 sha256(std::string_view text) {
    return sha256(as_bytes(text));
}
std::array<std::uint8_t, 64> sha512(ByteView bytes);
// RFC 2104.
Digest256 hmac_sha256(ByteView key, ByteView message);

// SipHash-2-4 of the message under a 128-bit key: fast keyed hash for cohorts and hash tables.
std::uint64_t siphash24(std::uint64_t key0, std::uint64_t key1, ByteView message);

} // namespace oakum::base

template <> struct std::hash<oakum::base::Digest256> {
    std::size_t operator()(const oakum::base::Digest256& digest) const {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof(value); ++i)
            value = value << 8 | digest.bytes[i];
        return value;
    }
};
