// SPDX-License-Identifier: Apache-2.0
#include <component/package_names.hpp>
#include <doctest/doctest.h>

using namespace oakum::component;

namespace {

std::string keys(std::string_view name) {
    std::string out;
    for (const auto& key : keys_of(Cpe::parse(name).value()))
        out += (out.empty() ? "" : " ") + key;
    return out;
}

} // namespace

TEST_CASE("a package of an embedded Linux is known by its recipe's CPE name") {
    REQUIRE_FALSE(keys_of_package("busybox").empty());
    CHECK(keys_of_package("busybox").front() == "a:busybox:busybox");
    CHECK(keys_of_package("LVM2").front() == "a:redhat:lvm2");
    CHECK(keys_of_package("acl").front() == "a:xfs:acl");
    CHECK(keys_of_package("ncurses") == std::vector<std::string_view>{"a:invisible-island:ncurses",
                                                                      "a:ncurses_project:ncurses",
                                                                      "a:gnu:ncurses"});
    // What NVD's dictionary does not have would find nothing; what means several things is nobody's.
    CHECK(keys_of_package("smartmontools").empty());
    CHECK(keys_of_package("ssdp-responder").empty());
    CHECK(keys_of_package("common").empty());
    CHECK(keys_of_package("yaml").empty());
    CHECK(keys_of_package("linux").empty() == keys_of_package("Linux").empty());
    CHECK(keys_of_package("core").empty());
    CHECK(keys_of_package("").empty());
    CHECK(keys_of_package("zzz").empty());
}

TEST_CASE("a name without a vendor is completed where recipes know its product, and is else nobody's") {
    CHECK(keys("cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*") == "a:busybox:busybox");
    CHECK(keys("cpe:2.3:a:*:cairo:1.16.0:*:*:*:*:*:*:*") == "a:cairographics:cairo");
    CHECK(keys("cpe:2.3:*:*:linux_kernel:6.12.38:*:*:*:*:*:*:*") == "o:linux:linux_kernel");
    CHECK(keys("cpe:2.3:*:openssl:openssl:3.4.2:*:*:*:*:*:*:*") == "a:openssl:openssl");
    CHECK(keys("cpe:2.3:*:somebody:thing:1:*:*:*:*:*:*:*") == "a:somebody:thing");
    CHECK(keys("cpe:2.3:a:*:tools:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:*:*:core:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:h:*:busybox:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:a:*:*:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:a:*:busy*:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:a:-:busybox:1.0:*:*:*:*:*:*:*").empty());
    CHECK(keys("cpe:2.3:a:haxx:curl:8.5.0:*:*:*:*:*:*:*") == "a:haxx:curl");
    const auto named =
        with_key(Cpe::parse("cpe:2.3:*:*:busybox:1.37.0:*:*:*:*:*:*:*").value(), "a:busybox:busybox");
    CHECK(named.text() == "cpe:2.3:a:busybox:busybox:1.37.0:*:*:*:*:*:*:*");
}

TEST_CASE("a package's own count is no part of upstream's version") {
    CHECK(without_package_revision("3.0.13-1") == "3.0.13");
    CHECK(without_package_revision("1.37.0-r2") == "1.37.0");
    CHECK(without_package_revision("2022-12-01-1") == "2022-12-01");
    CHECK(without_package_revision("2021.04-rc3") == "2021.04-rc3");
    CHECK(without_package_revision("1.36.1") == "1.36.1");
    CHECK(without_package_revision("-1") == "-1");
    CHECK(without_package_revision("").empty());
}
