// SPDX-License-Identifier: Apache-2.0
#include <patch_lists/read.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace oakum;
using component::StatementStatus;

namespace {

std::string said(std::string_view text) {
    const auto read = patch_lists::read(text);
    if (!read.ok()) return "refused: " + read.error().text();
    std::string out;
    for (const auto& statement : *read) {
        REQUIRE_FALSE(statement.purl);
        out += statement.component_name + " " + statement.version.value_or("(any)") + " " +
               statement.advisory +
               (statement.status == StatementStatus::fixed ? " fixed" : " not affected") + " [" +
               statement.justification + "]\n";
    }
    return out;
}

} // namespace

TEST_CASE("Yocto's cve-check: what is patched or ignored, with its detail") {
    const std::string_view list = R"({"version":"1","package":[
        {"name":"busybox","layer":"meta","version":"1.36.1","products":[{"product":"busybox","cvesInRecord":"Yes"}],"issue":[
          {"id":"CVE-2022-28391","summary":"s","scorev2":"0.0","scorev3":"8.8","vector":"NETWORK","status":"Patched","link":"l","detail":"backported-patch"},
          {"id":"CVE-2021-42380","status":"Unpatched"},
          {"id":"CVE-2023-42363","status":"Ignored","detail":"not-applicable-config","description":"awk is not built"},
          {"id":"CVE-2023-42364","status":"Ignored","detail":"upstream-wontfix"},
          {"id":"CVE-2023-42365","status":"Ignored"}]},
        {"name":"linux-yocto","version":"6.6.58+git0","products":[{"product":"linux_kernel"}],"issue":[{"id":"CVE-2024-1","status":"Patched"}]},
        {"name":"base-files"}]})";
    CHECK(patch_lists::is_patch_list(list));
    CHECK(said(list) ==
          "busybox 1.36.1 CVE-2022-28391 fixed [patched in the build (Yocto): backported-patch]\n"
          "busybox 1.36.1 CVE-2023-42363 not affected [left out by the build (Yocto): not-applicable-config: "
          "awk is not built]\n"
          "busybox 1.36.1 CVE-2023-42365 not affected [left out by the build (Yocto)]\n"
          "linux-yocto 6.6.58+git0 CVE-2024-1 fixed [patched in the build (Yocto)]\n"
          "linux_kernel 6.6.58+git0 CVE-2024-1 fixed [patched in the build (Yocto)]\n");
}

TEST_CASE("Buildroot's pkg-stats: what it leaves out of its list") {
    const std::string_view list = R"({"packages":{
        "busybox":{"name":"busybox","current_version":"1.37.0","cpeid":"cpe:2.3:a:busybox:busybox:1.37.0:*:*:*:*:*:*:*","cves":["CVE-2024-9"],"ignored_cves":["CVE-2022-28391"],"unsure_cves":[]},
        "libopenssl":{"current_version":null,"cpeid":"cpe:2.3:a:openssl:openssl:3.5.0:*:*:*:*:*:*:*","ignored_cves":["CVE-2023-1"]},
        "zlib":{"current_version":"1.3"}},
        "date":"2026-08-01","commit":"x","stats":{"patches":1.5}})";
    CHECK(patch_lists::is_patch_list(list));
    CHECK(said(list) ==
          "busybox 1.37.0 CVE-2022-28391 not affected [patched or left out by the build (Buildroot)]\n"
          "libopenssl (any) CVE-2023-1 not affected [patched or left out by the build (Buildroot)]\n"
          "openssl (any) CVE-2023-1 not affected [patched or left out by the build (Buildroot)]\n");
}

TEST_CASE("what is no such list, or wrong in one place, is refused with the place") {
    CHECK_FALSE(patch_lists::is_patch_list(R"({"bomFormat":"CycloneDX"})"));
    CHECK(said("[]").starts_with("refused: "));
    CHECK(said("{}").starts_with("refused: "));
    CHECK(said(R"({"package":[{"name":"x","issue":[{"id":"CVE-1","status":"Maybe"}]}]})").find("status") !=
          std::string::npos);
    CHECK(said(R"({"package":[{"issue":[]}]})").starts_with("refused: "));
    CHECK(said(R"({"packages":{"x":{"ignored_cves":[7]}}})").starts_with("refused: "));
    CHECK(said(R"({"packages":{"x":{"ignored_cves")").starts_with("refused: "));
}
