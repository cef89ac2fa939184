// SPDX-License-Identifier: Apache-2.0
#include <base/signature.hpp>
#include <doctest/doctest.h>

using namespace oakum::base;

TEST_CASE("an Ed25519 signature of RFC 8032 verifies, a changed one does not") {
    // RFC 8032 section 7.1, test 2.
    const Bytes key = from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").value();
    Bytes signature = from_hex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e159"
                               "96e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
                          .value();
    const PublicKey verifier = PublicKey::ed25519(key).value();
    CHECK(verifier.verify(Bytes{0x72}, signature));
    CHECK_FALSE(verifier.verify(Bytes{0x73}, signature));
    signature[5] ^= 1;
    CHECK_FALSE(verifier.verify(Bytes{0x72}, signature));
    CHECK_FALSE(verifier.verify(Bytes{0x72}, Bytes{}));
}

TEST_CASE("keys of the wrong length or kind are refused") {
    CHECK_FALSE(PublicKey::ed25519(Bytes(31)).ok());
    CHECK_FALSE(PublicKey::ed25519(Bytes(33)).ok());
    CHECK_FALSE(PublicKey::pem(SignatureScheme::ecdsa_sha2_nistp256, "-----BEGIN PUBLIC KEY-----\n").ok());
}
