// SPDX-License-Identifier: Apache-2.0
#include <source_pages/csaf_provider.hpp>
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

TEST_CASE("a provider of CSAF documents names feeds and folders, each once") {
    const auto listings = read_csaf_provider(R"({"canonical_url":"https://m/p.json","distributions":[
        {"directory_url":"https://m/csaf/white/"},{"directory_url":"https://m/csaf/white"},
        {"rolie":{"feeds":[{"url":"https://m/white.json","tlp_label":"WHITE"},{"url":"https://m/clear.json"},
                           {"url":"https://m/amber.json","tlp_label":"AMBER"},{"url":"ftp://m/x.json"}]}}]})");
    REQUIRE(listings.ok());
    CHECK(*listings == std::vector<CsafListing>{{CsafListing::Kind::directory, "https://m/csaf/white", false},
                                                {CsafListing::Kind::rolie, "https://m/white.json", false},
                                                {CsafListing::Kind::rolie, "https://m/clear.json", false},
                                                {CsafListing::Kind::rolie, "https://m/amber.json", true}});
    for (const char* text :
         {"", "<html>", "[]", "{}", R"({"distributions":[]})", R"({"distributions":[{}]})",
          R"({"distributions":[{"directory_url":"file:///etc"}]})", R"({"distributions":{}})"}) {
        CAPTURE(text);
        CHECK_FALSE(read_csaf_provider(text).ok());
    }
}

TEST_CASE("a ROLIE feed tells each document's address and when it changed") {
    const auto feed = read_rolie(R"({"feed":{"entry":[
        {"id":"a","updated":"2026-01-02T03:04:05.678Z","link":[{"rel":"hash","href":"https://m/a.sha256"},
                                                            {"rel":"self","href":"https://m/a.json"}]},
        {"id":"b","updated":"2026-01-01T00:00:00Z","content":{"src":"https://m/b.json"}},
        {"id":"c","updated":"yesterday","content":{"src":"https://m/c.json"}},
        {"id":"d","updated":"2026-01-01T00:00:00Z","content":{"src":"javascript:x"}}]}})");
    REQUIRE(feed.ok());
    REQUIRE(feed->entries.size() == 2);
    CHECK(feed->entries[0].url == "https://m/a.json");
    CHECK(base::to_iso8601(feed->entries[0].updated).starts_with("2026-01-02T03:04:05"));
    CHECK(feed->entries[1].url == "https://m/b.json");
    REQUIRE(feed->left_out.size() == 2);
    CHECK(feed->left_out[0].starts_with("entry 3: "));
    CHECK(read_rolie(R"({"feed":{}})").value().entries.empty());
    CHECK_FALSE(read_rolie("{}").ok());
    CHECK_FALSE(read_rolie(R"({"feed":{"entry":{}}})").ok());
}

TEST_CASE("a changes.csv tells paths below its folder, and none that leads out of it") {
    const auto changes = read_csaf_changes("\"2026/a-1.json\",\"2026-01-02T00:00:00Z\"\r\n"
                                           "2025/b.json,2025-01-02T00:00:00+01:00\n"
                                           "../../etc/passwd.json,2025-01-02T00:00:00Z\n"
                                           "/abs.json,2025-01-02T00:00:00Z\n"
                                           "https://elsewhere/x.json,2025-01-02T00:00:00Z\n"
                                           "2025/c.json\n",
                                           "https://m/white");
    REQUIRE(changes.ok());
    REQUIRE(changes->entries.size() == 2);
    CHECK(changes->entries[0].url == "https://m/white/2026/a-1.json");
    CHECK(base::to_iso8601(changes->entries[1].updated).starts_with("2025-01-01T23:00:00"));
    CHECK(changes->left_out.size() == 4);
    CHECK(read_csaf_changes("", "https://m").value().entries.empty());
    CHECK_FALSE(read_csaf_changes("<html>busy</html>", "https://m").ok());
}

TEST_CASE("what is no whole CSAF document is told from one") {
    CHECK(check_csaf_document(R"({"document":{"tracking":{"id":"X-1"}},"vulnerabilities":[]})").ok());
    for (const char* text : {"", "{}", "<html>", R"({"document":{"tracking":{"id":"X-1"}},"vulner)",
                             R"({"document":{"tracking":{}}})", R"([{"document":1}])"})
        CHECK_FALSE(check_csaf_document(text).ok());
}
