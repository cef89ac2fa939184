// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <base/sha512.hpp>
#include <trust/metadata.hpp>

#include <cstdint>

namespace oakum::trust {

// Holds a download to its signed length and hashes (SHA-256, SHA-512, or both) piece by piece: a piece that
// would exceed the length is refused before it is counted, so that nothing extra is ever written. A resumed
// download feeds what it already has first.
class TargetStream {
  public:
    // Errors: denied (the metadata carries no hash that we can compute).
    static base::Result<TargetStream> expect(const TargetFile& file);
    // Errors: denied (longer than signed).
    base::Status update(base::ByteView piece);
    // Errors: denied (shorter, or another hash).
    base::Status finish();
    std::uint64_t left() const { return length_ - taken_; }

  private:
    explicit TargetStream(const TargetFile& file);
    std::uint64_t length_;
    std::uint64_t taken_ = 0;
    Hashes expected_;
    std::optional<base::Sha256> sha256_;
    std::optional<base::Sha512> sha512_;
};

} // namespace oakum::trust
