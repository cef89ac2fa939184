// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using feeds::FeedKind;
using fixture::data;
using fixture::read;

namespace {

std::vector<std::string> ids(const std::vector<advisory::Record>& records) {
    std::vector<std::string> out;
    for (const auto& record : records)
        out.push_back(record.id);
    return out;
}

std::string lines_as_page(const std::string& lines) {
    std::string page = R"({"resultsPerPage":3,"format":"NVD_CVE","vulnerabilities":[)";
    std::size_t begin = 0;
    for (std::size_t end = lines.find('\n'); end != std::string::npos; end = lines.find('\n', begin)) {
        page += (begin > 0 ? ",{\"cve\":" : "{\"cve\":") + lines.substr(begin, end - begin) + "}";
        begin = end + 1;
    }
    return page + R"(],"timestamp":"2026-08-22"})";
}

} // namespace

TEST_CASE("NVD records are read from lines and from pages alike") {
    const std::string lines = data("nvd.jsonl");
    for (const std::string& text :
         {lines, lines_as_page(lines), lines_as_page(lines) + "\n" + lines_as_page("")}) {
        for (const std::size_t step : {1UL, 13UL, 100'000UL}) {
            const auto out = read(FeedKind::nvd, text, step);
            CHECK(out.tally.rejected == 0);
            CHECK(ids(out.records) ==
                  std::vector<std::string>{"CVE-2021-42377", "CVE-2016-10228", "CVE-1999-0037"});
        }
    }
}

TEST_CASE("an NVD record keeps configurations, scores and dates") {
    const auto out = read(FeedKind::nvd, data("nvd.jsonl"));
    const advisory::Record& busybox = out.records.at(0);
    CHECK(busybox.source == advisory::Source::nvd);
    CHECK(base::to_iso8601(busybox.published) == "2021-11-15T21:15:07Z");
    CHECK(base::to_iso8601(busybox.modified) == "2024-11-21T06:27:41Z");
    CHECK_FALSE(busybox.withdrawn);
    CHECK(busybox.weaknesses == std::vector<std::string>{"CWE-590", "CWE-763"});
    REQUIRE(busybox.cvss.size() == 2);
    CHECK(busybox.cvss[0].vector == "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    CHECK(busybox.cvss[0].base_score == 9.8);
    CHECK(busybox.cvss[1].vector == "AV:N/AC:M/Au:N/C:P/I:P/A:P");
    REQUIRE(busybox.applicability.size() == 3);
    const auto& first = std::get<advisory::CpeConfiguration>(busybox.applicability[0]);
    CHECK_FALSE(first.all);
    CHECK(first.nodes.at(0).matches.at(1).criteria == "cpe:2.3:a:busybox:busybox:1.33.1:*:*:*:*:*:*:*");
    const auto& pair = std::get<advisory::CpeConfiguration>(busybox.applicability[2]);
    CHECK(pair.all);
    REQUIRE(pair.nodes.size() == 2);
    CHECK(pair.nodes[0].matches.at(0).vulnerable);
    CHECK_FALSE(pair.nodes[1].matches.at(0).vulnerable);

    const auto& glibc = std::get<advisory::CpeConfiguration>(out.records.at(1).applicability.at(0));
    CHECK(glibc.nodes.at(0).matches.at(0).end_including == "2.25");
    CHECK_FALSE(glibc.nodes.at(0).matches.at(0).start_including.has_value());
}

TEST_CASE("a CVE record keeps the words of all its containers") {
    const auto out = read(FeedKind::cve5, data("cve5.jsonl"));
    CHECK(out.tally.rejected == 0);
    REQUIRE(ids(out.records) == std::vector<std::string>{"CVE-2024-6387", "CVE-2023-6897", "CVE-2019-25160"});

    const advisory::Record& openssh = out.records[0];
    const auto& upstream = std::get<advisory::ProductStatement>(openssh.applicability.at(0));
    CHECK(upstream.package_name == "OpenSSH");
    CHECK(upstream.default_status == advisory::Status::unaffected);
    REQUIRE(upstream.versions.size() == 1);
    CHECK(upstream.versions[0].version == "8.5p1");
    CHECK(upstream.versions[0].less_than_or_equal == "9.7p1");
    CHECK_FALSE(upstream.versions[0].less_than.has_value());
    CHECK(openssh.cvss.at(0).source == "cna");
    CHECK(openssh.cvss.at(0).base_score == 8.1);
    CHECK(openssh.weaknesses == std::vector<std::string>{"CWE-364"});

    const advisory::Record& plugin = out.records[1];
    REQUIRE(plugin.ssvc.has_value());
    CHECK(plugin.ssvc->exploitation == "none");
    CHECK(plugin.ssvc->automatable == "no");
    CHECK(plugin.ssvc->technical_impact == "partial");
    CHECK(plugin.weaknesses == std::vector<std::string>{"CWE-639"});
    REQUIRE(plugin.applicability.size() == 2);
    CHECK(std::get<advisory::ProductStatement>(plugin.applicability[1]).cpes.size() == 1);

    const auto& kernel = std::get<advisory::ProductStatement>(out.records[2].applicability.at(1));
    CHECK(kernel.default_status == advisory::Status::affected);
    CHECK(kernel.program_files.at(0) == "net/ipv4/cipso_ipv4.c");
    CHECK(kernel.versions.at(2).version == "3.16.66");
    CHECK(kernel.versions.at(2).less_than_or_equal == "3.16.*");
    CHECK(kernel.versions.back().version_type == "original_commit_for_fix");
    CHECK(out.records[2].title == "netlabel: fix out-of-bounds memory accesses");
}

TEST_CASE("OSV records of each ecosystem keep their ranges") {
    const auto out = read(FeedKind::osv, data("osv.jsonl"));
    CHECK(out.tally.rejected == 0);
    REQUIRE(out.records.size() == 4);
    const advisory::Record& android = out.records[0];
    CHECK(android.aliases == std::vector<std::string>{"A-111893654", "CVE-2020-0404"});
    const auto& patch = std::get<advisory::PackageStatement>(android.applicability.at(0));
    CHECK(patch.ecosystem == "Android");
    CHECK(patch.patch_level == "2020-09-05");
    CHECK(patch.versions == std::vector<std::string>{"Kernel"});
    REQUIRE(patch.ranges.at(0).events.size() == 2);
    CHECK(patch.ranges[0].events[0].kind == advisory::RangeEvent::Kind::introduced);
    CHECK(patch.ranges[0].events[1].version == ":2020-09-05");
    // "related" is no alias, but an erratum covers it.
    CHECK(out.records[1].aliases.empty());
    CHECK(out.records[1].covers == std::vector<std::string>{"CVE-2025-4674"});
    CHECK(android.covers.empty());
    CHECK(std::get<advisory::PackageStatement>(out.records[1].applicability.at(0)).ecosystem ==
          "AlmaLinux:10");
    const auto& git = std::get<advisory::PackageStatement>(out.records[2].applicability.at(0));
    CHECK(git.ranges.at(0).type == advisory::RangeType::git);
    CHECK(git.purl == "pkg:generic/apache-poi");
    CHECK(out.records[3].description.starts_with("runner/connection_plugins"));
}

TEST_CASE("what an OSV record covers is what it says of its upstream, and of its erratum") {
    const auto out = read(FeedKind::osv, R"({"id":"DEBIAN-CVE-2024-1","upstream":["CVE-2024-1","GHSA-x"]}
{"id":"DSA-1","related":["CVE-2024-2","CVE-2024-2","CVE-2024-3"],"aliases":["CVE-2024-3"],"affected":[{"package":{"ecosystem":"Debian:12","name":"a"}}]}
{"id":"GHSA-1","related":["CVE-2024-4"],"affected":[{"package":{"ecosystem":"npm","name":"a"}}]})");
    REQUIRE(out.records.size() == 3);
    CHECK(out.records[0].covers == std::vector<std::string>{"CVE-2024-1"});
    CHECK(out.records[1].covers == std::vector<std::string>{"CVE-2024-2"});
    CHECK(out.records[2].covers.empty());
}

TEST_CASE("KEV entries carry dates and the use by ransomware") {
    const auto out = read(FeedKind::kev, data("kev.json"), 7);
    CHECK(out.tally.accepted == 3);
    CHECK(out.tally.rejected == 0);
    CHECK(out.tally.edition == "2026.08.21");
    REQUIRE(out.kev.size() == 3);
    CHECK(out.kev[0].id == "CVE-2026-73570");
    CHECK(base::to_date(out.kev[0].added) == "2026-08-21");
    CHECK(base::to_date(out.kev[0].due) == "2026-08-24");
    CHECK_FALSE(out.kev[0].ransomware);
    CHECK(out.kev[1].ransomware);
    CHECK(out.kev[0].required_action.starts_with("Apply mitigations"));
}

TEST_CASE("EPSS scores are read with their edition, and a bad line is named") {
    auto out = read(FeedKind::epss, data("epss.csv"), 5);
    CHECK(out.tally.rejected == 0);
    CHECK(out.tally.edition == "unknown, 2026-08-16");
    REQUIRE(out.epss.size() == 4);
    CHECK(out.epss[3].id == "CVE-2024-6387");
    CHECK(out.epss[3].probability == doctest::Approx(0.99506));
    CHECK(out.epss[3].percentile == doctest::Approx(0.99942));

    out = read(FeedKind::epss,
               "cve,epss,percentile\r\nCVE-2024-1111,0.5,0.6\r\nCVE-2024-1112,1.5,0.6\nnope,1,1\n"
               "CVE-2024-1113,0.1\nCVE-2024-1114,0.1,0.2,0.3\nCVE-2024-1115,,1\n" +
                   std::string(5000, 'x') + "\nCVE-2024-1116,0,1");
    CHECK(out.tally.accepted == 2);
    CHECK(out.tally.rejected == 6);
    CHECK(out.tally.reasons.at(0).where == "line 3");
    CHECK(out.tally.reasons.at(5).where == "line 8");
    CHECK(out.epss.back().id == "CVE-2024-1116");
}

TEST_CASE("Apple's feed gives one record a CVE with every release that fixes it") {
    const auto out = read(FeedKind::apple, data("apple_ios.json"), 64);
    CHECK(out.tally.rejected == 0);
    const auto found = std::find_if(out.records.begin(), out.records.end(),
                                    [](const auto& record) { return record.id == "CVE-2025-43529"; });
    REQUIRE(found != out.records.end());
    CHECK(found->exploited);
    CHECK(found->source == advisory::Source::apple);
    CHECK(base::to_date(found->published) == "2025-12-12");
    std::string releases;
    for (const auto& statement : found->applicability) {
        const auto& release = std::get<advisory::AppleRelease>(statement);
        releases += release.product + " " + release.version + ", ";
    }
    CHECK(releases == "ios 26.2, ipados 26.2, ios 18.7.3, ipados 18.7.3, ");

    // Fixed in iOS and iPadOS 18.6.2, but in branch 17 for iPads only.
    const auto pads = std::find_if(out.records.begin(), out.records.end(),
                                   [](const auto& record) { return record.id == "CVE-2025-43300"; });
    REQUIRE(pads != out.records.end());
    CHECK(pads->applicability.size() == 3);
    CHECK(std::get<advisory::AppleRelease>(pads->applicability.back()).product == "ipados");
    CHECK(std::get<advisory::AppleRelease>(pads->applicability.back()).version == "17.7.10");
}

TEST_CASE("a bad record is counted and named, and the next one is read") {
    struct Row {
        FeedKind kind;
        std::string text, where, reason;
    };
    const std::string good = R"({"id":"CVE-2024-0002"})";
    const Row rows[] = {
        {FeedKind::nvd, R"({"id":"CVE-2024-0001","configurations":{}})", "CVE-2024-0001",
         "an array is wanted"},
        {FeedKind::nvd,
         R"({"id":"CVE-2024-0001","configurations":[{"nodes":[{"cpeMatch":[{"criteria":"x"}]}]}]})",
         "CVE-2024-0001", "a CPE 2.3 name is wanted"},
        {FeedKind::nvd, R"({"id":"CVE-2024-0001","configurations":[{"operator":"XOR","nodes":[]}]})",
         "CVE-2024-0001", "neither AND nor OR"},
        {FeedKind::nvd,
         R"({"id":"CVE-2024-0001","configurations":[{"nodes":[{"children":[],"cpeMatch":[]}]}]})",
         "CVE-2024-0001", "nested nodes"},
        {FeedKind::nvd, R"({"cve":{"id":"CVE-2024-0001","published":"yesterday"}})", "CVE-2024-0001",
         "not a time"},
        {FeedKind::nvd, R"({"id":"CVE 2024"})", "line 1", "no id has"},
        {FeedKind::nvd, R"({"name":1})", "line 1", "the id is missing"},
        {FeedKind::nvd, R"({"id":"CVE-2024-0001",})", "line 1", "not JSON"},
        {FeedKind::nvd, "{\"id\":\"CVE-2024-0001\xFF\"}", "line 1", "not JSON"},
        {FeedKind::cve5, R"({"cveMetadata":{"cveId":"CVE-2024-0001"}})", "CVE-2024-0001", "\"containers\""},
        {FeedKind::cve5,
         R"({"cveMetadata":{"cveId":"CVE-2024-0001"},"containers":{"cna":{"affected":[{"versions":[{"status":"maybe"}]}]}}})",
         "CVE-2024-0001", "\"maybe\" is no status"},
        {FeedKind::osv,
         R"({"id":"X-1","affected":[{"package":{"name":"a","ecosystem":"b"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0","fixed":"1"}]}]}]})",
         "X-1", "exactly one of"},
        {FeedKind::osv,
         R"({"id":"X-1","affected":[{"package":{"name":"a","ecosystem":"b"},"ranges":[{"type":"DATE","events":[]}]}]})",
         "X-1", "range type"},
        {FeedKind::osv, R"({"id":"X-1","affected":[{"versions":["1"]}]})", "X-1", "neither a package"},
        {FeedKind::kev, R"({"cveID":"CVE-2024-0001","dateAdded":"soon"})", "CVE-2024-0001", "not a time"},
        {FeedKind::kev, R"({"cveID":"CVE-2024-0001"})", "CVE-2024-0001", "date is missing"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        std::string second = good;
        if (row.kind == FeedKind::cve5)
            second = R"({"cveMetadata":{"cveId":"CVE-2024-0002"},"containers":{"cna":{}}})";
        else if (row.kind == FeedKind::kev)
            second = R"({"cveID":"CVE-2024-0002","dateAdded":"2024-01-01"})";
        const auto out = read(row.kind, row.text + "\n" + second + "\n");
        CHECK(out.tally.accepted == 1);
        REQUIRE(out.tally.rejected == 1);
        CHECK(out.tally.reasons[0].where == row.where);
        CHECK(out.tally.reasons[0].reason.find(row.reason) != std::string::npos);
    }
}

