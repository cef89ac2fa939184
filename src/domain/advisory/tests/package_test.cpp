// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <component/purl.hpp>

using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using oakum::component::Component;

namespace {

using EventKind = RangeEvent::Kind;

PackageStatement package(std::string ecosystem, std::string name, std::vector<RangeEvent> events,
                         RangeType type = RangeType::ecosystem) {
    PackageStatement s;
    s.ecosystem = std::move(ecosystem);
    s.name = std::move(name);
    s.ranges.push_back({type, std::move(events)});
    return s;
}

Compiled osv(std::string id, std::vector<Applicability> statements) {
    return compile({record(Source::osv, std::move(id), std::move(statements))});
}

constexpr auto in_range = "affected: the version is in the affected range";
constexpr auto listed = "affected: the version is listed as affected";
constexpr auto outside = "not affected: the version is outside the affected ranges";
constexpr auto has_fix = "fixed: the version has the fix";

} // namespace

TEST_CASE("events open and close ranges in the order of versions") {
    const auto data = osv("PYSEC-1", {package("PyPI", "accesscontrol",
                                              {{EventKind::introduced, "5.0"},
                                               {EventKind::fixed, "5.2"},
                                               {EventKind::introduced, "4.0"},
                                               {EventKind::fixed, "4.3"}})});
    const auto at = [](const char* v) {
        return packaged("AccessControl", std::string("pkg:pypi/AccessControl@") + v);
    };
    CHECK(said(data, at("3.9"), "PYSEC-1") == outside);
    CHECK(said(data, at("4.2"), "PYSEC-1") == in_range);
    CHECK(fix(data, at("4.2"), "PYSEC-1") == "4.3");
    CHECK(said(data, at("4.3"), "PYSEC-1") == has_fix);
    CHECK(said(data, at("5.0rc1"), "PYSEC-1") == has_fix);
    CHECK(said(data, at("5.1.post2"), "PYSEC-1") == in_range);
    CHECK(said(data, at("5.2"), "PYSEC-1") == has_fix);
    CHECK(said(data, at("what"), "PYSEC-1") == "unknown: the component's version cannot be ordered");
}

TEST_CASE("last_affected includes, limit excludes, and an open range has no end") {
    const auto last =
        osv("GO-1", {package("Go", "github.com/A/b",
                             {{EventKind::introduced, "0"}, {EventKind::last_affected, "1.6.0"}},
                             RangeType::semver)});
    const auto at = [](const char* v) {
        return packaged("b", std::string("pkg:golang/github.com/a/b@") + v);
    };
    CHECK(said(last, at("v1.6.0"), "GO-1") == in_range);
    CHECK(said(last, at("v1.6.1-0.20210101000000-abcdefabcdef"), "GO-1") == outside);
    const auto open =
        osv("GO-1", {package("Go", "github.com/A/b", {{EventKind::introduced, "1.2.0"}}, RangeType::semver)});
    CHECK(said(open, at("v9.0.0"), "GO-1") == in_range);
    CHECK(said(open, at("v1.1.0"), "GO-1") == outside);
    const auto limit = osv(
        "GO-1", {package("Go", "github.com/A/b", {{EventKind::introduced, "0"}, {EventKind::limit, "2.0.0"}},
                         RangeType::semver)});
    CHECK(said(limit, at("v2.0.0"), "GO-1") == outside);
}

TEST_CASE("listed versions count beside commits, and commits alone decide nothing") {
    auto statement = package("OSS-Fuzz", "zlib",
                             {{EventKind::introduced, "aaaa"}, {EventKind::fixed, "bbbb"}}, RangeType::git);
    CHECK(said(osv("OSV-1", {statement}), packaged("zlib", "pkg:generic/zlib@1.2.11"), "OSV-1") ==
          "unknown: the record's versions cannot be ordered");
    statement.versions = {"v1.2.11", "1.2.12"};
    CHECK(said(osv("OSV-1", {statement}), packaged("zlib", "pkg:generic/zlib@1.2.11"), "OSV-1") == listed);
    CHECK(said(osv("OSV-1", {statement}), packaged("zlib", "pkg:generic/zlib@1.2.13"), "OSV-1") == outside);
}

