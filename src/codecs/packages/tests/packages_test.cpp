// SPDX-License-Identifier: Apache-2.0
#include <component/purl.hpp>
#include <doctest/doctest.h>
#include <packages/installed.hpp>
#include <string>

using namespace oakum;
using namespace oakum::packages;

namespace {
const OsRelease kBookworm{"debian", "12", "Debian GNU/Linux 12 (bookworm)"};
}

TEST_CASE("values of os-release are read with and without quotes") {
    const OsRelease read =
        read_os_release("NAME=x\nVERSION_IDX=9\nVERSION_ID=\"1.5\"\nPRETTY_NAME='A \"B\"'\r\nID=acme\n");
    CHECK(read.id == "acme");
    CHECK(read.version_id == "1.5");
    CHECK(read.pretty_name == "A \"B\"");
    CHECK(read_os_release("PRETTY_NAME=\"a \\\"b\\\" \\$c\"").pretty_name == "a \"b\" $c");
    CHECK(read_os_release("").id.empty());
    CHECK(read_os_release("ID=" + std::string(9999, 'x')).id.size() == 200);
}

TEST_CASE("installed packages of dpkg are read with their source and distribution, others passed over") {
    const auto packages = read_dpkg(
        "Package: libssl3\nStatus: install ok installed\nSource: openssl\nVersion: 3.0.11-1~deb12u2\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
        "Package: noversion\nStatus: install ok installed\n\n"
        "Package: libgcc-s1\nStatus: install ok installed\nSource: gcc-12 (12.2.0-14)\nVersion: 12.2.0-14\n\n"
        "Package: binutils-x\nStatus: install ok installed\nSource: binutils (2.40-2)\nVersion: 2.40-2+b1\n\n"
        "Status: install ok installed\nVersion: 1:2.0\nPackage: g++\nDescription: a\n Version: 9\n",
        kBookworm);
    REQUIRE(packages.size() == 4);
    CHECK(packages[0].name == "libssl3");
    CHECK(packages[0].purl == "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12&upstream=openssl");
    CHECK(packages[1].purl == "pkg:deb/debian/libgcc-s1@12.2.0-14?distro=debian-12&upstream=gcc-12");
    CHECK(component::Purl::parse(packages[2].purl)->qualifier("upstream") == "binutils@2.40-2");
    CHECK(packages[3].version == "1:2.0");
    CHECK(component::Purl::parse(packages[3].purl)->name == "g++");
    CHECK(read_dpkg("", kBookworm).empty());
    CHECK(read_dpkg("Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\nStatus: install ok "
                    "installed\nVersion: 1\n",
                    kBookworm, 1)
              .size() == 1);
}

TEST_CASE("installed packages of Alpine are read with their origin") {
    const auto packages = read_apk("C:Q1abc=\nP:busybox-binsh\nV:1.36.1-r15\nA:x86_64\no:busybox\n\nP:"
                                   "musl\nV:1.2.4_git20230717-r4\no:musl\n",
                                   {"alpine", "3.19.1", ""});
    REQUIRE(packages.size() == 2);
    CHECK(packages[0].purl ==
          "pkg:apk/alpine/busybox-binsh@1.36.1-r15?distro=alpine-3.19.1&upstream=busybox");
    CHECK(packages[1].purl == "pkg:apk/alpine/musl@1.2.4_git20230717-r4?distro=alpine-3.19.1");
}

TEST_CASE("packages of opkg are what their maker says they are") {
    const auto packages = read_opkg("Package: busybox\nVersion: 1.36.1-1\nStatus: install user "
                                    "installed\nCPE-ID: cpe:/a:busybox:busybox\n\n"
                                    "Package: kmod-x\nVersion: 6.1.82-1\nStatus: install ok installed\n\n"
                                    "Package: held\nVersion: 1\nStatus: deinstall hold not-installed\n");
    REQUIRE(packages.size() == 2);
    // Upstream's version, so that a range up to and including 1.36.1 has it.
    CHECK(packages[0].cpe == "cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*");
    CHECK(packages[0].purl == "pkg:opkg/busybox@1.36.1-1");
    CHECK(packages[1].cpe.empty());
    CHECK(packages[1].purl == "pkg:opkg/kmod-x@6.1.82-1");
}

