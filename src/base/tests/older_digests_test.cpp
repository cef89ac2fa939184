// SPDX-License-Identifier: Apache-2.0
#include <base/older_digests.hpp>

#include <doctest/doctest.h>

using namespace oakum::base;

TEST_CASE("SHA-1 and MD5 are those of RFC 3174 and RFC 1321") {
    OlderDigests abc;
    abc.update(as_bytes("a"));
    abc.update(as_bytes("bc"));
    const OlderDigests::Hex hex = abc.finish();
    CHECK(hex.sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex.md5 == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(OlderDigests().finish().md5 == "d41d8cd98f00b204e9800998ecf8427e");
}
