// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <pki/certificate.hpp>
#include <pki/key.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::pki {

// 128 random bits from the caller. The two upper bits become 01: positive, and always 16 bytes long.
using Serial = std::array<std::uint8_t, 16>;

struct Validity {
    base::TimePoint not_before;
    base::TimePoint not_after;
};

// A certificate authority in memory: its certificate and its key. Every certificate that it issues is checked
// against it before it is handed out.
class Authority {
  public:
    // Self-signed, P-256, for ten years from an hour before `now`, path length 0, signs certificates and CRLs
    // only.
    static base::Result<Authority> make(std::string_view name, const Serial& serial, base::TimePoint now);
    // Errors: invalid (not a CA, the key is another's), denied (not valid at `now`).
    static base::Result<Authority> load(std::string_view certificate_pem, const PrivateKey& key,
                                        base::TimePoint now);

    const std::string& certificate_pem() const { return pem_; }
    const PrivateKey& key() const { return key_; }
    base::Digest256 fingerprint() const { return info_.fingerprint; }
    base::TimePoint not_after() const { return info_.not_after; }

    // For a server reached by these DNS names and IP addresses, 1 to 64 of them; 397 days. Errors: invalid.
    base::Result<std::string> issue_server(const PrivateKey& key, std::span<const std::string> names,
                                           const Serial& serial, base::TimePoint now) const;
    // For a device, from a PKCS#10 request of at most 16 KiB: its self-signature is verified, its key must be
    // P-256, Ed25519 or RSA of 2048 to 8192 bits, and everything else in it is ignored. The subject and the
    // only SAN are `uri`, "urn:oakum:TENANT:DEVICE"; it serves for client authentication only. Errors:
    // invalid, too_large.
    base::Result<std::string> issue_device(std::string_view request_pem, std::string_view uri,
                                           const Serial& serial, Validity validity) const;

  private:
    Authority(std::string pem, PrivateKey key, CertificateInfo info)
        : pem_(std::move(pem)), key_(std::move(key)), info_(std::move(info)) {}
    std::string pem_;
    PrivateKey key_;
    CertificateInfo info_;
};

// "urn:oakum:TENANT:DEVICE", both of 1 to 64 letters, digits, '-', '_' and '.'.
bool is_device_uri(std::string_view uri);

} // namespace oakum::pki
