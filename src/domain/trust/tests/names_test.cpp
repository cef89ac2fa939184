// SPDX-License-Identifier: Apache-2.0
#include <base/digest.hpp>
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
    CHECK(served_target("a/b/c.img", digest.hex()) == "a/b/" + digest.hex() + ".c.img");
    CHECK(served_target("c.img", digest.hex()) == digest.hex() + ".c.img");
}

TEST_CASE("a target path is asked for segment by segment") {
    CHECK(escape_path("a/b-1.0~rc_1.img") == "a/b-1.0~rc_1.img");
    CHECK(escape_path("g++/x:y") == "g%2B%2B/x%3Ay");
    CHECK(escape_path("a b/c?d#e%2F[f]\"\xC3\xA9") == "a%20b/c%3Fd%23e%252F%5Bf%5D%22%C3%A9");
}
