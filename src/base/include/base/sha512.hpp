// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <array>
#include <memory>

namespace oakum::base {

// FIPS 180-4, fed in pieces. Not shared between threads. Whole texts: sha512() of digest.hpp.
class Sha512 {
  public:
    Sha512();
    ~Sha512();
    Sha512(Sha512&&) noexcept;
    Sha512& operator=(Sha512&&) noexcept;
    void update(ByteView bytes);
    // The digest of what was fed; afterwards the object is as new.
    std::array<std::uint8_t, 64> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace oakum::base
