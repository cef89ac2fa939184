// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <trust/names.hpp>

#include <string>

using namespace oakum::trust;

TEST_CASE("no role name leaves its folder or its URL segment") {
    CHECK(local_name("targets") == "targets.json");
    CHECK(local_name("?") == "%3F.json");
    CHECK(local_name("#") == "%23.json");
    CHECK(local_name("/delegatedrole") == "%2Fdelegatedrole.json");
    CHECK(local_name("../delegatedrole") == "..%2Fdelegatedrole.json");
    CHECK(local_name("..") == "...json");
    CHECK(local_name("a%2Fb") == "a%252Fb.json");
    CHECK(local_name(std::string("nul\0", 4)) == "nul%00.json");
    CHECK(served_name("../x", 7) == "7...%2Fx.json");
}

TEST_CASE("target paths are relative and plain") {
    for (const char* good : {"a", "a/b.c/d", ".hidden", "a b", "\xC3\xA9", "...", "a..b/c"}) {
        CAPTURE(good);
        CHECK(check_target_path(good).ok());
    }
    for (const char* bad : {"", "/a", "a/", "a//b", "..", "../a", "a/../b", "a/..", "./a", ".", "a\\b",
                            "a\nb", "\x7F", "\xFF", "\xC0\xAF"}) {
        CAPTURE(bad);
        CHECK_FALSE(check_target_path(bad).ok());
    }
    CHECK_FALSE(check_target_path(std::string(1025, 'a')).ok());
    CHECK_FALSE(check_target_path(std::string("a\0b", 3)).ok());
}

TEST_CASE("a target is served under its hash in its own folder") {
    const auto digest = oakum::base::sha256("x");
    CHECK(served_target("a/b/c.img", digest) == "a/b/" + digest.hex() + ".c.img");
    CHECK(served_target("c.img", digest) == digest.hex() + ".c.img");
}
