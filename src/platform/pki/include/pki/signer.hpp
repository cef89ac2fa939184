// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pki/authority.hpp>
#include <ports/clock.hpp>
#include <ports/signer.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace oakum::pki {

// Ed25519 keys in folders: ROLE.pem or ROLE-ANYTHING.pem (PKCS#8) each. The public halves are told at
// construction, so that they are known while a folder is off the machine; the private ones are read for each
// signature and not kept. Called from any thread.
class FolderSigner final : public ports::Signer {
  public:
    struct Role {
        std::filesystem::path folder;
        std::vector<PublicKeyInfo> keys;
    };
    explicit FolderSigner(std::map<std::string, Role> roles) : roles_(std::move(roles)) {}

    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override;
    bool available(const std::string& role) override;
    base::Result<base::Bytes> sign(const std::string& role, const std::string& key_id,
                                   base::ByteView message) override;

  private:
    base::Result<PrivateKey> find(const std::string& role, const Role& from,
                                  const PublicKeyInfo& wanted) const;
    std::map<std::string, Role> roles_;
};

// Issues device certificates with serials from the Random port. Called from any thread.
class DeviceIssuer final : public ports::DeviceAuthority {
  public:
    DeviceIssuer(Authority authority, ports::Random& random)
        : authority_(std::move(authority)), random_(random) {}
    base::Result<Certificate> issue(const std::string& csr_pem, const std::string& uri,
                                    std::int64_t not_before_unix, std::int64_t not_after_unix,
                                    const std::string& renews) override;
    std::string ca_pem() override { return authority_.certificate_pem(); }

  private:
    Authority authority_;
    ports::Random& random_;
};

} // namespace oakum::pki
