// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/signature.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oakum::vendor_files {

inline constexpr std::size_t kLargestMcuboot = 64 << 20;

// An image for MCUboot: header, payload, protected TLVs, which are signed with both, and TLVs that are not.
struct McubootImage {
    std::string version;                  // "1.4.2+7"
    bool has_version = false;             // not 0.0.0+0, which builds have that nobody told one
    std::optional<std::uint32_t> counter; // security counter
    base::Bytes signed_bytes;             // header, payload and protected TLVs
    bool whole_is_signed = false;         // Ed25519 over the bytes themselves and not over their digest
    struct Signature {
        std::uint16_t type = 0;
        base::Bytes bytes;
    };
    std::vector<Signature> signatures; // of kinds that are known here

    // Of the whole file. The digest in it is that of what is signed, once. Errors: corrupt (lengths that do
    // not fit, a digest of something else), invalid (a TLV outside of what is signed that has to be inside,
    // bytes behind the end, encrypted), too_large; each says what.
    static base::Result<McubootImage> parse(base::ByteView file);
    bool is_by(const base::PublicKey& key) const;

    base::Bytes digest; // SHA-256 or SHA-512 of signed_bytes
};

} // namespace oakum::vendor_files