TEST_CASE("a release of Apple's that cannot be read costs only itself") {
    const auto out = read(FeedKind::apple, R"({"OSVersions":[{"SecurityReleases":[
        {"ProductVersion":"9.9","UpdateName":"fridgeOS 9.9","CVEs":{"CVE-2024-0001":{}}},
        {"ProductVersion":"9.8","UpdateName":"iOS 9.8","CVEs":{"nonsense":{}}},
        {"ProductVersion":"9.7","UpdateName":"iOS 9.7","CVEs":{"CVE-2024-0002":{}}}]}]})");
    CHECK(ids(out.records) == std::vector<std::string>{"CVE-2024-0002"});
    CHECK(out.tally.rejected == 2);
    CHECK(out.tally.reasons.at(0).where == "release 9.9");
}

TEST_CASE("the list of all of Apple's releases is read by the names of the releases") {
    const std::string list = R"({"releases":[
        {"name":"iOS 16.1 and iPadOS 16","os_type":"ios","version":"16.1","release_date":"2022-10-24",
         "cves":["CVE-2022-0001","CVE-2022-0002"],"cve_context":{"CVE-2022-0002":{"exploited":true},"CVE-2022-0001":{"exploited":false}}},
        {"name":"iOS 15 and iPadOS 15","os_type":"ios","version":null,"release_date":"2023-11-03","cves":["CVE-2022-0002"]},
        {"name":"Background Security Improvements for iOS, iPadOS, and macOS","os_type":"ios","version":null,"release_date":"2026-03-17","cves":["CVE-2022-0003"]},
        {"name":"Rapid Security Response","os_type":"other","version":null,"release_date":"2023-07-10","cves":["CVE-2022-0007"]},
        {"name":"iOS 26.4 and iPadOS 26.4","os_type":"ios","version":"26.4","release_date":"2026-03-16","cves":[]},
        {"name":"Safari 16.1","os_type":"safari","version":"16.1","release_date":"2022-10-24","cves":["CVE-2022-0004"]},
        {"name":"tvOS 13.4.5","os_type":"tvos","version":"13.4.5","release_date":"2020-05-20","cves":["CVE-2022-0005"]},
        {"name":"watchOS 9","os_type":"watchos","release_date":"2022-09-12","cves":["nonsense"]},
        {"name":"watchOS 9.1","os_type":"watchos","release_date":"2022-10-24","cves":"CVE-2022-0006"}],"metadata":{}})";
    CHECK(feeds::detect(list, "").value() == FeedKind::apple);
    const auto out = read(FeedKind::apple, list, 64);
    CHECK(ids(out.records) ==
          std::vector<std::string>{"CVE-2022-0001", "CVE-2022-0002", "CVE-2022-0003", "CVE-2022-0005"});
    CHECK(out.tally.rejected == 3);
    CHECK(out.tally.reasons.at(0).where == "release Rapid Security Response");
    CHECK(out.tally.reasons.at(1).where == "release watchOS 9");
    // A supplement stands on what was the newest release on its day.
    std::string supplements;
    for (const auto& statement : out.records.at(2).applicability) {
        const auto& release = std::get<advisory::AppleRelease>(statement);
        supplements += release.product + " " + release.version + (release.uncertain ? "?" : "") + ", ";
    }
    CHECK(supplements == "ios 26.4 (a), ipados 26.4 (a), ");
    std::string releases;
    for (const auto& statement : out.records.at(1).applicability) {
        const auto& release = std::get<advisory::AppleRelease>(statement);
        releases += release.product + " " + release.version + ", ";
        CHECK(release.supported_devices.empty());
    }
    CHECK(releases == "ios 16.1, ipados 16, ios 15, ipados 15, ");
    CHECK(out.records.at(1).exploited);
    CHECK_FALSE(out.records.at(0).exploited);
    CHECK(read(FeedKind::apple, R"({"releases":{}})", 64).tally.rejected == 1);
}