TEST_CASE("a distribution's package is judged by its distribution alone") {
    const auto data = compile(
        {record(
             Source::osv, "DEBIAN-CVE-2023-0286",
             {package("Debian:12", "openssl", {{EventKind::introduced, "0"}, {EventKind::fixed, "3.0.8-1"}}),
              package("Debian:11", "openssl",
                      {{EventKind::introduced, "0"}, {EventKind::fixed, "1.1.1n-0+deb11u4"}})}),
         record(Source::osv, "CVE-2020-1",
                {package("Alpine:v3.19", "busybox",
                         {{EventKind::introduced, "0"}, {EventKind::fixed, "1.36.1-r15"}})}),
         record(Source::nvd, "CVE-2023-9", {any_of({before(cpe("a", "openssl", "openssl", "*"), "9.0")})})});
    const auto id = "CVE-2023-0286";
    auto openssl =
        packaged("libssl1.1", "pkg:deb/debian/libssl1.1@1.1.1n-0+deb11u3?upstream=openssl&distro=debian-11");
    openssl.cpe = cpe("a", "openssl", "openssl", "1.1.1n");
    CHECK(said(data, openssl, id) == in_range);
    CHECK(fix(data, openssl, id) == "1.1.1n-0+deb11u4");
    CHECK(said(data, openssl, "CVE-2023-9") == "nothing");
    CHECK(said(data, packaged("openssl", "pkg:deb/debian/openssl@1.1.1n-0+deb11u4?distro=bullseye"), id) ==
          has_fix);
    CHECK(said(data, packaged("openssl", "pkg:deb/debian/openssl@3.0.8-1~deb12u1?distro=debian-12.5"), id) ==
          in_range);
    CHECK(said(data, packaged("busybox", "pkg:apk/alpine/busybox@1.36.1-r14?distro=alpine-3.19.1"),
               "CVE-2020-1") == in_range);
}

TEST_CASE("a name that no advisory knows, of a package whose source is not stated, is not assessed") {
    const auto data = compile(
        {record(Source::osv, "CVE-2023-1", {package("Debian:12", "openssl", {{EventKind::introduced, "0"}})}),
         record(Source::osv, "CVE-2023-2", {package("Debian:11", "dpkg", {{EventKind::introduced, "0"}})})});
    const auto why = [&](const Component& component, const std::vector<Component>& set = {}) {
        return std::string(why_not_assessed(data.file, component, on({}, set)));
    };
    const auto libssl = packaged("libssl3", "pkg:deb/debian/libssl3@3.0.8-1?distro=debian-12");
    CHECK(why(libssl) ==
          "the source that it is built from is not stated, and no advisory of its distribution has its name");
    // Other packages whose sources are stated: this one's has its name.
    const auto libc = packaged("libc6", "pkg:deb/debian/libc6@2.36-9?distro=debian-12&upstream=glibc");
    CHECK(why(libc).empty());
    CHECK(why(libssl, {libssl, libc}).empty());
    CHECK_FALSE(why(libssl, {libssl, packaged("left-pad", "pkg:npm/left-pad@1?upstream=x")}).empty());
    // Names of sources, whichever release's advisory has them.
    CHECK(why(packaged("openssl", "pkg:deb/debian/openssl@3.0.8-1?distro=debian-12")).empty());
    CHECK(why(packaged("dpkg", "pkg:deb/debian/dpkg@1.21?distro=debian-12")).empty());
    CHECK(said(data, packaged("openssl", "pkg:deb/debian/openssl@3.0.8-1?distro=debian-12"), "CVE-2023-1") ==
          in_range);
}

