// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>
#include <vendor_files/read_at.hpp>

#include <array>
#include <string>

namespace oakum::vendor_files {

// A public key of minisign: the line "RW..." alone, or the file of two lines.
struct MinisignKey {
    std::array<std::uint8_t, 8> id{};
    base::PublicKey key;
    // Errors: invalid.
    static base::Result<MinisignKey> parse(std::string_view text);
};

// A file FILE.minisig: a comment that nobody vouches for, the signature, a comment that is signed, and the
// signature over both.
struct MinisignSignature {
    bool prehashed = false; // over the BLAKE2b-512 of the file; else over the file itself
    std::array<std::uint8_t, 8> key{};
    std::array<std::uint8_t, 64> signature{}, global{};
    std::string trusted_comment;
    // Errors: invalid, too_large.
    static base::Result<MinisignSignature> parse(std::string_view text);
};

// Without prehashing the whole file is one message, which is held in memory.
inline constexpr std::size_t kLargestUnhashed = 64 << 20;

// Whether it is by this key over the whole file, and its trusted comment too. Errors: invalid (it is not, and
// why), too_large; those of the reading.
base::Status verify(const MinisignSignature& signature, const MinisignKey& key, const File& file);

// "1A2B3C4D5E6F7081", as minisign shows it.
std::string key_id(const std::array<std::uint8_t, 8>& id);

} // namespace oakum::vendor_files
