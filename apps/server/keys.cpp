// SPDX-License-Identifier: Apache-2.0
#include "keys.hpp"

#include <metadata/write.hpp>
#include <pki/cleanse.hpp>
#include <system/file.hpp>

namespace oakum::server {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kKeyFile = 16 << 10;

pki::Serial serial_of(ports::Random& random) {
    pki::Serial serial{};
    random.fill(serial);
    return serial;
}

base::Result<pki::Authority> authority(const fs::path& online, ports::Clock& clock, ports::Random& random,
                                       bool& made) {
    std::error_code error;
    if (fs::exists(online / "ca.pem", error)) {
        TRY_VALUE(const std::string certificate, system::read_bounded(online / "ca.pem", kKeyFile));
        TRY_VALUE(const std::string pem, system::read_bounded(online / "ca.key", kKeyFile));
        TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(pem));
        return pki::Authority::load(certificate, key, clock.now());
    }
    made = true;
    TRY_VALUE(pki::Authority fresh, pki::Authority::make("Oakum CA", serial_of(random), clock.now()));
    TRY_VALUE(std::string secret, fresh.key().secret_pem());
    const base::Status written = system::write_durably(online / "ca.key", secret);
    pki::cleanse(secret);
    TRY(written);
    // The certificate last: its presence says that both are there.
    TRY(system::write_durably(online / "ca.pem", fresh.certificate_pem(), system::FileMode::readable_by_all));
    return fresh;
}

base::Result<pki::FolderSigner::Role> role(const fs::path& folder, const fs::path& publics,
                                           const std::string& name) {
    std::error_code error;
    const fs::path known = publics / (name + ".hex");
    if (!fs::exists(known, error)) {
        TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::ed25519));
        TRY_VALUE(const base::Bytes raw, key.public_raw());
        TRY_VALUE(std::string secret, key.secret_pem());
        const base::Status written = system::write_durably(folder / (name + ".pem"), secret);
        pki::cleanse(secret);
        TRY(written);
        TRY(system::write_durably(known, base::to_hex(raw), system::FileMode::readable_by_all));
    }
    TRY_VALUE(const std::string hex, system::read_bounded(known, 256));
    TRY_VALUE(base::Bytes raw, base::from_hex(hex.substr(0, hex.find_last_not_of(" \r\n") + 1)));
    TRY_VALUE(const trust::Key key, metadata::ed25519_key(raw));
    TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
    return pki::FolderSigner::Role{folder, {{id.get(), std::move(raw)}}};
}

base::Result<pki::KeySealer::Key> seal_key(const fs::path& online, ports::Random& random) {
    const fs::path file = online / "seal.key";
    std::error_code error;
    if (!fs::exists(file, error)) {
        pki::KeySealer::Key key{};
        random.fill(key);
        TRY(system::write_durably(file, base::to_hex(key) + "\n"));
        return key;
    }
    return read_seal_key(file);
}

} // namespace

base::Result<pki::KeySealer::Key> read_seal_key(const fs::path& file) {
    TRY_VALUE(const std::string hex, system::read_bounded(file, 256));
    TRY_VALUE(const base::Digest256 kept,
              base::Digest256::parse(std::string_view(hex).substr(0, hex.find_last_not_of(" \r\n") + 1)));
    return kept.bytes;
}

base::Result<Keys> load_or_make_keys(const fs::path& data, ports::Clock& clock, ports::Random& random) {
    const fs::path online = data / "keys/online", offline = data / "keys/offline",
                   publics = data / "keys/public";
    std::error_code error;
    const bool first = !fs::exists(online / "ca.pem", error);
    TRY(system::make_private_folder(data / "keys"));
    TRY(system::make_private_folder(online));
    TRY(system::make_private_folder(publics));
    if (first) TRY(system::make_private_folder(offline));
    bool made = false;
    TRY_VALUE(pki::Authority ca, authority(online, clock, random, made));
    std::map<std::string, pki::FolderSigner::Role> roles;
    for (const auto& [name, folder] :
         {std::pair("root", offline), std::pair("targets", offline), std::pair("snapshot", online),
          std::pair("timestamp", online), std::pair("director", online), std::pair("log", online),
          std::pair("evidence", online)}) {
        TRY_VALUE(roles[name], role(folder, publics, name));
    }
    TRY_VALUE(const pki::KeySealer::Key seal, seal_key(online, random));
    const auto identify = [](base::ByteView raw) -> base::Result<std::string> {
        TRY_VALUE(const trust::Key key, metadata::ed25519_key(raw));
        TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
        return id.get();
    };
    return Keys{std::move(ca), std::make_unique<pki::FolderSigner>(std::move(roles), identify), seal, made};
}

base::Result<std::unique_ptr<ports::PhoneAuthority>> load_or_make_phone_authority(const fs::path& data,
                                                                                  pki::Weak weak,
                                                                                  ports::Clock& clock,
                                                                                  ports::Random& random) {
    const fs::path online = data / "keys/online";
    std::error_code error;
    if (!fs::exists(online / "phones.pem", error)) {
        TRY_VALUE(pki::PhoneAuthorityFiles fresh, pki::make_phone_authority(serial_of(random), clock.now()));
        const base::Status written = system::write_durably(online / "phones.key", fresh.key_pem);
        pki::cleanse(fresh.key_pem);
        TRY(written);
        // The certificate last: its presence says that both are there.
        TRY(system::write_durably(online / "phones.pem", fresh.certificate_pem,
                                  system::FileMode::readable_by_all));
    }
    pki::PhoneAuthorityFiles files;
    TRY_VALUE(files.certificate_pem, system::read_bounded(online / "phones.pem", kKeyFile));
    TRY_VALUE(files.key_pem, system::read_bounded(online / "phones.key", kKeyFile));
    auto opened = pki::open_phone_authority(files, weak, random, clock.now());
    pki::cleanse(files.key_pem);
    return opened;
}

base::Result<http::ServerIdentity> make_identity(const pki::Authority& authority,
                                                 const std::vector<std::string>& names, ports::Clock& clock,
                                                 ports::Random& random) {
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::p256));
    TRY_VALUE(const std::string certificate,
              authority.issue_server(key, names, serial_of(random), clock.now()));
    http::ServerIdentity identity;
    identity.chain_pem = certificate + authority.certificate_pem();
    TRY_VALUE(identity.key_pem, key.secret_pem());
    identity.device_ca_pem = authority.certificate_pem();
    return identity;
}

base::Result<std::string> Argon2Passwords::hash(const std::string& password) {
    std::array<std::uint8_t, 16> salt{};
    random_.fill(salt);
    return pki::hash_password(password, salt);
}

base::Result<bool> Argon2Passwords::verify(const std::string& password, const std::string& encoded) {
    return pki::verify_password(password, encoded);
}

} // namespace oakum::server
