// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <memory>

namespace oakum::base {

// BLAKE2b-512 without a key (RFC 7693), fed in pieces. Not shared between threads.
class Blake2b512 {
  public:
    Blake2b512();
    ~Blake2b512();
    Blake2b512(Blake2b512&&) noexcept;
    Blake2b512& operator=(Blake2b512&&) noexcept;
    void update(ByteView bytes);
    // The digest of what was fed; afterwards the object is as new.
    std::array<std::uint8_t, 64> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::base