TEST_CASE("headers and documents of the kernel's source have none of its faults") {
    const auto data =
        osv("CVE-2024-1", {package("Debian:12", "linux", {{EventKind::introduced, "0"}}),
                           package("Rocky Linux:9", "kernel", {{EventKind::introduced, "0"}}),
                           package("Debian:12", "linux-headers-of-mine", {{EventKind::introduced, "0"}})});
    const auto says = [&](const std::string& purl) { return said(data, packaged("p", purl), "CVE-2024-1"); };
    for (const char* name : {"linux-libc-dev", "linux-headers-6.1.0-18-amd64", "linux-doc-6.1"}) {
        const auto part = packaged(name, std::string("pkg:deb/debian/") + name +
                                             "@6.1.76-1?distro=debian-12&upstream=linux");
        CAPTURE(name);
        CHECK(said(data, part, "CVE-2024-1") == "nothing");
        CHECK(why_not_assessed(data.file, part, {}).empty());
    }
    CHECK(says("pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?distro=debian-12&upstream=linux") ==
          in_range);
    CHECK(says("pkg:deb/debian/linux-tools@6.1.76-1?distro=debian-12&upstream=linux") == in_range);
    CHECK(says("pkg:rpm/rocky/kernel-headers@5.14.0-1?distro=rocky-9&upstream=kernel-5.14.0-1.src.rpm") ==
          "nothing");
    CHECK(says("pkg:rpm/rocky/kernel-core@5.14.0-1?distro=rocky-9&upstream=kernel-5.14.0-1.src.rpm") ==
          in_range);
}

TEST_CASE("without a release of the distribution a package is not assessed, and never clean by mistake") {
    const auto data = osv("DEBIAN-CVE-1-1", {package("Debian:12", "curl", {{EventKind::introduced, "0"}})});
    const auto curl = packaged("curl", "pkg:deb/debian/curl@7.88.1-10");
    CHECK(match(data.file, curl, {}).empty());
    CHECK(why_not_assessed(data.file, curl, {}) == "the release of its distribution is not stated");
    const auto old = packaged("curl", "pkg:deb/debian/curl@7.88.1-10?distro=debian-9");
    CHECK(why_not_assessed(data.file, old, {}) ==
          "there are no advisories of its distribution's release here");
    // The device's own system says it.
    Component system;
    system.kind = oakum::component::Kind::operating_system;
    system.name = "debian";
    system.version = "12.5";
    const std::vector<Component> set{system, curl};
    CHECK(said(data, curl, "CVE-1-1", Platform(set)) == in_range);
    // A builder's own package falls back to its CPE name.
    const auto yocto =
        compile({record(Source::nvd, "CVE-1-2", {any_of({criteria(cpe("a", "haxx", "curl", "*"))})})});
    auto built = packaged("curl", "pkg:rpm/poky/curl@8.7.1-r0");
    built.cpe = cpe("a", "haxx", "curl", "8.7.1");
    CHECK(said(yocto, built, "CVE-1-2") == in_range);
    const auto why = [&](std::string purl) {
        const auto part = packaged("busybox", std::move(purl));
        return std::string(why_not_assessed(data.file, part, Platform(std::span(&part, 1))));
    };
    CHECK(why("pkg:apk/openwrt/busybox@1.36.1-r2?distro=openwrt-25.12.0") ==
          "no advisories of its distribution are in any feed that is read here");
    CHECK(why("pkg:deb/debian/busybox@1.36.1") == "the release of its distribution is not stated");
}

TEST_CASE("Go's own library has two names, Dart's builds an order, and an epoch may stand in a qualifier") {
    const auto of = [](std::string ecosystem, std::string name, std::string end) {
        return osv("OSV-1", {package(std::move(ecosystem), std::move(name),
                                     {{EventKind::introduced, "0"}, {EventKind::fixed, std::move(end)}})});
    };
    const auto go = of("Go", "stdlib", "1.20.5");
    CHECK(said(go, packaged("std", "pkg:golang/std@1.20.4"), "OSV-1") == in_range);
    CHECK(said(go, packaged("stdlib", "pkg:golang/stdlib@1.20.5"), "OSV-1") == has_fix);
    const auto dart = of("Pub", "dio", "5.0.0+2");
    CHECK(said(dart, packaged("dio", "pkg:pub/dio@5.0.0%2B1"), "OSV-1") == in_range);
    CHECK(said(dart, packaged("dio", "pkg:pub/dio@5.0.0%2B2"), "OSV-1") == has_fix);
    const auto zlib = of("Debian:12", "zlib", "1:1.2.13.dfsg-1");
    CHECK(said(zlib, packaged("zlib", "pkg:deb/debian/zlib@1.2.14.dfsg-2?distro=debian-12&epoch=1"),
               "OSV-1") == has_fix);
}

