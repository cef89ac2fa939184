// SPDX-License-Identifier: Apache-2.0
#include <source_pages/cve_releases.hpp>
#include <source_pages/nvd_page.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::source_pages;

TEST_CASE("a page of NVD says how much there is and where it begins") {
    CHECK(read_nvd_page(
              R"({"resultsPerPage":2000,"startIndex":4000,"totalResults":361800,"format":"NVD_CVE",)"
              R"("version":"2.0","timestamp":"2026-08-21T10:00:00.000","vulnerabilities":[{"cve":{}}]})")
              .value() == NvdPage{4000, 2000, 361800});
    CHECK(read_nvd_page(
              " {\n \"totalResults\" : 0, \"resultsPerPage\":0,\"startIndex\":0,\"vulnerabilities\":[]}\n")
              .value() == NvdPage{0, 0, 0});
}

TEST_CASE("what is no page of NVD, or not a whole one, is never an empty page") {
    for (const char* text :
         {"", "<html>busy</html>", "[]", "{}",
          R"({"resultsPerPage":1,"startIndex":0,"totalResults":1,"vulnerabilities":[)",
          R"({"resultsPerPage":"1","startIndex":0,"totalResults":1})", R"({"startIndex":0,"totalResults":1})",
          R"({"vulnerabilities":[{"resultsPerPage":1,"startIndex":0,"totalResults":1}]})"}) {
        CAPTURE(text);
        CHECK(read_nvd_page(text).error().kind == base::ErrorKind::invalid);
    }
}

TEST_CASE("of the CVE list's releases the files are taken that are known by their names") {
    const auto assets = read_cve_releases(R"([
        {"tag_name":"cve_2026-08-21_1500Z","assets":[
          {"name":"2026-08-21_all_CVEs_at_midnight.zip.zip","browser_download_url":"https://h/all"},
          {"name":"2026-08-21_delta_CVEs_at_1500Z.zip","browser_download_url":"https://h/delta","size":12.5},
          {"name":"notes.txt","browser_download_url":"https://h/notes"},
          {"name":"2026-08-21_delta_CVEs_at_1600Z.zip","browser_download_url":"file:///etc/passwd"}]},
        {"tag_name":"cve_2026-08-20_at_end_of_day","assets":[
          {"name":"2026-08-20_delta_CVEs_at_end_of_day.zip","browser_download_url":"https://h/day"},
          {"name":"2026/08/20_delta_CVEs_at_end_of_day.zip","browser_download_url":"https://h/x"}]},
        {"assets":[]}])")
                            .value();
    REQUIRE(assets.size() == 3);
    using Kind = CveAsset::Kind;
    CHECK(assets[0] ==
          CveAsset{Kind::all, "2026-08-21", "2026-08-21_all_CVEs_at_midnight.zip.zip", "https://h/all"});
    CHECK(assets[1].kind == Kind::changes);
    CHECK(assets[2] == CveAsset{Kind::changes_of_day, "2026-08-20", "2026-08-20_delta_CVEs_at_end_of_day.zip",
                                "https://h/day"});
    for (const char* text :
         {"", "{}", R"({"message":"rate limit"})", R"([{"tag":1}])", R"([{"assets":[{"name":1}]}])"})
        CHECK_FALSE(read_cve_releases(text).ok());
}
