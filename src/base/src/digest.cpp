// SPDX-License-Identifier: Apache-2.0
#include <base/digest.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace oakum::base {

Result<Digest256> Digest256::parse(std::string_view hex) {
    if (hex.size() != 64)
        return invalid("a SHA-256 digest has 64 hexadecimal digits, this has " + std::to_string(hex.size()));
    TRY_VALUE(Bytes bytes, from_hex(hex));
    Digest256 digest;
    std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
}

namespace {

// Looked up once: small texts are hashed in the millions.
const EVP_MD* sha256_method() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched != nullptr ? fetched : EVP_sha256();
}

} // namespace

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() {
        if (context == nullptr) throw std::bad_alloc();
        EVP_DigestInit_ex(context, sha256_method(), nullptr);
    }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(ByteView bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

Digest256 Sha256::finish() {
    Digest256 digest;
    EVP_DigestFinal_ex(state_->context, digest.bytes.data(), nullptr);
    EVP_DigestInit_ex(state_->context, sha256_method(), nullptr);
    return digest;
}

Digest256 sha256(ByteView bytes) {
    Digest256 digest;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_method(), nullptr) != 1)
        throw std::bad_alloc();
    return digest;
}

std::array<std::uint8_t, 64> sha512(ByteView bytes) {
    std::array<std::uint8_t, 64> out{};
    EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha512(), nullptr);
    return out;
}

Digest256 hmac_sha256(ByteView key, ByteView message) {
    Digest256 out;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
         out.bytes.data(), nullptr);
    return out;
}

std::uint64_t siphash24(std::uint64_t key0, std::uint64_t key1, ByteView message) {
    std::uint64_t v0 = key0 ^ 0x736f6d6570736575ULL, v1 = key1 ^ 0x646f72616e646f6dULL;
    std::uint64_t v2 = key0 ^ 0x6c7967656e657261ULL, v3 = key1 ^ 0x7465646279746573ULL;
    const auto round = [&] {
        v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
        v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
        v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
    };
    std::size_t i = 0;
    for (; i + 8 <= message.size(); i += 8) {
        std::uint64_t word = 0;
        for (std::size_t k = 0; k < 8; ++k)
            word |= std::uint64_t{message[i + k]} << (8 * k);
        v3 ^= word, round(), round(), v0 ^= word;
    }
    std::uint64_t last = std::uint64_t{message.size() & 255} << 56;
    for (std::size_t k = 0; i + k < message.size(); ++k)
        last |= std::uint64_t{message[i + k]} << (8 * k);
    v3 ^= last, round(), round(), v0 ^= last;
    v2 ^= 255;
    round(), round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
}

} // namespace oakum::base