TEST_CASE("a GitHub action is found by its repository, and clears no other") {
    const auto data = osv("GHSA-1", {package("GitHub Actions", "tj-Actions/changed-files",
                                             {{EventKind::introduced, "0"}, {EventKind::fixed, "46.0.1"}})});
    const auto used = [](std::string purl) { return packaged("changed-files", std::move(purl)); };
    CHECK(said(data, used("pkg:github/tj-actions/changed-files@v45"), "GHSA-1") == in_range);
    CHECK(said(data, used("pkg:github/tj-actions/changed-files@v46.0.1"), "GHSA-1") == has_fix);
    CHECK(said(data, used("pkg:githubactions/tj-actions/changed-files@v45"), "GHSA-1") == in_range);
    const auto other = used("pkg:github/nobody/nothing@v1");
    CHECK_FALSE(why_not_assessed(data.file, other, Platform(std::span(&other, 1))).empty());
}

TEST_CASE("an rpm's epoch stands in a qualifier") {
    const auto data =
        osv("ALSA-1", {package("AlmaLinux:9", "bind",
                               {{EventKind::introduced, "0"}, {EventKind::fixed, "32:9.16.23-5.el9"}})});
    CHECK(said(data, packaged("bind", "pkg:rpm/almalinux/bind@9.16.23-5.el9?epoch=32&distro=almalinux-9.2"),
               "ALSA-1") == has_fix);
    CHECK(said(data, packaged("bind", "pkg:rpm/almalinux/bind@9.16.23-4.el9?epoch=32&distro=almalinux-9.2"),
               "ALSA-1") == in_range);
}

TEST_CASE("a package of Bitnami's is fixed from the first packing of the fixed version on") {
    const auto ends = [](std::string from, EventKind kind, std::string end) {
        return osv("BIT-1", {package("Bitnami", "nginx",
                                     {{EventKind::introduced, std::move(from)}, {kind, std::move(end)}})});
    };
    const auto of = [](std::string version) {
        return packaged("nginx", "pkg:bitnami/nginx@" + version + "?arch=amd64");
    };
    const auto fixed = ends("0", EventKind::fixed, "1.20.1");
    CHECK(said(fixed, of("1.20.1-3"), "BIT-1") == has_fix);
    CHECK(said(fixed, of("1.20.0-9"), "BIT-1") == in_range);
    CHECK(said(fixed, of("1.20.1-rc1"), "BIT-1") == in_range);
    const auto last = ends("1.18.0-0", EventKind::last_affected, "1.20.1");
    CHECK(said(last, of("1.18.0"), "BIT-1") == in_range);
    CHECK(said(last, of("1.20.1-3"), "BIT-1") == in_range);
    CHECK(said(last, of("1.20.2-0"), "BIT-1") == outside);
    CHECK(said(ends("0", EventKind::last_affected, "8"), of("8.0.0-4"), "BIT-1") == in_range);
    const auto repacked = ends("0", EventKind::fixed, "1.20.1-2");
    CHECK(said(repacked, of("1.20.1-1"), "BIT-1") == in_range);
    CHECK(said(repacked, of("1.20.1-2"), "BIT-1") == has_fix);
}