TEST_CASE(
    "which release a supplement of Apple's is for is uncertain where pages changed later or another is for "
    "the same one") {
    const auto supplements = [](const std::string& more) {
        const std::string list =
            R"({"releases":[{"name":"iOS 26.3","release_date":"2026-02-11","cves":[]},)"
            R"({"name":"tvOS 26.3","release_date":"2026-02-11","cves":[]},)"
            R"({"name":"Background Security Improvements for iOS","release_date":"2026-03-17","cves":["CVE-2026-0001"]})" +
            more + "]}";
        std::string out;
        for (const auto& record : read(FeedKind::apple, list, 64).records)
            for (const auto& statement : record.applicability) {
                const auto& release = std::get<advisory::AppleRelease>(statement);
                out += release.version + (release.uncertain ? "?" : "") + " ";
            }
        return out;
    };
    CHECK(supplements("") == "26.3 (a) ");
    CHECK(supplements(R"(,{"name":"iOS 26.3.1","release_date":"2026-03-20","cves":[]})") == "26.3 (a)? ");
    CHECK(supplements(R"(,{"name":"iOS 18.7","release_date":"2026-03-20","cves":[]})") == "26.3 (a) ");
    CHECK(supplements(R"(,{"name":"tvOS 26.4","release_date":"2026-03-20","cves":[]})") == "26.3 (a) ");
    CHECK(
        supplements(
            R"(,{"name":"Background Security Improvements for iOS","release_date":"2026-03-19","cves":["CVE-2026-0002"]})") ==
        "26.3 (a)? 26.3 (a)? ");
}

