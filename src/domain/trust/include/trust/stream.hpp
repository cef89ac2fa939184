// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>
#include <trust/metadata.hpp>

#include <cstdint>

namespace oakum::trust {

// Holds a download to its signed length and SHA-256 piece by piece: a piece that would exceed the length is
// refused before it is counted, so that nothing extra is ever written. A resumed download feeds what it
// already has first.
class TargetStream {
  public:
    // Errors: denied (the metadata carries no SHA-256).
    static base::Result<TargetStream> expect(const TargetFile& file);
    // Errors: denied (longer than signed).
    base::Status update(base::ByteView piece);
    // Errors: denied (shorter, or another hash).
    base::Status finish();
    std::uint64_t left() const { return length_ - taken_; }

  private:
    TargetStream(std::uint64_t length, const base::Digest256& digest) : length_(length), expected_(digest) {}
    std::uint64_t length_;
    std::uint64_t taken_ = 0;
    base::Digest256 expected_;
    base::Sha256 hash_;
};

} // namespace oakum::trust
