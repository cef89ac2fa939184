// SPDX-License-Identifier: Apache-2.0
#include "key_tools.hpp"

#include <filesystem>
#include <pki/key_file.hpp>
#include <system/file.hpp>

namespace oakum::ctl {
namespace {

bool is_pem(std::string_view text) {
    return text.starts_with("-----BEGIN ");
}

} // namespace

base::Result<cli::KeyTools::Made> FileKeyTools::make_sealed(std::string_view holder,
                                                            std::string_view passphrase) {
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::ed25519));
    Made made;
    TRY_VALUE(made.text, pki::make_key_file(key, holder, passphrase, random_));
    TRY_VALUE(made.public_key, key.public_raw());
    return made;
}

base::Result<cli::KeyTools::Made> FileKeyTools::make_plain() {
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::ed25519));
    Made made;
    TRY_VALUE(made.text, key.secret_pem());
    TRY_VALUE(made.public_key, key.public_raw());
    return made;
}

base::Result<cli::KeyTools::About> FileKeyTools::about(std::string_view text) {
    if (is_pem(text)) {
        TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(text));
        TRY_VALUE(base::Bytes raw, key.public_raw());
        return About{"", std::move(raw), false};
    }
    TRY_VALUE(pki::KeyFile file, pki::read_key_file(text));
    return About{std::move(file.holder), std::move(file.public_key), true};
}

base::Result<cli::KeyTools::Signing> FileKeyTools::open(std::string_view text, std::string_view passphrase) {
    const auto signing = [](pki::PrivateKey key) -> Signing {
        return [key = std::move(key)](base::ByteView message) { return key.sign(message); };
    };
    if (is_pem(text)) {
        TRY_VALUE(pki::PrivateKey key, pki::PrivateKey::from_pem(text));
        return signing(std::move(key));
    }
    TRY_VALUE(const pki::KeyFile file, pki::read_key_file(text));
    TRY_VALUE(pki::PrivateKey key, pki::open_key_file(file, passphrase));
    return signing(std::move(key));
}

base::Status FileKeyTools::write(const std::string& path, std::string_view text, bool secret, bool fresh) {
    std::error_code error;
    if (fresh && std::filesystem::exists(std::filesystem::symlink_status(path, error)))
        return base::conflict(path + " is there already: name a new file");
    return system::write_durably(path, text,
                                 secret ? system::FileMode::owner_only : system::FileMode::readable_by_all);
}

base::Result<std::string> FileKeyTools::read(const std::string& path, std::size_t limit) {
    return system::read_bounded(path, limit);
}

} // namespace oakum::ctl
