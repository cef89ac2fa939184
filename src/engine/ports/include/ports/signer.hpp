// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>

#include <string>
#include <vector>

namespace oakum::ports {

// The only way to a signature. Keys never leave the implementation. Root and targets are in a folder that may
// have been moved off the machine: `available` says so, and sign answers unavailable with what to do.
class Signer {
  public:
    virtual ~Signer() = default;
    struct PublicKeyInfo {
        std::string key_id;     // as in TUF metadata
        base::Bytes public_key; // Ed25519, 32 bytes
    };
    // role: "root", "targets", "snapshot", "timestamp".
    virtual base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) = 0;
    virtual bool available(const std::string& role) = 0;
    virtual base::Result<base::Bytes> sign(const std::string& role, const std::string& key_id,
                                           base::ByteView message) = 0;
};

// Oakum's device CA.
class DeviceAuthority {
  public:
    virtual ~DeviceAuthority() = default;
    struct Certificate {
        std::string pem;
        std::string serial;     // lower hexadecimal
        base::Bytes der_digest; // SHA-256
    };
    // Issues for `uri` from the request's public key only. The serial is drawn; that of a renewal follows
    // from `uri`, the key and `renews`, the serial of the certificate that asks, so that the same request
    // gets the same certificate. Errors: invalid (the request).
    virtual base::Result<Certificate> issue(const std::string& csr_pem, const std::string& uri,
                                            std::int64_t not_before_unix, std::int64_t not_after_unix,
                                            const std::string& renews) = 0;
    virtual std::string ca_pem() = 0;
};

} // namespace oakum::ports
