// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <version/version.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

using namespace oakum::version;

namespace {

std::strong_ordering order(Scheme scheme, std::string_view a, std::string_view b) {
    const auto left = Version::parse(scheme, a);
    const auto right = Version::parse(scheme, b);
    INFO(to_string(scheme), ": ", a, " ? ", b);
    REQUIRE(left.ok());
    REQUIRE(right.ok());
    return *compare(*left, *right);
}

// Every pair of a rising list, both ways round: total and antisymmetric on it.
void check_rising(Scheme scheme, const std::vector<std::string>& rising) {
    for (std::size_t i = 0; i < rising.size(); ++i)
        for (std::size_t j = 0; j < rising.size(); ++j) {
            INFO(to_string(scheme), ": ", rising[i], " ? ", rising[j]);
            CHECK(order(scheme, rising[i], rising[j]) == (i <=> j));
        }
}

void check_equal(Scheme scheme, std::initializer_list<std::pair<const char*, const char*>> pairs) {
    for (const auto& [a, b] : pairs)
        CHECK(order(scheme, a, b) == std::strong_ordering::equal);
}

} // namespace

TEST_CASE("semver follows section 11 of its specification") {
    check_rising(Scheme::semver, {"0", "0.0.1-a", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                  "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
                                  "1.0.1", "1.2", "1.10.0", "2.0.0", "99999999999999999999.0.0"});
    check_equal(Scheme::semver,
                {{"v1.2.3", "1.2.3"}, {"1.2", "1.2.0"}, {"1.2.3+build", "1.2.3+other"}, {"=1.0.0", "1.0.0"}});
    check_rising(Scheme::npm, {"1.0.0-next.1", "1.0.0", "1.0.10"});
}

TEST_CASE("deb follows Debian Policy 5.6.12") {
    check_rising(Scheme::deb,
                 {"0~~", "0~", "0~a", "0", "1.0~rc1-1", "1.0-1~bpo12+1", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1",
                  "1.0-1.1", "1.0-2", "1.0-10", "1.0a-1", "1.0+dfsg-1", "1.1-1", "1:0.1-1", "2:0-1"});
    check_equal(Scheme::deb,
                {{"1.0", "1.0-0"}, {"0:1.0-1", "1.0-1"}, {"1.00-1", "1.0-1"}, {"1.0-01", "1.0-1"}});
    CHECK(order(Scheme::deb, "2.36-9+deb12u4", "2.36-9+deb12u10") < 0);
    CHECK(order(Scheme::deb, "1-2-3", "1-2-4") < 0);
}

TEST_CASE("rpm follows rpmvercmp, tilde and caret included") {
    check_rising(Scheme::rpm, {"1.0~rc1-1", "1.0-1", "1.0-1.el8", "1.0-2.el8", "1.0^20240101-1", "1.0a-1",
                               "1.0.1-1", "1.1-1", "1.10-1", "1:0.1-1"});
    check_equal(Scheme::rpm,
                {{"1.0-1", "1_0-1"}, {"0:1.0-1", "1.0-1"}, {"1.05-1", "1.5-1"}, {"(none):1-1", "1-1"}});
    CHECK(order(Scheme::rpm, "4.18.0-553.el8_10", "4.18.0-553.5.1.el8_10") < 0);
}

TEST_CASE("apk orders letters, suffixes and revisions as Alpine does") {
    check_rising(Scheme::apk, {"1.0_alpha", "1.0_alpha2", "1.0_beta", "1.0_pre1", "1.0_rc1",
                               "1.0",       "1.0-r0",     "1.0-r1",   "1.0-r10",  "1.0_git20240101",
                               "1.0_p1",    "1.0_p2-r1",  "1.0b",     "1.0c",     "1.0.1",
                               "1.01",      "1.1",        "1.2",      "1.10",     "2"});
    CHECK(order(Scheme::apk, "1.1.1k-r0", "1.1.1l-r0") < 0);
    CHECK(order(Scheme::apk, "2.4.54-r0", "2.4.55-r0") < 0);
}

