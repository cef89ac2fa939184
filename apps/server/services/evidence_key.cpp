// SPDX-License-Identifier: Apache-2.0
#include "evidence_key.hpp"

namespace oakum::server {

base::Result<ports::Signer::PublicKeyInfo> EvidenceKey::info() const {
    TRY_VALUE(auto keys, signer_.keys(std::string(kEvidenceRole)));
    if (keys.empty()) return base::bug("there is no key for evidence");
    return std::move(keys.front());
}

base::Result<base::Bytes> EvidenceKey::sign(const ports::Signer::PublicKeyInfo& key,
                                            base::ByteView message) const {
    return signer_.sign(std::string(kEvidenceRole), key.key_id, message);
}

} // namespace oakum::server
