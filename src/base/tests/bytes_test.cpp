// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <base/digest.hpp>
#include <base/sha512.hpp>
#include <doctest/doctest.h>

using namespace oakum::base;

TEST_CASE("base64 and hex decode what they encode") {
    Bytes bytes;
    for (int length = 0; length < 70; ++length) {
        CHECK(from_hex(to_hex(bytes)).value() == bytes);
        CHECK(from_base64(to_base64(bytes)).value() == bytes);
        CHECK(from_base64(to_base64url(bytes)).value() == bytes);
        bytes.push_back(static_cast<std::uint8_t>(length * 37 + 11));
    }
    // RFC 4648 section 10.
    CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
    CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
}

TEST_CASE("malformed encodings are refused") {
    for (const char* text : {"a", "Zm9vYmE==", "Zm 9v", "Zm9v\n", "Zh==", "====", "Zg="})
        CHECK_FALSE(from_base64(text).ok());
    for (const char* text : {"0", "0g", "zz"})
        CHECK_FALSE(from_hex(text).ok());
}

TEST_CASE("UTF-8 is held to RFC 3629") {
    CHECK(is_utf8("Größe €𝄞"));
    for (const char* text : {"\x80", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"})
        CHECK_FALSE(is_utf8(text));
}

TEST_CASE("digests follow their published vectors") {
    CHECK(sha256("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha512(as_bytes("abc"))).substr(0, 16) == "ddaf35a193617aba");
    Sha512 whole;
    for (const char letter : {'a', 'b', 'c'})
        whole.update(as_bytes(std::string_view(&letter, 1)));
    CHECK(whole.finish() == sha512(as_bytes("abc")));
    CHECK(whole.finish() == sha512({}));
    // RFC 4231 case 2.
    CHECK(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).hex() ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // The vector of the SipHash paper: key 00..0f, message 00..0e.
    Bytes message;
    for (std::uint8_t i = 0; i < 15; ++i)
        message.push_back(i);
    CHECK(siphash24(0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL, message) == 0xa129ca6149be45e5ULL);
    Sha256 pieces;
    pieces.update("a");
    pieces.update("bc");
    CHECK(pieces.finish() == sha256("abc"));
    CHECK(pieces.finish() == sha256(""));
}