TEST_CASE("the fix of one stream of a module is none of another's, and no finding by it") {
    const auto erratum = [](std::string number, std::string title, std::string name, std::string fixed) {
        auto out = record(Source::osv, std::move(number),
                          {package("Rocky Linux:8", std::move(name),
                                   {{EventKind::introduced, "0"}, {EventKind::fixed, std::move(fixed)}})});
        out.title = std::move(title);
        return out;
    };
    const auto data = compile({erratum("R-14", "Important: nodejs:14 security update", "nodejs",
                                       "1:14.20.0-2.module+el8.6.0+1041+0a5"),
                               erratum("R-npm", "Important: nodejs:14 security update", "npm",
                                       "1:6.14.17-1.14.20.0.2.module+el8.6.0+1"),
                               erratum("R-pki", "Moderate: pki-core:10.6 and pki-deps:10.6 security, bug fix",
                                       "pki-core", "0:10.8.3-1.module+el8.2.0+1"),
                               erratum("R-virt", "Low: virt:rhel and virt-devel:rhel security update",
                                       "qemu-kvm", "15:4.2.0-34.module_el8.3.0+2"),
                               erratum("R-plain", "Low: bind security update", "bind", "32:9.11.36-3.el8")});
    constexpr auto cannot =
        "unknown: the advisory is about an edition or target that the component does not state";
    struct Row {
        const char *id, *purl, *verdict;
    };
    for (const auto& row : {
             Row{"R-14", "nodejs@14.19.0-1.module+el8.6.0+1?epoch=1", in_range},
             Row{"R-14", "nodejs@14.20.0-2.module+el8.6.0+1041+0a5?epoch=1", has_fix},
             Row{"R-14", "nodejs@12.22.13-1.module+el8.6.0+1?epoch=1", "nothing"},
             Row{"R-14", "nodejs@16.1.0-1.module+el8.6.0+1?epoch=1", "nothing"},
             Row{"R-14", "nodejs@10.24.0-1.el8?epoch=1", "nothing"},
             Row{"R-14", "nodejs@14.19.0?epoch=1", cannot},
             Row{"R-npm", "npm@6.14.4-1.14.5.0.module+el8.6.0+1?epoch=1", cannot},
             Row{"R-npm", "npm@6.14.4-1.14.5.0.module+el8.6.0+1?epoch=1&rpmmod=nodejs:14:8060:ad00",
                 in_range},
             Row{"R-npm", "npm@6.14.4-1.12.5.0.module+el8.6.0+1?epoch=1&rpmmod=nodejs:12:8060:ad00",
                 "nothing"},
             Row{"R-npm", "npm@6.14.4-1.12.5.0.module+el8.6.0+1?epoch=1&modularitylabel=nodejs:12:8060:ad00",
                 "nothing"},
             Row{"R-pki", "pki-core@10.8.2-1.module+el8.2.0+1", cannot},
             Row{"R-pki", "pki-core@10.6.1-1.module+el8.2.0+1", in_range},
             Row{"R-virt", "qemu-kvm@4.2.0-30.module_el8.3.0+2?epoch=15", cannot},
             Row{"R-virt", "qemu-kvm@4.2.0-30.module_el8.3.0+2?epoch=15&rpmmod=virt-devel:rhel:80300:1",
                 in_range},
             Row{"R-plain", "bind@9.11.36-2.el8?epoch=32", in_range},
         }) {
        CAPTURE(row.purl);
        auto purl = std::string("pkg:rpm/rocky/").append(row.purl);
        purl.append(purl.find('?') == std::string::npos ? "?" : "&").append("distro=rocky-8.6");
        const auto parsed = oakum::component::Purl::parse(purl);
        REQUIRE(parsed.ok());
        CHECK(said(data, packaged(parsed->name, parsed->text()), row.id) == row.verdict);
    }
}

TEST_CASE("an erratum speaks for every CVE that it covers") {
    auto erratum = record(
        Source::osv, "RLSA-2019:0981",
        {package("Rocky Linux:8", "python2", {{EventKind::introduced, "0"}, {EventKind::fixed, "0:2.7-2"}})});
    erratum.covers = {"CVE-2019-9636", "CVE-2019-7548"};
    const auto data = compile({erratum}, {{"CVE-2019-9636", {}, {}, false, "x", "y"}});
    const auto python = packaged("python2", "pkg:rpm/rocky/python2@2.7-1?distro=rocky-8.9");
    const auto found = match(data.file, python, {});
    REQUIRE(found.size() == 2);
    CHECK(data.file.advisory(found[0].advisory).id == "CVE-2019-7548");
    CHECK_FALSE(data.file.advisory(found[0].advisory).exploited);
    CHECK(data.file.advisory(found[1].advisory).exploited);
    CHECK(data.file.find("RLSA-2019:0981").size() == 2);
}

