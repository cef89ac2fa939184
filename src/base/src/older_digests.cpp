// SPDX-License-Identifier: Apache-2.0
#include <base/older_digests.hpp>

#include <array>
#include <new>
#include <openssl/evp.h>

namespace oakum::base {

struct OlderDigests::State {
    EVP_MD_CTX* sha1 = EVP_MD_CTX_new();
    EVP_MD_CTX* md5 = EVP_MD_CTX_new();
    State() {
        if (sha1 == nullptr || md5 == nullptr) throw std::bad_alloc();
        EVP_DigestInit_ex(sha1, EVP_sha1(), nullptr);
        EVP_DigestInit_ex(md5, EVP_md5(), nullptr);
    }
    ~State() {
        EVP_MD_CTX_free(sha1);
        EVP_MD_CTX_free(md5);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

OlderDigests::OlderDigests() : state_(std::make_unique<State>()) {}
OlderDigests::~OlderDigests() = default;

void OlderDigests::update(ByteView bytes) {
    EVP_DigestUpdate(state_->sha1, bytes.data(), bytes.size());
    EVP_DigestUpdate(state_->md5, bytes.data(), bytes.size());
}

OlderDigests::Hex OlderDigests::finish() {
    std::array<std::uint8_t, 20> sha1{};
    std::array<std::uint8_t, 16> md5{};
    EVP_DigestFinal_ex(state_->sha1, sha1.data(), nullptr);
    EVP_DigestFinal_ex(state_->md5, md5.data(), nullptr);
    return {to_hex(sha1), to_hex(md5)};
}

} // namespace oakum::base
