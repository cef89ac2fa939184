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
    // The id of a public key in metadata. Keys that were put into a folder later are found by it; a key that
    // is nowhere here is somebody else's, and not at hand.
    using Identify = std::function<base::Result<std::string>(base::ByteView public_key)>;
    explicit FolderSigner(std::map<std::string, Role> roles, Identify identify = {})
        : roles_(std::move(roles)), identify_(std::move(identify)) {}

    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override;
    bool available(const std::string& role) override;
    base::Result<base::Bytes> sign(const std::string& role, const std::string& key_id,
                                   base::ByteView message) override;

  private:
    using Wanted = std::function<base::Result<bool>(base::ByteView public_key)>;
    static base::Result<PrivateKey> find(const std::string& role, const Role& from, const Wanted& wanted);
    std::map<std::string, Role> roles_;
    Identify identify_;
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