TEST_CASE("a package whose ecosystem's advisories are not here is not assessed, and says which are missing") {
    const auto pypi = osv(
        "PYSEC-1", {package("PyPI", "django", {{EventKind::introduced, "0"}, {EventKind::fixed, "4.2"}})});
    const auto why = [](const Compiled& data, std::string name, std::string purl) {
        return std::string(why_not_assessed(data.file, packaged(std::move(name), std::move(purl)), {}));
    };
    CHECK(why(pypi, "left-pad", "pkg:npm/left-pad@1.3.0") == "there are no advisories of npm packages here");
    CHECK(why(pypi, "log4j-core", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0") ==
          "there are no advisories of Maven packages here");
    CHECK(why(pypi, "HTTP", "pkg:hackage/HTTP@4000") == "there are no advisories of Haskell packages here");
    CHECK(why(pypi, "ourlib", "pkg:generic/ourlib@1.2.11") ==
          "no advisories are known by a package URL of its type");
    CHECK(why(pypi, "django", "pkg:pypi/django@4.1").empty());
    CHECK(why(pypi, "flask", "pkg:pypi/flask@2.0").empty());
    // What another name judges does not hang on the ecosystem.
    auto named = packaged("left-pad", "pkg:npm/left-pad@1.3.0");
    named.cpe = cpe("a", "left-pad", "left-pad", "1.3.0");
    const auto products =
        compile({record(Source::nvd, "CVE-1-9", {any_of({criteria(cpe("a", "acme", "tool", "1"))})})});
    CHECK(why_not_assessed(products.file, named, {}).empty());
    CHECK(why(products, "curl", "pkg:github/curl/curl@8.5.0").empty());
    // But on records that name products.
    CHECK_FALSE(why_not_assessed(pypi.file, named, {}).empty());
    CHECK_FALSE(why(pypi, "curl", "pkg:github/curl/curl@8.5.0").empty());
    // Nor does one that a CVE record names itself.
    ProductStatement product;
    product.package_url = "pkg:npm/left-pad";
    product.default_status = Status::affected;
    const auto record_of_it = compile({record(Source::cve5, "CVE-2026-1", {product})});
    CHECK(why(record_of_it, "left-pad", "pkg:npm/left-pad@1.3.0").empty());
    CHECK(said(record_of_it, packaged("left-pad", "pkg:npm/left-pad@1.3.0"), "CVE-2026-1") ==
          "affected: every version that the record does not exempt is affected");
    CHECK(why(record_of_it, "right-pad", "pkg:npm/right-pad@1.3.0") ==
          "there are no advisories of npm packages here");
    // OSS-Fuzz speaks of some generic packages, and of no ecosystem.
    auto fuzzed = package("OSS-Fuzz", "zlib", {});
    fuzzed.versions = {"1.2.11"};
    const auto some = osv("OSV-1", {fuzzed});
    CHECK(why(some, "zlib", "pkg:generic/zlib@1.2.11").empty());
    CHECK(why(some, "ourlib", "pkg:generic/ourlib@5.6") ==
          "no advisories are known by a package URL of its type");
}

TEST_CASE("a signed kernel is judged by the advisories of the kernel, at its own version") {
    const auto data =
        osv("CVE-2024-1",
            {package("Debian:12", "linux", {{EventKind::introduced, "0"}, {EventKind::fixed, "6.1.76-2"}}),
             package("Ubuntu:22.04:LTS", "linux-aws",
                     {{EventKind::introduced, "0"}, {EventKind::fixed, "5.15.0-100.1"}})});
    CHECK(said(data,
               packaged("linux-image-6.1.0-18-amd64",
                        "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?distro=debian-12&upstream="
                        "linux-signed-amd64%406.1.76%2B1"),
               "CVE-2024-1") == in_range);
    CHECK(said(data,
               packaged("linux-image-6.1.0-19-arm64",
                        "pkg:deb/debian/linux-image-6.1.0-19-arm64@6.1.76-2?distro=debian-12&upstream="
                        "linux-signed-arm64%406.1.76%2B2"),
               "CVE-2024-1") == has_fix);
    CHECK(said(data,
               packaged("linux-image-aws", "pkg:deb/ubuntu/linux-image-aws@5.15.0-99.1?distro=ubuntu-22.04&"
                                           "upstream=linux-signed-aws"),
               "CVE-2024-1") == in_range);
}

TEST_CASE("NuGet finds a package however its name is written") {
    const auto data = osv("GHSA-1", {package("NuGet", "Newtonsoft.Json",
                                             {{EventKind::introduced, "0"}, {EventKind::fixed, "13.0.1"}})});
    CHECK(said(data, packaged("newtonsoft.json", "pkg:nuget/newtonsoft.json@12.0.3"), "GHSA-1") == in_range);
}

TEST_CASE("each distribution's packages reach its advisories, however device and feed call the release") {
    struct Row {
        const char *ecosystem, *purl;
    };
    for (const auto& row :
         {Row{"SUSE:Linux Enterprise Server 15 SP5", "pkg:rpm/suse/openssl@1.0-1?distro=sles-15.5"},
          Row{"SUSE:Linux Enterprise Module for Basesystem 15 SP5",
              "pkg:rpm/suse/openssl@1.0-1?distro=sles-15.5"},
          Row{"SUSE:Linux Enterprise Module for Python 3 15 SP5",
              "pkg:rpm/suse/openssl@1.0-1?distro=sles-15.5"},
          Row{"SUSE:Linux Enterprise Module for Web and Scripting 12",
              "pkg:rpm/suse/openssl@1.0-1?distro=sles-12.5"},
          Row{"SUSE:Linux Enterprise Module for Containers 12", "pkg:rpm/suse/openssl@1.0-1?distro=sles-12"},
          Row{"SUSE:Linux Enterprise Server 16.1", "pkg:rpm/suse/openssl@1.0-1?distro=sles-16.1"},
          Row{"SUSE:Linux Enterprise Server 16.0", "pkg:rpm/suse/openssl@1.0-1?distro=sles-16.0"},
          Row{"SUSE:Linux Enterprise Server 12 SP5-LTSS",
              "pkg:rpm/suse/libopenssl@1.0-1?distro=sles-12.5&upstream=openssl-1.0-1.1.src.rpm"},
          Row{"SUSE:Linux Enterprise Server 15 SP5",
              "pkg:rpm/suse/libopenssl@1.0-1?distro=sles-15.5&upstream=openssl-1.0-1.1.nosrc.rpm"},
          Row{"SUSE:Linux Enterprise Server 15 SP3-LTSS", "pkg:rpm/suse/openssl@1.0-1?distro=sles-15.3"},
          Row{"SUSE:Linux Enterprise Server 15", "pkg:rpm/suse/openssl@1.0-1?distro=sles-15"},
          Row{"openSUSE:Leap 15.5", "pkg:rpm/opensuse/openssl@1.0-1?distro=opensuse-leap-15.5"},
          Row{"openSUSE:Tumbleweed", "pkg:rpm/opensuse/openssl@1.0-1?distro=opensuse-tumbleweed-20240101"},
          Row{"Mageia:9", "pkg:rpm/mageia/openssl@1.0-1?distro=mageia-9"},
          Row{"openEuler:22.03-LTS-SP3", "pkg:rpm/openeuler/openssl@1.0-1?distro=openEuler-22.03-LTS-SP3"},
          Row{"Azure Linux:3", "pkg:rpm/azurelinux/openssl@1.0-1?distro=azurelinux-3.0"},
          Row{"Azure Linux:2", "pkg:rpm/mariner/openssl@1.0-1?distro=mariner-2.0"},
          Row{"Wolfi", "pkg:apk/wolfi/openssl@1.0-r0?distro=wolfi-20230201"},
          Row{"Chainguard", "pkg:apk/chainguard/openssl@1.0-r0?distro=chainguard"},
          Row{"Ubuntu:22.04:LTS", "pkg:deb/ubuntu/openssl@1.0-1?distro=ubuntu-22.04"},
          Row{"AlmaLinux:9", "pkg:rpm/almalinux/openssl@1.0-1?distro=almalinux-9.4"}}) {
        INFO(row.ecosystem, " ", row.purl);
        const auto data = osv("X-1", {package(row.ecosystem, "openssl",
                                              {{EventKind::introduced, "0"}, {EventKind::fixed, "2.0"}})});
        CHECK(said(data, packaged("openssl", row.purl), "X-1") == in_range);
    }
    const auto data = osv(
        "X-1", {package("SUSE:Manager Server 4.3", "openssl", {{EventKind::introduced, "0"}}),
                package("SUSE:Linux Enterprise Server 15 SP5", "openssl", {{EventKind::introduced, "0"}})});
    CHECK(said(data, packaged("openssl", "pkg:rpm/suse/openssl@1.0-1?distro=sles-15.4"), "X-1") == "nothing");
    const auto elsewhere =
        osv("X-2", {package("SUSE:Linux Enterprise Server 12", "openssl", {{EventKind::introduced, "0"}}),
                    package("SUSE:Linux Enterprise Server 16.1", "openssl", {{EventKind::introduced, "0"}}),
                    package("SUSE:Linux Enterprise Micro 5.3", "openssl", {{EventKind::introduced, "0"}})});
    for (const char* release : {"sles-12.5", "sles-16.0", "sles-5"})
        CHECK(said(elsewhere,
                   packaged("openssl", std::string("pkg:rpm/suse/openssl@1.0-1?distro=").append(release)),
                   "X-2") == "nothing");
    CHECK(why_not_assessed(data.file, packaged("openssl", "pkg:rpm/fedora/openssl@1.0-1?distro=fedora-40"),
                           {}) == "no advisories of its distribution are in any feed that is read here");
}

TEST_CASE("a record that names a repository alone is about the package of that repository, by the versions "
          "of its tags") {
    auto statement = package("GIT", "https://github.com/Curl/curl.git",
                             {{EventKind::introduced, "0"}, {EventKind::fixed, "abcd"}}, RangeType::git);
    const auto curl = [](std::string version) { return packaged("curl", "pkg:github/curl/curl@" + version); };
    CHECK(said(osv("OSV-1", {statement}), curl("8.5.0"), "OSV-1") == "nothing");
    statement.versions = {"curl-8_5_0", "v8.4.0"};
    const auto data = osv("OSV-1", {statement});
    CHECK(said(data, curl("8.5.0"), "OSV-1") == listed);
    CHECK(said(data, curl("8.4.0"), "OSV-1") == listed);
    CHECK(said(data, curl("8.6.0"), "OSV-1") == outside);
    CHECK(said(data, packaged("curl", "pkg:github/other/curl@8.5.0"), "OSV-1") == "nothing");
    // A version may be a tag too; a commit is none.
    CHECK(said(data, curl("curl-8_5_0"), "OSV-1") == listed);
    CHECK(said(data, curl("curl-8_4_1"), "OSV-1") == outside);
    CHECK(said(data, curl("abcdef9"), "OSV-1") == "unknown: the component's version cannot be ordered");
    // Without a fix, what came after the last one that is listed may have the fault too.
    statement.ranges.front().events.pop_back();
    const auto unfixed = osv("OSV-1", {statement});
    CHECK(said(unfixed, curl("8.5.0"), "OSV-1") == listed);
    CHECK(said(unfixed, curl("8.4.1"), "OSV-1") == outside);
    CHECK(said(unfixed, curl("8.3.0"), "OSV-1") == outside);
    CHECK(said(unfixed, curl("8.6.0"), "OSV-1") == "unknown: the record's versions cannot be ordered");
}

TEST_CASE("Haskell's and R's packages are judged by OSV's names") {
    const auto hackage = osv(
        "HSEC-1", {package("Hackage", "HTTP", {{EventKind::introduced, "0"}, {EventKind::fixed, "4000.4"}})});
    CHECK(said(hackage, packaged("HTTP", "pkg:hackage/HTTP@4000.3.16"), "HSEC-1") == in_range);
    const auto cran = osv(
        "RSEC-1", {package("CRAN", "haven", {{EventKind::introduced, "0"}, {EventKind::fixed, "2.5-1"}})});
    CHECK(said(cran, packaged("haven", "pkg:cran/haven@2.4"), "RSEC-1") == in_range);
}
