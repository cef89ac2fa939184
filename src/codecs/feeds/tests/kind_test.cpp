// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using feeds::detect;
using feeds::FeedKind;

TEST_CASE("each feed is known by its first bytes, whatever its name") {
    for (const auto& [file, kind] : {std::pair{"nvd.jsonl", FeedKind::nvd},
                                     {"cve5.jsonl", FeedKind::cve5},
                                     {"osv.jsonl", FeedKind::osv},
                                     {"kev.json", FeedKind::kev},
                                     {"epss.csv", FeedKind::epss},
                                     {"apple_ios.json", FeedKind::apple},
                                     {"debian.json", FeedKind::debian},
                                     {"alpine_main.json", FeedKind::alpine},
                                     {"csaf.jsonl", FeedKind::csaf},
                                     {"openvex.json", FeedKind::openvex},
                                     {"cyclonedx_vex.json", FeedKind::cyclonedx}}) {
        CAPTURE(file);
        const auto found = detect(fixture::data(file), "download");
        REQUIRE(found.ok());
        CHECK(*found == kind);
    }
    CHECK(detect(R"({"resultsPerPage":1,"vulnerabilities":[{"cve":{"id":"CVE-1"}}]})", "").value() ==
          FeedKind::nvd);
    CHECK(detect(R"({"vulnerabilities":[{"cveID":"CVE-1"}]})", "").value() == FeedKind::kev);
    CHECK(detect(R"([{"id":"GHSA-1","modified":"2024-01-01"}])", "").value() == FeedKind::osv);
    CHECK(detect("\xEF\xBB\xBF\n {\"cveMetadata\": {", "").value() == FeedKind::cve5);
}

TEST_CASE("the name decides only when the bytes do not") {
    CHECK(detect(R"({"id":"x"})", "/tmp/osv-android.jsonl").value() == FeedKind::osv);
    CHECK(detect(R"({"cveMetadata":{}})", "osv.json").value() == FeedKind::cve5);
    CHECK(detect(R"({"id":"x"})", "some.json").error().where == "some.json");
    CHECK_FALSE(detect("\x7F"
                       "ELF",
                       "osv.json")
                    .ok());
    CHECK_FALSE(detect("", "epss.csv").ok());
    CHECK_FALSE(detect("{\"", "x").ok());
}
