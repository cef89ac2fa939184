// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/signer.hpp>

#include <string_view>

namespace oakum::server {

inline constexpr std::string_view kEvidenceRole = "evidence"; // of the key that signs packs and summaries

// The key with which this server vouches for what it knows, before people who are no devices.
class EvidenceKey {
  public:
    explicit EvidenceKey(ports::Signer& signer) : signer_(signer) {}
    // Errors: bug (there is none).
    base::Result<ports::Signer::PublicKeyInfo> info() const;
    base::Result<base::Bytes> sign(const ports::Signer::PublicKeyInfo& key, base::ByteView message) const;

  private:
    ports::Signer& signer_;
};

} // namespace oakum::server
