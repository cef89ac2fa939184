// SPDX-License-Identifier: Apache-2.0
#include "key_tools.hpp"

#include <filesystem>
#include <pki/key_file.hpp>
#include <system/file.hpp>
#include <tokens/token.hpp>
#include <tokens/token_file.hpp>

namespace oakum::ctl {
namespace {

bool is_pem(std::string_view text) {
    return text.starts_with("-----BEGIN ");
}
bool is_in_token(std::string_view text) {
    return text.starts_with(tokens::kTokenFile);
}

} // namespace

base::Result<cli::KeyTools::Made> FileKeyTools::make_sealed(std::string_view holder,
                                                            std::string_view passphrase) {
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::ed25519));
    Made made;
    TRY_VALUE(made.text, pki::make_key_file(key, holder, passphrase, random_));
    TRY_VALUE(made.public_half.bytes, key.public_raw());
    return made;
}

base::Result<cli::KeyTools::Made> FileKeyTools::make_plain() {
    TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::generate(pki::KeyKind::ed25519));
    Made made;
    TRY_VALUE(made.text, key.secret_pem());
    TRY_VALUE(made.public_half.bytes, key.public_raw());
    return made;
}

base::Result<cli::KeyTools::Made> FileKeyTools::in_token(std::string_view holder, const InToken& wish) {
    TRY(pki::check_holder(holder)); // before anything is made that stays in the token
    TRY_VALUE(tokens::Token token, tokens::Token::open({wish.uri, wish.module}, wish.pin));
    TRY_VALUE(const tokens::Token::Key key, wish.made ? token.generate(*wish.made) : token.find());
    // One that can sign here, before anybody relies on it.
    TRY(token.sign(key.public_half, base::as_bytes(std::string_view("oakum: a try"))));
    Made made;
    made.public_half = key.public_half;
    TRY_VALUE(made.text, tokens::write_token_file({std::string(holder), key.public_half, key.uri}));
    return made;
}

base::Result<cli::KeyTools::About> FileKeyTools::about(std::string_view text) {
    if (is_pem(text)) {
        TRY_VALUE(const pki::PrivateKey key, pki::PrivateKey::from_pem(text));
        TRY_VALUE(base::Bytes raw, key.public_raw());
        return About{"", {base::SignatureScheme::ed25519, std::move(raw)}, Kept::plain, ""};
    }
    if (is_in_token(text)) {
        TRY_VALUE(tokens::TokenFile file, tokens::read_token_file(text));
        return About{std::move(file.holder), std::move(file.public_half), Kept::token, std::move(file.uri)};
    }
    TRY_VALUE(pki::KeyFile file, pki::read_key_file(text));
    return About{std::move(file.holder),
                 {base::SignatureScheme::ed25519, std::move(file.public_key)},
                 Kept::sealed,
                 ""};
}

base::Result<cli::KeyTools::Signing> FileKeyTools::open(std::string_view text, std::string_view secret,
                                                        const std::string& module) {
    const auto signing = [](pki::PrivateKey key) -> Signing {
        return [key = std::move(key)](base::ByteView message) { return key.sign(message); };
    };
    if (is_pem(text)) {
        TRY_VALUE(pki::PrivateKey key, pki::PrivateKey::from_pem(text));
        return signing(std::move(key));
    }
    if (is_in_token(text)) {
        TRY_VALUE(const tokens::TokenFile file, tokens::read_token_file(text));
        TRY_VALUE(tokens::Token opened, tokens::Token::open({file.uri, module}, secret));
        return Signing([token = std::make_shared<tokens::Token>(std::move(opened)), half = file.public_half](
                           base::ByteView message) { return token->sign(half, message); });
    }
    TRY_VALUE(const pki::KeyFile file, pki::read_key_file(text));
    TRY_VALUE(pki::PrivateKey key, pki::open_key_file(file, secret));
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