TEST_CASE("pep440 follows its ordering of pre, post, dev and local versions") {
    check_rising(Scheme::pep440, {"1.dev0",
                                  "1.0.dev456",
                                  "1.0a1",
                                  "1.0a2.dev456",
                                  "1.0a12.dev456",
                                  "1.0a12",
                                  "1.0b1.dev456",
                                  "1.0b2",
                                  "1.0b2.post345.dev456",
                                  "1.0b2.post345",
                                  "1.0rc1.dev456",
                                  "1.0rc1",
                                  "1.0",
                                  "1.0+abc.5",
                                  "1.0+abc.7",
                                  "1.0+5",
                                  "1.0.post456.dev34",
                                  "1.0.post456",
                                  "1.0.15",
                                  "1.1.dev1",
                                  "1!0.1"});
    check_equal(Scheme::pep440, {{"1.0", "1.0.0"},
                                 {"1.0-alpha_1", "1.0a1"},
                                 {"1.0-1", "1.0.post1"},
                                 {"v1.0", "1.0"},
                                 {"1.0c1", "1.0rc1"},
                                 {"1.0.PREVIEW2", "1.0rc2"}});
}

TEST_CASE("maven follows the order of the POM reference") {
    check_rising(Scheme::maven, {"1-alpha", "1-alpha-1", "1-beta", "1-m2", "1-rc", "1-snapshot", "1", "1-sp",
                                 "1-foo", "1-1", "1-2", "1.1", "1.2-snapshot", "1.2", "1.2.1", "1.10", "2"});
    check_equal(Scheme::maven, {{"1", "1.0"},
                                {"1", "1.0.0"},
                                {"1.ga", "1"},
                                {"1-final", "1"},
                                {"1-0", "1"},
                                {"1-a1", "1-alpha-1"},
                                {"1.0.0-cr1", "1-rc-1"},
                                {"1.RELEASE", "1"}});
}

TEST_CASE("go reads module versions, pseudo-versions and the toolchain's own") {
    check_rising(Scheme::go,
                 {"v0.0.0-20180917221912-90fa682c2a6e", "v0.0.0-20210101000000-abcdefabcdef", "v0.0.1",
                  "v1.2.3-0.20210101000000-abcdefabcdef", "v1.2.3", "v2.0.0+incompatible"});
    check_rising(Scheme::go, {"go1.21rc2", "go1.21.0", "go1.21.3", "go1.22beta1", "go1.22"});
    check_equal(Scheme::go, {{"go1.21.3", "1.21.3"}, {"go1.21.3 X:boringcrypto", "1.21.3"}});
}

TEST_CASE("kernel orders by upstream's numbers, whatever a builder appends") {
    check_rising(Scheme::kernel, {"2.6.32", "2.6.32.71", "4.19.28", "5.0", "5.10.9", "5.10.10", "6.6-rc1",
                                  "6.6-rc12", "6.6", "6.6.1", "6.6.144", "6.12"});
    check_equal(Scheme::kernel, {{"6.6.144-yocto-standard", "6.6.144"},
                                 {"6.6.31+rpt-rpi-v8", "6.6.31"},
                                 {"6.6", "6.6.0"},
                                 {"5.10.0-rc2+", "5.10-rc2"}});
}

TEST_CASE("android patch levels order as dates") {
    check_rising(Scheme::android_spl, {"2017-12-05", "2018-01-01", "2018-01-05", "2024-10-01"});
}

TEST_CASE("ios orders numbers, then the letter of a rapid response") {
    check_rising(Scheme::ios, {"9.3.6", "16.5", "16.5.1", "16.5.1 (a)", "16.5.1(c)", "16.5.2", "16.10",
                               "18.7.9", "18.7.10", "26"});
    check_equal(Scheme::ios, {{"26", "26.0"}, {"26.0", "26.0.0"}});
}

TEST_CASE("gem takes every letter for a pre-release, and what is missing for 0") {
    check_rising(Scheme::gem, {"0", "1.a.0.b", "1.a", "1.a.1", "1.2.0.a1", "1.2.0.beta", "1.2.0.foo1",
                               "1.2.0-1", "1.2.0.rc1", "1.2.0", "1.2.0.0.1", "1.2.0.1", "1.2.1", "1.10"});
    check_equal(Scheme::gem, {{"1", "1.0.0"},
                              {"1.0.a", "1.a"},
                              {"1.2-rc1", "1.2.pre.rc1"},
                              {"1.2.b1", "1.2.b.1"},
                              {"1.a.1.0", "1.a.1"}});
    // As Gem::Version has it: what is missing is 0, which comes after any word.
    CHECK(order(Scheme::gem, "1.a.0.b", "1.a") < 0);
    CHECK(order(Scheme::gem, "1.a.0.1", "1.a") > 0);
}