TEST_CASE("a product's feed of Apple's tells which background improvements there are, and fixes by those "
          "that name any") {
    const auto out = read(FeedKind::apple, R"x({"OSVersions":[{"SecurityReleases":[
        {"ProductVersion":"26.3.1","UpdateName":"iOS 26.3.1 and iPadOS 26.3.1","CVEs":{}}]}],
        "BackgroundSecurityImprovements":{"26":[
        {"Version":"26.3.1","VersionExtra":"(a)","PostingDate":"2026-03-17","SupportedDevices":["iPhone16,1"]},
        {"Version":"26.3.1","VersionExtra":"(b)","PostingDate":"2026-03-19","CVEs":["CVE-2026-0001"]},
        {"Version":"26.3.1","VersionExtra":null,"PostingDate":"2026-03-20"},
        {"Version":"26.9","VersionExtra":"(a)","PostingDate":"2026-03-20"}]
}
})x");
    std::string said;
    for (const auto& record : out.records)
        for (const auto& statement : record.applicability) {
            const auto& release = std::get<advisory::AppleRelease>(statement);
            said += record.id + " " + release.product + " " + release.version + " " +
                    base::to_iso8601(release.released).substr(0, 10) +
                    (release.supported_devices.empty() ? "" : " for " + release.supported_devices[0]) + ", ";
        }
    CHECK(said == " ios 26.3.1 (a) 2026-03-17 for iPhone16,1,  ipados 26.3.1 (a) 2026-03-17 for iPhone16,1, "
                  " ios 26.3.1 (b) 2026-03-19,  ipados 26.3.1 (b) 2026-03-19, "
                  "CVE-2026-0001 ios 26.3.1 (b) 2026-03-19, CVE-2026-0001 ipados 26.3.1 (b) 2026-03-19, ");
    CHECK(out.tally.rejected == 2);
    CHECK(out.tally.reasons.at(1).where == "improvement of 26.9");
}

