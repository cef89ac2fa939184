// SPDX-License-Identifier: Apache-2.0
#include <artifact/format.hpp>
#include <artifact/release.hpp>
#include <doctest/doctest.h>

using namespace oakum::artifact;

namespace {

Release release() {
    Release r;
    r.terms = {.release = "gateway",
               .version = "1.5.0",
               .counter = 3,
               .floor = 0,
               .models = {"gw"},
               .hw_revisions = {},
               .min_from = "",
               .format = "raw"};
    r.artifact = {oakum::base::sha256("image"), 5, "gateway-1.5.0.img"};
    return r;
}

} // namespace

TEST_CASE("the target path names line, version and file") {
    CHECK(target_path(release()).value() == "gateway/1.5.0/gateway-1.5.0.img");
}

TEST_CASE("a name that could leave its folder is refused, with its field") {
    for (const char* bad :
         {"", ".", "..", ".hidden", "a/b", "a\\b", "a b", "a\nb", "\xC3\xA9", "a:b", "a%2fb"}) {
        CAPTURE(bad);
        CHECK_FALSE(check_name(bad).ok());
        Release r = release();
        r.artifact.name = bad;
        CHECK_FALSE(target_path(r).ok());
        CHECK(target_path(r).error().where == "artifact");
        r = release();
        r.terms.release = bad;
        CHECK_FALSE(target_path(r).ok());
        r = release();
        r.terms.version = bad;
        CHECK(check(r.terms).error().where == "version");
    }
    CHECK(check_name("a-1.2_3~rc1+b").ok());
    CHECK(check_name(std::string(kMaxName, 'a')).ok());
    CHECK_FALSE(check_name(std::string(kMaxName + 1, 'a')).ok());
}

TEST_CASE("terms out of bounds are refused") {
    Terms t = release().terms;
    CHECK(check(t).ok());
    t.floor = 4;
    CHECK(check(t).error().where == "floor");
    t = release().terms;
    t.models.assign(kMaxModels + 1, "m");
    CHECK_FALSE(check(t).ok());
    t = release().terms;
    t.models = {"bad\x01"};
    CHECK_FALSE(check(t).ok());
    t = release().terms;
    t.hw_revisions = {""};
    CHECK_FALSE(check(t).ok());
    Release empty = release();
    empty.artifact.length = 0;
    CHECK_FALSE(check(empty).ok());
}

TEST_CASE("what installs an artifact is told by its name") {
    CHECK(format_of("gateway-1.5.0.raucb") == "raucb");
    CHECK(format_of("gateway-1.5.0.swu") == "swu");
    CHECK(format_of("rootfs.raw") == "raw");
    CHECK(format_of("app_2.0_amd64.deb") == "deb");
    CHECK(format_of("edge-2026.11.debs") == "deb");
    CHECK(format_of("plc.update") == "program");
    CHECK(format_of("gateway-1.5.0.tar") == "tar");
    CHECK(format_of("gateway-1.5.0.img") == "tar");
    CHECK(format_of("") == "tar");
}
