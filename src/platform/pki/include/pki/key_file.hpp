// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pki/key.hpp>
#include <ports/clock.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace oakum::pki {

// What opening one file costs: RFC 9106's second recommendation.
struct KeyFileCost {
    std::uint32_t memory_kib = 64 << 10, passes = 3, lanes = 4;
};

// An Ed25519 key in a text file under a passphrase: argon2id makes the key, AES-256-GCM seals, and every line
// is authenticated. Whose it is and its public half can be read without the passphrase.
struct KeyFile {
    std::string holder; // 1 to 64 letters, digits, '.', '_', '-'
    base::Bytes public_key;
    KeyFileCost cost;
    std::array<std::uint8_t, 16> salt{};
    std::string sealed;
};

// A holder's name is 1 to 64 letters, digits, '.', '_' and '-'. Errors: invalid.
base::Status check_holder(std::string_view holder);

// The whole file. Errors: invalid (the holder, a passphrase of fewer than 12 bytes), too_large, unavailable
// (memory).
base::Result<std::string> make_key_file(const PrivateKey& key, std::string_view holder,
                                        std::string_view passphrase, ports::Random& random,
                                        const KeyFileCost& cost = {});
// At most 4 KiB; a cost of more than 1 GiB, 10 passes or 16 lanes is refused, so that a forged file costs
// nothing. Errors: invalid.
base::Result<KeyFile> read_key_file(std::string_view text);
// Errors: denied (another passphrase, or a line that was changed), unavailable (memory).
base::Result<PrivateKey> open_key_file(const KeyFile& file, std::string_view passphrase);

} // namespace oakum::pki