TEST_CASE("nuget is semver with a fourth number and without case") {
    check_rising(Scheme::nuget, {"1.0.0-Alpha", "1.0.0-alpha.1", "1.0.0-BETA", "1.0.0-rc.2", "1.0.0-rc.11",
                                 "1.0.0", "1.0.0.1", "1.0.1", "1.2.0-foo1", "1.2", "1.10"});
    check_equal(Scheme::nuget, {{"1.0", "1.0.0.0"}, {"1.0.0-RC1", "1.0.0-rc1"}, {"1.2.3+sha.5", "1.2.3"}});
}

TEST_CASE("of bitnami's versions the number behind the hyphen is how often it was packed") {
    check_rising(Scheme::bitnami, {"1.20.1-rc1", "1.20.1", "1.20.1-1", "1.20.1-2", "1.20.1-3.57.3",
                                   "1.20.1-10", "1.20.2-rc.1", "1.20.2", "1.21"});
    check_equal(Scheme::bitnami, {{"1.20.1", "1.20.1-0"}, {"v1.20.1-3", "1.20.1-03"}, {"8", "8.0.0"}});
}

TEST_CASE("of pub's versions a build is above none") {
    check_rising(Scheme::pub, {"5.0.0-dev.1", "5.0.0-dev.1+1", "5.0.0", "5.0.0+1", "5.0.0+2", "5.0.0+10",
                               "5.0.0+hotfix", "5.0.0+hotfix.1", "5.0.1"});
}

TEST_CASE("intdot orders numbers between dots") {
    check_rising(Scheme::intdot, {"0", "0.0.1", "1", "1.0.0.0.7", "1.2", "1.2.3.4.5", "1.10", "20240101"});
    check_equal(Scheme::intdot, {{"1", "1.0.0"}, {"01.2", "1.2"}});
}

TEST_CASE("generic orders what firmware and C libraries write") {
    check_rising(Scheme::generic,
                 {"0.9.8zh",     "1.0.0",       "1.0.2-beta1", "1.0.2",     "1.0.2a",       "1.0.2k",
                  "1.0.2k-fips", "1.0.2l",      "1.0.2z",      "1.0.2za",   "1.1.0",        "1.1.1-pre9",
                  "1.1.1",       "1.1.1k",      "1.10",        "1.19",      "3.0.0-alpha1", "3.0.0",
                  "2020.81",     "2021.04-rc3", "2021.04",     "2021.04-1", "2021.10"});
    check_rising(Scheme::generic, {"2.9", "2.10"});
    check_rising(Scheme::generic, {"4.2.8", "4.2.8p1", "4.2.8p15", "4.2.9"});
    check_rising(Scheme::generic, {"1.0~rc1", "1.0", "1.0+git1"});
    check_rising(Scheme::generic,
                 {"V5.7.3 build 231008", "V5.7.23 build 241007", "V5.7.23 build 241008", "V5.7.24"});
    check_rising(Scheme::generic, {"v1.0.0.4_b20171201", "v1.0.0.4_b20180101", "v1.0.0.10"});
    check_equal(Scheme::generic, {{"1.0", "1.0.0"},
                                  {"v1.2", "1.2"},
                                  {"STABLE-2_1_2", "2.1.2"},
                                  {"1.0-rc1", "1.0.0rc1"},
                                  {"9.8p1", "9.8-P1"},
                                  {"01.02", "1.2"},
                                  {"Version 3.1", "3.1"}});
    CHECK(order(Scheme::generic, "1.1a", "1.19") < 0);
}

