// SPDX-License-Identifier: Apache-2.0
#include <base/sha512.hpp>

#include <new>
#include <openssl/evp.h>

namespace oakum::base {

struct Sha512::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        if (context == nullptr) throw std::bad_alloc();
        EVP_DigestInit_ex(context, EVP_sha512(), nullptr);
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha512::Sha512() : state_(std::make_unique<State>()) {}
Sha512::~Sha512() = default;
Sha512::Sha512(Sha512&&) noexcept = default;
Sha512& Sha512::operator=(Sha512&&) noexcept = default;

void Sha512::update(ByteView bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::array<std::uint8_t, 64> Sha512::finish() {
    std::array<std::uint8_t, 64> digest{};
    EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
    EVP_DigestInit_ex(state_->context, EVP_sha512(), nullptr);
    return digest;
}

} // namespace oakum::base