TEST_CASE("rejected records of NVD and CVE are withdrawn") {
    const auto nvd = read(FeedKind::nvd, R"({"id":"CVE-2024-0001","vulnStatus":"Rejected"}
{"id":"CVE-2010-0001","descriptions":[{"lang":"en","value":"** REJECT **  DO NOT USE"}]}
{"id":"CVE-2024-0003","vulnStatus":"Modified"})");
    REQUIRE(nvd.records.size() == 3);
    CHECK(nvd.records[0].withdrawn);
    CHECK(nvd.records[1].withdrawn);
    CHECK_FALSE(nvd.records[2].withdrawn);
    const auto cve5 =
        read(FeedKind::cve5, R"({"cveMetadata":{"cveId":"CVE-2024-0001","state":"REJECTED"},)"
                             R"("containers":{"cna":{"rejectedReasons":[{"lang":"en","value":"why"}]}}})");
    REQUIRE(cve5.records.size() == 1);
    CHECK(cve5.records[0].withdrawn);
    CHECK(cve5.records[0].description == "why");
}

TEST_CASE("long descriptions are cut between characters") {
    std::string text =
        R"({"id":"CVE-2024-0001","descriptions":[{"lang":"en","value":")" + std::string(4095, 'x');
    text += "\u00e9 and more\"}]}";
    const auto out = read(FeedKind::nvd, text);
    REQUIRE(out.records.size() == 1);
    CHECK(out.records[0].description == std::string(4095, 'x'));
}

