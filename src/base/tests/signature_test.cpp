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

TEST_CASE("a key of P-256 is the same as a point and as PEM") {
    // RFC 6979, A.2.5: the key and its signature of "sample" with SHA-256.
    const std::string x = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
                      y = "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    const Bytes signature =
        from_hex("3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                 "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
            .value();
    for (const std::string& point : {"04" + x + y, "03" + x}) {
        const PublicKey key = PublicKey::p256_point(from_hex(point).value()).value();
        CHECK(key.scheme() == SignatureScheme::ecdsa_sha2_nistp256);
        CHECK(key.verify(as_bytes("sample"), signature));
        CHECK_FALSE(key.verify(as_bytes("test"), signature));
    }
    // Beside the curve, at infinity, of another length.
    for (const std::string& point : {"04" + x + x, std::string("00"), "04" + x, std::string(), "02" + y + x})
        CHECK_FALSE(PublicKey::p256_point(from_hex(point).value()).ok());
}

TEST_CASE("keys of the wrong length or kind are refused") {
    CHECK_FALSE(PublicKey::ed25519(Bytes(31)).ok());
    CHECK_FALSE(PublicKey::ed25519(Bytes(33)).ok());
    CHECK_FALSE(PublicKey::pem(SignatureScheme::ecdsa_sha2_nistp256, "-----BEGIN PUBLIC KEY-----\n").ok());
}
