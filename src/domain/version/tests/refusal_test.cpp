// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <version/version.hpp>

#include <string>

using namespace oakum::version;

namespace {
const auto every_scheme = {
    Scheme::semver, Scheme::deb,     Scheme::rpm,    Scheme::apk,         Scheme::pep440, Scheme::maven,
    Scheme::npm,    Scheme::go,      Scheme::kernel, Scheme::android_spl, Scheme::ios,    Scheme::gem,
    Scheme::nuget,  Scheme::bitnami, Scheme::pub,    Scheme::intdot,      Scheme::generic};
}

TEST_CASE("what says no version is refused by every scheme") {
    for (auto scheme : every_scheme)
        for (const char* text : {"", " ", "custom", "latest", "n/a", "unknown", "-", "*", "< 1.2",
                                 "before 3.4", "all", "\x01", "(devel)", ".", "~", "1.2\n"}) {
            INFO(to_string(scheme), ": '", text, "'");
            CHECK_FALSE(Version::parse(scheme, text).ok());
        }
}

TEST_CASE("commit ids have no order") {
    for (const char* text : {"302c2aba0a2a", "1a2b3c4", "8d2b4f1e0c9a7b6d5e4f3a2b1c0d9e8f7a6b5c4d"})
        CHECK_FALSE(Version::parse(Scheme::generic, text).ok());
    CHECK_FALSE(Version::parse(Scheme::kernel, "8d2b4f1e0c9a7b6d5e4f3a2b1c0d9e8f7a6b5c4d").ok());
    CHECK(Version::parse(Scheme::generic, "20171201").ok());
}

TEST_CASE("ranges and prose are not versions") {
    for (const char* text :
         {"1.x", "1.2 and earlier", "5.4.*", "1.0 to 2.0", ">=1", "1,2", "prior to 2.0", "1.2 or later"})
        CHECK_FALSE(Version::parse(Scheme::generic, text).ok());
}

TEST_CASE("a distribution's kernel numbering is not upstream's") {
    CHECK_FALSE(Version::parse(Scheme::kernel, "5.15.0-91-generic").ok());
    CHECK_FALSE(Version::parse(Scheme::kernel, "6.1.0-18-amd64").ok());
    CHECK(Version::parse(Scheme::kernel, "6.8.9-300.fc40").ok());
    CHECK_FALSE(Version::parse(Scheme::kernel, "5.10.*").ok());
    CHECK_FALSE(Version::parse(Scheme::kernel, "20240101.1").ok());
    CHECK_FALSE(Version::parse(Scheme::kernel, "custom").ok());
}

TEST_CASE("shapes that a scheme does not have are refused") {
    CHECK_FALSE(Version::parse(Scheme::semver, "1.2.3.4").ok());
    CHECK_FALSE(Version::parse(Scheme::semver, "1.2.3-").ok());
    CHECK_FALSE(Version::parse(Scheme::deb, "a:1.0").ok());
    CHECK_FALSE(Version::parse(Scheme::deb, "1.0_1").ok());
    CHECK_FALSE(Version::parse(Scheme::rpm, "x:1").ok());
    CHECK_FALSE(Version::parse(Scheme::apk, "1.0-foo").ok());
    CHECK_FALSE(Version::parse(Scheme::apk, "1.0_nope").ok());
    CHECK_FALSE(Version::parse(Scheme::pep440, "1.0-abc").ok());
    CHECK_FALSE(Version::parse(Scheme::go, "go1.21foo").ok());
    CHECK_FALSE(Version::parse(Scheme::android_spl, "2024-13-01").ok());
    CHECK_FALSE(Version::parse(Scheme::android_spl, "2024-05").ok());
    CHECK_FALSE(Version::parse(Scheme::ios, "17.1.2.3.4").ok());
    CHECK_FALSE(Version::parse(Scheme::ios, "17.1 beta").ok());
    for (const char* text : {"1..2", "1.", "1_2", "rc1", "1.2+3"})
        CHECK_FALSE(Version::parse(Scheme::gem, text).ok());
    for (const char* text : {"1.2.3.4.5", "1..2", "1.", "1.2-", "1.2rc1"})
        CHECK_FALSE(Version::parse(Scheme::nuget, text).ok());
    for (const char* text : {"1..2", "1.", "1.2rc1", "v1.2", "1-2"})
        CHECK_FALSE(Version::parse(Scheme::intdot, text).ok());
}

TEST_CASE("a version is at most 128 characters") {
    CHECK(Version::parse(Scheme::generic, std::string(128, '7')).ok());
    const auto refused = Version::parse(Scheme::generic, std::string(129, '7'));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == oakum::base::ErrorKind::too_large);
}

TEST_CASE("versions of different schemes cannot be compared") {
    const auto order = compare(*Version::parse(Scheme::deb, "1.0"), *Version::parse(Scheme::rpm, "1.0"));
    REQUIRE_FALSE(order.ok());
    CHECK(order.error().message == "a deb version cannot be compared with a rpm version");
}
