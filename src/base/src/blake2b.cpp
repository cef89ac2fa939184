// SPDX-License-Identifier: Apache-2.0
#include <base/blake2b.hpp>

#include <new>
#include <openssl/evp.h>

namespace oakum::base {

struct Blake2b512::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        if (context == nullptr) throw std::bad_alloc();
        EVP_DigestInit_ex(context, EVP_blake2b512(), nullptr);
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Blake2b512::Blake2b512() : state_(std::make_unique<State>()) {}
Blake2b512::~Blake2b512() = default;
Blake2b512::Blake2b512(Blake2b512&&) noexcept = default;
Blake2b512& Blake2b512::operator=(Blake2b512&&) noexcept = default;

void Blake2b512::update(ByteView bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::array<std::uint8_t, 64> Blake2b512::finish() {
    std::array<std::uint8_t, 64> digest{};
    EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
    EVP_DigestInit_ex(state_->context, EVP_blake2b512(), nullptr);
    return digest;
}

} // namespace oakum::base