TEST_CASE("orders are transitive over everything that parses") {
    const std::vector<std::string> texts{"0",           "1",          "1.0",         "1.0.0",    "1.0a",
                                         "1.0-1",       "1.0~1",      "1.0-rc1",     "1.0rc1",   "1.0.1",
                                         "1.0_p1",      "1.0-r2",     "1.0+1",       "1:1.0",    "1.10",
                                         "1.2.3-4.el8", "v1.0",       "1.0.dev1",    "2.6.32.5", "10.0",
                                         "16.5 (a)",    "2020-01-05", "1.0-alpha-1", "1.0^2-1",  "1.00"};
    for (std::size_t i = 0; i < scheme_count; ++i) {
        const auto scheme = static_cast<Scheme>(i);
        INFO(to_string(scheme));
        std::vector<Version> versions;
        for (const auto& text : texts)
            if (auto version = Version::parse(scheme, text); version.ok()) versions.push_back(*version);
        CHECK_FALSE(versions.empty());
        for (const auto& a : versions)
            for (const auto& b : versions) {
                CHECK((*compare(a, b) < 0) == (*compare(b, a) > 0));
                for (const auto& c : versions)
                    if (*compare(a, b) <= 0 && *compare(b, c) <= 0) CHECK(*compare(a, c) <= 0);
            }
    }
}

namespace {

// Texts as people and their tools might write them, from pieces that mean something somewhere.
std::vector<std::string> made_up(std::size_t count) {
    constexpr std::array pieces{"0",  "1",   "2",     "10",    "00",  "01",   "a",    "b",   "k",
                                "rc", "rc1", "alpha", "p1",    "-r",  "beta", "~",    "^",   "+",
                                "-",  ".",   ".",     ".",     "_",   ":",    "v",    "M",   "pre",
                                "sp", "ga",  "el",    ".post", "dev", ".*",   "2024", " (a)"};
    std::minstd_rand random(20261126);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) {
        std::string text = random() % 3 == 0 ? "1." : "";
        for (auto left = 1 + random() % 6; left > 0; --left)
            text += pieces[random() % pieces.size()];
        out.push_back(text);
    }
    for (unsigned day = 1; day <= 28; ++day)
        out.push_back("2024-0" + std::to_string(1 + day % 9) + "-" + (day < 10 ? "0" : "") +
                      std::to_string(day));
    return out;
}

} // namespace

TEST_CASE("every scheme orders whatever it reads totally: antisymmetric, transitive, equal both ways") {
    const auto texts = made_up(4000);
    for (std::size_t i = 0; i < scheme_count; ++i) {
        const auto scheme = static_cast<Scheme>(i);
        INFO(to_string(scheme));
        std::vector<Version> read;
        for (const auto& text : texts)
            if (auto version = Version::parse(scheme, text); version.ok() && read.size() < 300)
                read.push_back(*std::move(version));
        CHECK(read.size() >= 20);
        std::ranges::sort(read, [](const Version& a, const Version& b) { return *compare(a, b) < 0; });
        bool total = true;
        for (std::size_t a = 0; a < read.size(); ++a)
            for (std::size_t b = a; b < read.size(); ++b)
                total = total && *compare(read[a], read[b]) <= 0 && *compare(read[b], read[a]) >= 0;
        CHECK(total);
    }
}

TEST_CASE("an equal version stays equal under what a scheme says does not order") {
    std::minstd_rand random(7);
    for (int i = 0; i < 500; ++i) {
        const auto number = [&] { return std::to_string(random() % 40); };
        const auto numbers = number() + "." + number() + "." + number();
        CAPTURE(numbers);
        for (const auto scheme : {Scheme::semver, Scheme::npm, Scheme::go, Scheme::nuget})
            CHECK(order(scheme, numbers, "v" + numbers + "+build." + number()) == 0);
        for (const auto scheme : {Scheme::gem, Scheme::intdot, Scheme::pep440, Scheme::maven, Scheme::ios,
                                  Scheme::generic, Scheme::nuget})
            CHECK(order(scheme, numbers, numbers + ".0") == 0);
        for (const auto scheme : {Scheme::gem, Scheme::pep440, Scheme::semver, Scheme::nuget})
            CHECK(
                order(scheme,
                      scheme == Scheme::gem || scheme == Scheme::pep440 ? numbers + ".rc1" : numbers + "-rc1",
                      numbers) < 0);
    }
}