TEST_CASE("what opkg keeps of a package tells its source and its CPE name") {
    const auto packages = read_opkg(
        "Package: libopenssl3\nVersion: 3.0.13-1\nStatus: install user installed\n\n"
        "Package: libcrypto3\nVersion: 3.2.1-r0\nStatus: install ok installed\n\n"
        "Package: libcurl4\nVersion: 8.7.1-r0\nStatus: install ok installed\n\n"
        "Package: zlib\nVersion: 1.3-1\nStatus: install ok installed\n",
        most_packages,
        "Package: libopenssl3\nVersion: 3.0.13-1\nSource: package/libs/openssl\nSourceName: openssl\n"
        "CPE-ID: cpe:/a:openssl:openssl\n\n\n"
        "Package: libcrypto3\nVersion: 3.2.1-r0\nOE: openssl\nSource: https://a.example/o.tar.gz file://x\n\n"
        "Package: libcurl4\nVersion: 8.7.1-r0\nSource: curl_8.7.1.bb\n\n"
        // Of another version: not this one's.
        "Package: zlib\nVersion: 1.2-1\nSourceName: other\nCPE-ID: cpe:/a:x:y\n");
    REQUIRE(packages.size() == 4);
    CHECK(packages[0].purl == "pkg:opkg/libopenssl3@3.0.13-1?upstream=openssl");
    CHECK(packages[0].cpe == "cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*");
    CHECK(packages[1].purl == "pkg:opkg/libcrypto3@3.2.1-r0?upstream=openssl");
    CHECK(packages[2].purl == "pkg:opkg/libcurl4@8.7.1-r0?upstream=curl");
    CHECK(packages[3].purl == "pkg:opkg/zlib@1.3-1");
    CHECK(packages[3].cpe.empty());
}

TEST_CASE("a header of rpm's gives a package with its source, epoch and module") {
    const auto number = [](std::uint32_t value) {
        std::string out;
        for (int shift = 24; shift >= 0; shift -= 8)
            out += static_cast<char>(value >> shift);
        return out;
    };
    struct Entry {
        std::uint32_t tag, type;
        std::string data;
    };
    const auto header = [&](const std::vector<Entry>& list) {
        std::string entries, data;
        for (const Entry& each : list) {
            entries += number(each.tag) + number(each.type) +
                       number(static_cast<std::uint32_t>(data.size())) + number(1);
            data += each.data;
        }
        return number(static_cast<std::uint32_t>(list.size())) +
               number(static_cast<std::uint32_t>(data.size())) + entries + data;
    };
    const auto text = [](std::uint32_t tag, std::string value) {
        value.push_back('\0');
        return Entry{tag, 6, std::move(value)};
    };
    const OsRelease rocky = read_os_release("ID=rocky\nVERSION_ID=8.6\n");
    const std::vector<Entry> nodejs = {text(1000, "npm"),
                                       text(1001, "6.14.4"),
                                       text(1002, "1.module+el8"),
                                       Entry{1003, 4, number(1)},
                                       text(1022, "x86_64"),
                                       text(1044, "nodejs-14.5.0-1.src.rpm"),
                                       text(5096, "nodejs:14:8060:ad00")};
    const std::string whole = header(nodejs);
    const auto read = read_rpm(base::as_bytes(whole), rocky);
    REQUIRE(read.ok());
    REQUIRE(*read);
    CHECK((*read)->version == "6.14.4-1.module+el8");
    const auto purl = component::Purl::parse((*read)->purl);
    REQUIRE(purl.ok());
    CHECK(purl->name_space == "rocky");
    for (const auto& [key, value] : {std::pair("epoch", "1"),
                                     {"distro", "rocky-8.6"},
                                     {"arch", "x86_64"},
                                     {"upstream", "nodejs-14.5.0-1.src.rpm"},
                                     {"rpmmod", "nodejs:14:8060:ad00"}})
        CHECK(purl->qualifier(key) == value);
    const std::string key = header({text(1000, "gpg-pubkey"), text(1001, "1"), text(1002, "1")});
    CHECK_FALSE(read_rpm(base::as_bytes(key), rocky).value().has_value());
    // Cut off anywhere, or with entries that lead out of it, it is no package.
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read_rpm(base::as_bytes(whole).first(size), rocky).ok());
    for (const auto& list : {std::vector<Entry>{text(1000, "a"), text(1001, "1")},
                             {text(1000, "a"), text(1001, "1"), text(1002, "1"), Entry{1003, 4, "12"}},
                             {text(1000, "a"), text(1001, "1"), Entry{1002, 6, "1"}},
                             {text(1000, "a\x01"), text(1001, "1"), text(1002, "1")},
                             {Entry{1000, 4, number(1)}, text(1001, "1"), text(1002, "1")}})
        CHECK_FALSE(read_rpm(base::as_bytes(header(list)), rocky).ok());
}

TEST_CASE("damaged files give what can be read, without control characters") {
    for (const std::string& text :
         {std::string("Package: a\x01\nVersion: 1\nStatus: install ok installed\n"),
          std::string("Package\nVersion\n\n\n\n"), std::string("Package: \nVersion: \nStatus:  installed\n"),
          std::string(5000, '\n'),
          "Package: " + std::string(5000, 'a') + "\nVersion: 1\nStatus: x installed\n"}) {
        CHECK(read_dpkg(text, kBookworm).empty());
        CHECK(read_opkg(text).empty());
    }
    // A system that names nothing gives packages that claim no distribution.
    CHECK(read_dpkg("Package: a\nVersion: 1\nStatus: install ok installed\n", {}).at(0).purl ==
          "pkg:deb/a@1");
}
