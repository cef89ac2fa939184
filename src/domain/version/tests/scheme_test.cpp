// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <version/version.hpp>

using namespace oakum::version;

TEST_CASE("a scheme has a name that leads back to it") {
    for (int i = 0; i <= static_cast<int>(Scheme::generic); ++i)
        CHECK(scheme_from_string(to_string(static_cast<Scheme>(i))) == static_cast<Scheme>(i));
    for (const auto& [name, scheme] :
         {std::pair("opkg", Scheme::deb), std::pair("openwrt", Scheme::deb),
          std::pair("pypi", Scheme::pep440), std::pair("golang", Scheme::go),
          std::pair("android", Scheme::android_spl), std::pair("ipados", Scheme::ios),
          std::pair("tvos", Scheme::ios), std::pair("watchos", Scheme::ios), std::pair("macos", Scheme::ios),
          std::pair("rubygems", Scheme::gem)})
        CHECK(scheme_from_string(name) == scheme);
    CHECK_FALSE(scheme_from_string("cobol").has_value());
}

TEST_CASE("package types, ecosystems and version types name their scheme") {
    CHECK(scheme_for_purl_type("golang") == Scheme::go);
    CHECK(scheme_for_purl_type("deb") == Scheme::deb);
    CHECK(scheme_for_purl_type("gem") == Scheme::gem);
    CHECK(scheme_for_ecosystem("NuGet") == Scheme::nuget);
    CHECK_FALSE(scheme_for_purl_type("swid").has_value());
    CHECK(scheme_for_ecosystem("Debian:12") == Scheme::deb);
    CHECK(scheme_for_ecosystem("Alpine:v3.20") == Scheme::apk);
    CHECK(scheme_for_ecosystem("Rocky Linux:8") == Scheme::rpm);
    CHECK_FALSE(scheme_for_ecosystem("GIT").has_value());
    CHECK(scheme_for_version_type("semver") == Scheme::semver);
    CHECK(scheme_for_version_type("RPM") == Scheme::rpm);
    for (const char* label : {"git", "custom", "original_commit_for_fix", "Patch", "", "rpm, exe"})
        CHECK_FALSE(scheme_for_version_type(label).has_value());
}

TEST_CASE("a family's end is above all its versions and below the next family") {
    struct Row {
        Scheme scheme;
        const char *family, *inside, *outside;
    };
    for (const auto& row :
         {Row{Scheme::kernel, "4.19.*", "4.19.999", "4.20"}, Row{Scheme::kernel, "5.0.*", "5.0", "5.1-rc1"},
          Row{Scheme::semver, "4.19.*", "4.19.999", "4.20.0-a"}, Row{Scheme::generic, "5.0.*", "5.0", "5.1"},
          Row{Scheme::generic, "5.0.*", "5.0.9z", "5.1"}, Row{Scheme::ios, "26.*", "26.6.1 (a)", "27"},
          Row{Scheme::bitnami, "1.20.1.*", "1.20.1-99", "1.20.2-rc1"},
          Row{Scheme::generic, "v2.*", "2.99", "3.0-rc1"}}) {
        const auto end = Version::parse_upper(row.scheme, row.family);
        INFO(row.family, " ", to_string(row.scheme));
        REQUIRE(end.ok());
        CHECK(*compare(*Version::parse(row.scheme, row.inside), *end) < 0);
        CHECK(*compare(*Version::parse(row.scheme, row.outside), *end) > 0);
    }
    CHECK(*compare(*Version::parse(Scheme::deb, "999:9"), *Version::parse_upper(Scheme::deb, "*")) < 0);
    CHECK_FALSE(Version::parse_upper(Scheme::deb, "1.*").ok());
    CHECK_FALSE(Version::parse_upper(Scheme::generic, "1.2").ok());
    CHECK_FALSE(Version::parse_upper(Scheme::generic, "1.*.2").ok());
}

TEST_CASE("kernels have a series and iOS versions a branch") {
    CHECK(*kernel_series("6.6.144-custom") == "6.6");
    CHECK(*kernel_series("2.6.32.71") == "2.6.32");
    CHECK_FALSE(kernel_series("custom").ok());
    CHECK(*ios_branch("26.6.1") == "26");
    CHECK_FALSE(ios_branch("later").ok());
}

TEST_CASE("a kernel's suffix tells of a vendor's branch") {
    struct Row {
        const char *text, *branch;
    };
    for (const auto& row :
         {Row{"5.15.148-tegra", "tegra"}, Row{"6.1.75-android14-11-g0a1b", "android14"},
          Row{"5.10.110-rockchip-rk3588", "rockchip"}, Row{"6.6.31-v8+", "v8"},
          Row{"4.19.303-cip105", "cip105"}, Row{"6.6.144-yocto-standard", ""}, Row{"v7.0.1", ""},
          Row{"6.12.43+deb13-amd64", ""}, Row{"6.1.77-rt24", ""}, Row{"", ""}})
        CHECK(kernel_branch(row.text) == row.branch);
}
