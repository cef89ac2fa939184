// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <http/identity.hpp>
#include <pki/password.hpp>
#include <pki/phones.hpp>
#include <pki/sealer.hpp>
#include <pki/signer.hpp>
#include <ports/passwords.hpp>

#include <memory>
#include <string>
#include <vector>

namespace oakum::server {

// Everything secret of a server, in DIR/keys: made at the first start, mode 0600.
//   keys/online/   what runs needs: ca.pem ca.key seal.key snapshot.pem timestamp.pem director.pem
//                  log.pem evidence.pem
//   keys/offline/  what publishing needs; may be moved off the machine: root.pem targets.pem
//   keys/public/   the public halves, so that moved keys stay known: ROLE.hex
struct Keys {
    pki::Authority authority;
    std::unique_ptr<pki::FolderSigner> signer;
    pki::KeySealer::Key seal_key{}; // secrets in the store are sealed under it
    bool made_now = false;
};

// Errors: unavailable, corrupt (a key is missing that cannot be made anew).
base::Result<Keys> load_or_make_keys(const std::filesystem::path& data, ports::Clock& clock,
                                     ports::Random& random);

// The authority of Apple's phones, keys/online/phones.pem and phones.key: made when it is first needed. For
// as long as `random` lives. Errors: unavailable, corrupt, denied (it ended).
base::Result<std::unique_ptr<ports::PhoneAuthority>>
load_or_make_phone_authority(const std::filesystem::path& data, pki::Weak weak, ports::Clock& clock,
                             ports::Random& random);

// Errors: unavailable, invalid.
base::Result<pki::KeySealer::Key> read_seal_key(const std::filesystem::path& file);

// A fresh server certificate for these names, with the chain that first contact needs.
base::Result<http::ServerIdentity> make_identity(const pki::Authority& authority,
                                                 const std::vector<std::string>& names, ports::Clock& clock,
                                                 ports::Random& random);

// argon2id, as ports::Passwords.
class Argon2Passwords final : public ports::Passwords {
  public:
    explicit Argon2Passwords(ports::Random& random) : random_(random) {}
    base::Result<std::string> hash(const std::string& password) override;
    base::Result<bool> verify(const std::string& password, const std::string& encoded) override;

  private:
    ports::Random& random_;
};

} // namespace oakum::server
