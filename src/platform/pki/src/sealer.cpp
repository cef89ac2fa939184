// SPDX-License-Identifier: Apache-2.0
#include <pki/sealer.hpp>

#include "openssl.hpp"

#include <algorithm>

namespace oakum::pki {
namespace {

constexpr std::size_t kNonce = 12, kTag = 16, kLargest = 64 * 1024;
constexpr std::string_view kForm = "s1."; // another form begins otherwise

using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;

base::Error damaged() {
    ERR_clear_error();
    return base::corrupt("a sealed secret does not open: it was changed, or DIR/keys/online/seal.key is "
                         "another one than sealed it");
}

} // namespace

// nonce || ciphertext || tag
base::Result<std::string> KeySealer::seal(base::ByteView secret, std::string_view purpose) {
    if (secret.size() > kLargest) return base::too_large("a secret has at most 64 KiB");
    base::Bytes out(kNonce + secret.size() + kTag);
    random_.fill(std::span(out).first(kNonce));
    const CipherPtr context(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool sealed =
        context &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), out.data()) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &length, base::as_bytes(purpose).data(),
                          static_cast<int>(purpose.size())) == 1 &&
        EVP_EncryptUpdate(context.get(), out.data() + kNonce, &length, secret.data(),
                          static_cast<int>(secret.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), out.data() + kNonce + length, &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTag),
                            out.data() + kNonce + secret.size()) == 1;
    if (!sealed) return openssl_error("sealing a secret");
    return std::string(kForm) + base::to_hex(out);
}

base::Result<base::Bytes> KeySealer::open(std::string_view sealed, std::string_view purpose) {
    if (!sealed.starts_with(kForm) || sealed.size() > 3 * kLargest) return damaged();
    auto bytes = base::from_hex(sealed.substr(kForm.size()));
    if (!bytes.ok() || bytes->size() < kNonce + kTag) return damaged();
    const std::size_t size = bytes->size() - kNonce - kTag;
    base::Bytes secret(size);
    const CipherPtr context(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool opened =
        context &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.data(), bytes->data()) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &length, base::as_bytes(purpose).data(),
                          static_cast<int>(purpose.size())) == 1 &&
        EVP_DecryptUpdate(context.get(), secret.data(), &length, bytes->data() + kNonce,
                          static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTag),
                            bytes->data() + kNonce + size) == 1 &&
        EVP_DecryptFinal_ex(context.get(), secret.data() + size, &length) == 1;
    if (!opened) return damaged();
    return secret;
}

} // namespace oakum::pki
