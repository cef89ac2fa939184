// SPDX-License-Identifier: Apache-2.0
#include <points.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::tokens;
using base::SignatureScheme;

namespace {

base::Bytes hex(std::string_view text) {
    return base::from_hex(text).value();
}
// RFC 8032, 7.1, test 1; SP 800-186's generator of P-256.
const base::Bytes kEd = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
const base::Bytes kPoint = hex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                               "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

base::Bytes behind(std::string_view prefix, const base::Bytes& bytes) {
    base::Bytes all = hex(prefix);
    all.insert(all.end(), bytes.begin(), bytes.end());
    return all;
}

} // namespace

TEST_CASE("a public half is read in each form that tokens tell it in, and in no other") {
    for (const bool by_name : {false, true}) {
        const base::Bytes curve = parameters_of(SignatureScheme::ed25519, by_name);
        for (const base::Bytes& form : {kEd, behind("0420", kEd)}) {
            const auto read = public_half_of(curve, form);
            REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
            CHECK(*read == base::PublicHalf{SignatureScheme::ed25519, kEd});
        }
        CHECK_FALSE(public_half_of(curve, behind("0421", kEd)).ok());
        CHECK_FALSE(public_half_of(curve, behind("032100", kEd)).ok());
        CHECK_FALSE(public_half_of(curve, kPoint).ok());
        CHECK_FALSE(public_half_of(curve, {}).ok());
    }
    const base::Bytes curve = parameters_of(SignatureScheme::ecdsa_sha2_nistp256, false);
    for (const base::Bytes& form : {kPoint, behind("0441", kPoint)})
        CHECK(public_half_of(curve, form).value() ==
              base::PublicHalf{SignatureScheme::ecdsa_sha2_nistp256, kPoint});
    base::Bytes off = kPoint;
    off.back() ^= 1;
    CHECK_FALSE(public_half_of(curve, off).ok());                    // not on the curve
    CHECK_FALSE(public_half_of(hex("06052b81040022"), kPoint).ok()); // P-384
    CHECK_FALSE(public_half_of({}, kEd).ok());
}

TEST_CASE("two numbers become DER: without zeros before them, and positive") {
    base::Bytes numbers(64, 0);
    numbers[31] = 1;
    numbers[32] = 0x80;
    CHECK(base::to_hex(der_of(numbers).value()) ==
          "3026"
          "020101"
          "022100"
          "80"
          "00000000000000000000000000000000000000000000000000000000000000");
    numbers[32] = 0;
    CHECK(base::to_hex(der_of(numbers).value()) == "3006020101020100");
    numbers.pop_back();
    CHECK_FALSE(der_of(numbers).ok());
}
