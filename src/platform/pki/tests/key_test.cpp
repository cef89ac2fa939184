// SPDX-License-Identifier: Apache-2.0
#include <base/signature.hpp>
#include <doctest/doctest.h>
#include <pki/key.hpp>
#include <pki/password.hpp>

using namespace oakum;
using namespace oakum::pki;

TEST_CASE("an Ed25519 key from a seed of RFC 8032 signs as the RFC says") {
    // RFC 8032 section 7.1, test 2.
    const base::Bytes seed =
        base::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value();
    const PrivateKey key = PrivateKey::ed25519_from_seed(seed).value();
    CHECK(base::to_hex(key.public_raw().value()) ==
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    CHECK(base::to_hex(key.sign(base::Bytes{0x72}).value()) ==
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c38"
          "7b2eaeb4302"
          "aeeb00d291612bb0c00");
    CHECK_FALSE(PrivateKey::ed25519_from_seed(base::Bytes(31)).ok());
}

TEST_CASE("a key survives PEM, and what it signs verifies with its public half") {
    const base::Bytes message(1000, 7);
    const PrivateKey ed =
        PrivateKey::from_pem(PrivateKey::generate(KeyKind::ed25519)->secret_pem().value()).value();
    CHECK(base::PublicKey::ed25519(ed.public_raw().value())->verify(message, ed.sign(message).value()));
    const PrivateKey ec =
        PrivateKey::from_pem(PrivateKey::generate(KeyKind::p256)->secret_pem().value()).value();
    const auto verifier =
        base::PublicKey::pem(base::SignatureScheme::ecdsa_sha2_nistp256, ec.public_pem().value()).value();
    base::Bytes signature = ec.sign(message).value();
    CHECK(verifier.verify(message, signature));
    signature.back() ^= 1;
    CHECK_FALSE(verifier.verify(message, signature));
    CHECK_FALSE(ec.public_raw().ok());
    CHECK_FALSE(PrivateKey::generate(KeyKind::rsa).ok());
}

TEST_CASE("an encrypted or broken private key is an error, not a question") {
    // PKCS#8 under a passphrase, made by `openssl genpkey -algorithm ED25519 -aes-128-cbc`.
    const char* encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                            "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgyrBwgaH8yJwICCAAw\n"
                            "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEF4QEgpqq7KgOyBHA5c+7yUEQIEk\n"
                            "lds12rgHrv8sUzWvDVy4ECwmoSWQnVgn2JlyWVD307kUjJW7LE8d0w3KWZA9wBd7\n"
                            "5rU41dO/WANrcUEop0w=\n"
                            "-----END ENCRYPTED PRIVATE KEY-----\n";
    CHECK(PrivateKey::from_pem(encrypted).error().kind == base::ErrorKind::invalid);
    CHECK(PrivateKey::from_pem("").error().kind == base::ErrorKind::invalid);
    CHECK(PrivateKey::from_pem(std::string(70000, '-')).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("a password verifies against its hash and no other does") {
    const std::string stored = hash_password("correct horse", {1, 2, 3}).value();
    CHECK(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    CHECK(verify_password("correct horse", stored).value());
    CHECK_FALSE(verify_password("correct horsf", stored).value());
    CHECK_FALSE(verify_password("", stored).value());
    CHECK(hash_password("correct horse", {9}).value() != stored);
}

TEST_CASE("passwords and stored hashes are bounded") {
    CHECK(hash_password("", {}).error().kind == base::ErrorKind::invalid);
    CHECK(hash_password(std::string(1025, 'a'), {}).error().kind == base::ErrorKind::too_large);
    const char* const bad[] = {"",
                               "x",
                               "$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
                               "$argon2id$v=19$m=19456,t=1000,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
                               "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAA$AAAAAAAAAAA",
                               "$argon2id$v=19$m=19456,t=2,p=1"};
    for (const char* stored : bad) {
        CAPTURE(stored);
        CHECK(verify_password("secret", stored).error().kind == base::ErrorKind::corrupt);
    }
}
