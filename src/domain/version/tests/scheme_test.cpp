// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <version/version.hpp>

using namespace oakum::version;

TEST_CASE("a scheme has a name that leads back to it") {
    for (int i = 0; i <= static_cast<int>(Scheme::generic); ++i)
        CHECK(scheme_from_string(to_string(static_cast<Scheme>(i))) == static_cast<Scheme>(i));
    CHECK_FALSE(scheme_from_string("cobol").has_value());
}

TEST_CASE("package types, ecosystems and version types name their scheme") {
    CHECK(scheme_for_purl_type("golang") == Scheme::go);
    CHECK(scheme_for_purl_type("deb") == Scheme::deb);
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