TEST_CASE("only the first reasons are kept, all are counted, and large records are refused") {
    std::string text;
    for (int i = 0; i < 300; ++i)
        text += "{}\n";
    auto out = read(FeedKind::nvd, text);
    CHECK(out.tally.rejected == 300);
    CHECK(out.tally.reasons.size() == 100);
    const std::string large = R"({"id":"CVE-2024-0001","x":")" + std::string(5000, 'x') + "\"}\n";
    const std::string small = "{\"id\":\"CVE-2024-0002\"}\n";
    for (const std::string& order : {large + small, small + large, small + small + large + small}) {
        out = read(FeedKind::nvd, order, 100, {.max_record = 1000});
        CHECK(out.tally.rejected == 1);
        CHECK(out.records.back().id == "CVE-2024-0002");
        CHECK(out.tally.reasons.at(0).reason.find("longer than 1000") != std::string::npos);
    }
}

TEST_CASE("the sink's error stops the reading") {
    feeds::FeedReader reader(FeedKind::nvd,
                             [](feeds::Item&&) -> base::Status { return base::unavailable("full"); });
    CHECK(reader.feed(base::as_bytes("{\"id\":\"CVE-2024-0001\"}\n{\"id\":\"CVE-2024-0002\"}\n"))
              .error()
              .message == "full");
    CHECK_FALSE(reader.feed(base::as_bytes("{}")).ok());
    CHECK_FALSE(reader.finish().ok());
}
