// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::version {

// How a version text is read and ordered. Two versions can be compared only under one scheme.
enum class Scheme : std::uint8_t {
    semver,      // semver.org 2.0, with a leading v and missing parts allowed
    deb,         // Debian Policy 5.6.12: [epoch:]upstream[-revision]
    rpm,         // [epoch:]version[-release], rpmvercmp with ~ and ^
    apk,         // Alpine: digits, letter, _suffix, -rN
    pep440,      // Python
    maven,       // the POM reference's order of versions
    npm,         // semver
    go,          // module versions, pseudo-versions, go1.21rc2
    kernel,      // Linux X.Y.Z with -rcN; what a vendor appends does not order
    android_spl, // security patch level, YYYY-MM-DD
    ios,         // Apple: dotted numbers and a rapid response letter, "16.5.1 (c)"
    gem,         // Ruby: a letter makes a pre-release
    nuget,       // .NET: semver with a fourth number and without case
    bitnami,     // semver whose -N is the Nth packing of that version, not what comes before it
    pub,         // Dart: semver whose build ("+2") orders above none
    intdot,      // numbers between dots, nothing else
    generic      // numbers and letters as people read them: 1.0.2k, 2021.04-rc3, V5.7.23 build 241008
};

inline constexpr std::size_t scheme_count = static_cast<std::size_t>(Scheme::generic) + 1;
inline constexpr std::size_t longest_version = 128;

std::string_view to_string(Scheme scheme);
// By that name, or by another that people have for it ("opkg", "pypi", "ipados").
std::optional<Scheme> scheme_from_string(std::string_view text);
// By the type of a package URL: "deb", "pypi", ... ; nothing for a type whose order is not known here.
std::optional<Scheme> scheme_for_purl_type(std::string_view type);
// By an OSV ecosystem, with or without its release: "Debian:12", "PyPI".
std::optional<Scheme> scheme_for_ecosystem(std::string_view ecosystem);
// By the versionType of a CVE record; nothing for "git", "custom" and the other labels that name no order.
std::optional<Scheme> scheme_for_version_type(std::string_view label);

// A version text that its scheme can order, kept beside a key whose bytes compare as the versions do: equal
// versions
// ("1.0" and "1.0.0" in pep440) have equal keys. What cannot be read (a commit id, "custom", "latest", "n/a",
// "1.x", nothing at all) is refused, so that it becomes "unknown" and never "older".
class Version {
  public:
    // Errors: invalid, too_large.
    static base::Result<Version> parse(Scheme scheme, std::string_view text);
    // The end of a family: "5.4.*" is above every 5.4 version and below 5.5; "*" is above everything.
    // Families exist for semver, npm, go, kernel, ios, nuget, bitnami, pub and generic. Errors: invalid,
    // too_large.
    static base::Result<Version> parse_upper(Scheme scheme, std::string_view text);

    Scheme scheme() const { return scheme_; }
    const std::string& text() const { return text_; }
    const std::string& key() const { return key_; }

  private:
    Version(Scheme scheme, std::string text, std::string key)
        : scheme_(scheme), text_(std::move(text)), key_(std::move(key)) {}
    Scheme scheme_;
    std::string text_, key_;
};

// Errors: invalid when the schemes differ.
base::Result<std::strong_ordering> compare(const Version& a, const Version& b);
// Order of two keys of one scheme.
std::strong_ordering compare_keys(std::string_view a, std::string_view b);

// "6.6" of 6.6.144, "2.6.32" of 2.6.32.71: the stable series that a Linux version belongs to. Errors: as
// parse.
base::Result<std::string> kernel_series(std::string_view text);
// "tegra" of "5.15.148-tegra", "android14" of "6.1.75-android14-11": whose branch it is, where a word of the
// builder's says so; empty of a text without one.
std::string kernel_branch(std::string_view text);
// "26" of "26.6.1": releases of one branch fix what earlier ones of it had. Errors: as parse.
base::Result<std::string> ios_branch(std::string_view text);

} // namespace oakum::version
