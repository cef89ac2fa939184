// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/clock.hpp>
#include <ports/sealer.hpp>

#include <array>
#include <cstdint>

namespace oakum::pki {

// AES-256-GCM under one key; each seal has its own random nonce, and its purpose is authenticated with it.
class KeySealer final : public ports::Sealer {
  public:
    using Key = std::array<std::uint8_t, 32>;
    KeySealer(Key key, ports::Random& random) : key_(key), random_(random) {}
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override;
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override;

  private:
    const Key key_;
    ports::Random& random_;
};

} // namespace oakum::pki
