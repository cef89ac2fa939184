// SPDX-License-Identifier: Apache-2.0
#include <base/client_key.hpp>

#include <doctest/doctest.h>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

using namespace oakum::base;

namespace {

struct Pair {
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key;
    explicit Pair(EVP_PKEY* made) : key(made, EVP_PKEY_free) {}
    std::string pem() const {
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(bio, key.get());
        char* text = nullptr;
        const long length = BIO_get_mem_data(bio, &text);
        std::string out(text, static_cast<std::size_t>(length));
        BIO_free(bio);
        return out;
    }
    Bytes sign(std::string_view message) const {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        const bool plain = EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519;
        EVP_DigestSignInit(context, nullptr, plain ? nullptr : EVP_sha256(), nullptr, key.get());
        std::size_t size = 1024;
        Bytes out(size);
        const ByteView bytes = as_bytes(message);
        EVP_DigestSign(context, out.data(), &size, bytes.data(), bytes.size());
        EVP_MD_CTX_free(context);
        out.resize(size);
        return out;
    }
};

} // namespace

TEST_CASE("what RSA, ECDSA and Ed25519 keys signed verifies, to the last byte") {
    const Pair pairs[] = {Pair(EVP_RSA_gen(2048)), Pair(EVP_EC_gen("P-256")),
                          Pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))};
    for (const Pair& pair : pairs) {
        const auto key = ClientKey::pem(pair.pem());
        REQUIRE(key.ok());
        const Bytes signature = pair.sign("{\"id_data\":\"x\"}\n");
        CHECK(key->verify(as_bytes("{\"id_data\":\"x\"}\n"), signature));
        CHECK_FALSE(key->verify(as_bytes("{\"id_data\":\"x\"}"), signature));
        CHECK_FALSE(key->verify(as_bytes("{\"id_data\":\"x\"}\n"), {}));
        CHECK(key->digest() == ClientKey::pem("\n" + pair.pem() + "\n")->digest());
    }
}

TEST_CASE("a weak key, and what is none, is refused") {
    CHECK_FALSE(ClientKey::pem(Pair(EVP_RSA_gen(1024)).pem()).ok());
    CHECK_FALSE(ClientKey::pem("").ok());
    CHECK_FALSE(ClientKey::pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").ok());
}
