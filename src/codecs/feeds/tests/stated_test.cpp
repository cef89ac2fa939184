// SPDX-License-Identifier: Apache-2.0
// What makers state: CSAF, OpenVEX, CycloneDX.
#include "../src/version_ranges.hpp"
#include "fixture.hpp"

using namespace oakum;
using advisory::MakerStatement;
using advisory::PackageStatement;
using advisory::Record;
using component::StatementStatus;
using feeds::FeedKind;

namespace {

std::string text(const std::vector<advisory::VersionEntry>& entries) {
    std::string out;
    for (const auto& entry : entries)
        out += (out.empty() ? "" : " or ") + entry.version;
    return out;
}

std::string word(StatementStatus status) {
    switch (status) {
    case StatementStatus::not_affected:
        return "not affected";
    case StatementStatus::affected:
        return "affected";
    case StatementStatus::fixed:
        return "fixed";
    case StatementStatus::under_investigation:
        return "under investigation";
    }
    return "?";
}

// A line for each statement.
std::string text(const Record& record) {
    std::string out;
    for (const auto& each : record.applicability) {
        if (const auto* maker = std::get_if<MakerStatement>(&each)) {
            out += word(maker->status) + ": " + maker->vendor + "/" + maker->product + " " + maker->purl;
            for (const auto& cpe : maker->cpes)
                out += " " + cpe;
            out += " {" + text(maker->versions) + "}";
            if (!maker->fixed_in.empty()) out += " fix " + maker->fixed_in;
            if (!maker->reason.empty()) out += " [" + maker->reason.substr(0, 60) + "]";
        } else {
            const auto& package = std::get<PackageStatement>(each);
            out += package.ecosystem + " " + package.name + " ";
            if (package.status == advisory::Status::unaffected)
                out += "none";
            else if (package.status == advisory::Status::unknown)
                out += "undetermined";
            else
                out +=
                    package.ranges[0].events.size() == 1 ? "all" : "< " + package.ranges[0].events[1].version;
            if (package.partial) out += " (partial)";
        }
        out += "\n";
    }
    return out;
}

const Record& record(const fixture::Outcome& read, std::string_view part) {
    const auto found =
        std::ranges::find_if(read.records, [&](const Record& r) { return r.part == part || r.id == part; });
    REQUIRE(found != read.records.end());
    return *found;
}

} // namespace

TEST_CASE("ranges as makers write them") {
    const auto ranges = [](std::string_view in) { return text(feeds::read_ranges(in)); };
    CHECK(ranges("vers:all/*").empty());
    CHECK(ranges("All versions").empty());
    CHECK(ranges("*").empty());
    CHECK(ranges("<V3.2") == "< V3.2");
    CHECK(ranges(" <= 1.2.3") == "<= 1.2.3");
    CHECK(ranges("vers:all/>=V1.0<V2.0") == ">= V1.0, < V2.0");
    CHECK(ranges(">= 1.0 | <= 1.5") == ">= 1.0, <= 1.5");
    CHECK(ranges("vers:npm/1.2|>=2.0.0|<5.0.2|7") == "1.2 or >= 2.0.0, < 5.0.2 or 7");
    CHECK(ranges("vers:semver/<7.0.0|>=1.5.0") == ">= 1.5.0, < 7.0.0");
    CHECK(ranges("All versions < V9 SP1") == "< V9 SP1");
    CHECK(ranges("prior to 4.2") == "< 4.2");
    CHECK(ranges(">= 4") == ">= 4");
    CHECK(ranges("vers:generic/!=1.0") == "vers:generic/!=1.0");
    CHECK(ranges("all models") == "all models");
    CHECK(ranges("<") == "<");
    CHECK(ranges(">=1|>=2|<3") == ">=1|>=2|<3");
    CHECK(feeds::read_ranges("").size() == 1);
    CHECK(ranges("V3.4 and earlier") == "<= v3.4");
}

TEST_CASE("words where a version belongs") {
    const auto words = [](std::string_view in) { return text(feeds::read_words(in)); };
    CHECK(words("before 3.4") == "< 3.4");
    CHECK(words("Versions prior to v3.4.1") == "< v3.4.1");
    CHECK(words("up to 2.0") == "<= 2.0");
    CHECK(words("Before and including 2.0") == "<= 2.0");
    CHECK(words("3.4 and earlier") == "<= 3.4");
    CHECK(words("3.4 and all prior versions") == "<= 3.4");
    CHECK(words("5.6.39 and prior") == "<= 5.6.39");
    CHECK(words("2.1 and later") == ">= 2.1");
    CHECK(words("1.0 through 1.5") == ">= 1.0, <= 1.5");
    CHECK(words("from 1.0 to 1.5") == ">= 1.0, <= 1.5");
    CHECK(words("1.0 before 1.5") == ">= 1.0, < 1.5");
    CHECK(words("11.0.0 - 11.0.5") == ">= 11.0.0, <= 11.0.5");
    CHECK(words("4.0.0-4.2.7") == ">= 4.0.0, <= 4.2.7");
    CHECK(words("1.0, 1.1 and 1.2") == "1.0 or 1.1 or 1.2");
    CHECK(words("1.0/1.1") == "1.0 or 1.1");
    CHECK(words("1.x") == "1.*");
    for (const char* neither : {"3.4", "2.4-1.1", "1.36.1-r2", "4.0 SP1", "12/2021", "n/a", "before the fix",
                                "", "before 3.4, 3.5 before 3.5.2", "Java SE: 8u231", "1.0.0-rc1",
                                "all versions", "2022-06-01", "before ", "< 1.2"}) {
        CAPTURE(neither);
        CHECK(words(neither).empty());
    }
}

TEST_CASE("what a CVE record says of versions in words is read, except where several say how far back") {
    const auto versions = [](const std::string& list) {
        const auto read = fixture::read(
            FeedKind::cve5,
            R"({"dataType":"CVE_RECORD","cveMetadata":{"cveId":"CVE-2024-1","state":"PUBLISHED"},)"
            R"("containers":{"cna":{"affected":[{"vendor":"v","product":"p","versions":[)" +
                list + "]}]}}}");
        REQUIRE(read.records.size() == 1);
        return text(std::get<advisory::ProductStatement>(read.records[0].applicability.at(0)).versions);
    };
    CHECK(versions(R"({"version":"before 3.4","status":"affected"})") == "< 3.4");
    CHECK(versions(R"({"version":"1.0 to 1.5","status":"affected"},{"version":"2.0","status":"affected"})") ==
          ">= 1.0, <= 1.5 or 2.0");
    CHECK(versions(R"({"version":"before 3.4","lessThan":"3.4","status":"affected"})") == "before 3.4");
    CHECK(versions(R"({"version":"5.6.39 and prior","status":"affected"},)"
                   R"({"version":"5.7.21 and prior","status":"affected"})") ==
          "5.6.39 and prior or 5.7.21 and prior");
}

TEST_CASE("a CSAF advisory states what is affected and fixed, product by product") {
    const auto read = fixture::read(FeedKind::csaf, fixture::data("csaf.jsonl"));
    const Record& adminer = record(read, "CVE-2023-45195");
    CHECK(adminer.source == advisory::Source::csaf);
    CHECK(adminer.id == "VA-24-201-01");
    CHECK(adminer.covers == std::vector<std::string>{"CVE-2023-45195"});
    CHECK(adminer.title == "Adminer and AdminerEvo SSRF");
    CHECK(adminer.weaknesses == std::vector<std::string>{"CWE-918"});
    CHECK(adminer.cvss.size() == 1);
    CHECK(base::to_date(adminer.modified) == "2024-09-18");
    CHECK(text(adminer) ==
          "affected: AdminerEvo/AdminerEvo  {4.8.2} fix 4.8.4 [vendor_fix: Fixed in AdminerEvo 4.8.4.]\n"
          "affected: AdminerEvo/AdminerEvo  {4.8.3} fix 4.8.4 [vendor_fix: Fixed in AdminerEvo 4.8.4.]\n"
          "affected: Adminer/Adminer  {} [none_available: Adminer is no longer maintained. Fixed in Ad]\n"
          "fixed: AdminerEvo/AdminerEvo  {4.8.4}\n");
}

TEST_CASE("packages of a distribution's release are matched as its advisories are") {
    const auto read = fixture::read(FeedKind::csaf, fixture::data("csaf.jsonl"));
    const Record& tomcat = record(read, "CVE-2024-23672");
    CHECK(tomcat.id == "RHSA-2024:3666");
    CHECK(text(tomcat) == "Red Hat:8 tomcat < 1:9.0.87-1.el8_10.1 (partial)\n"
                          "Red Hat:8 tomcat-lib < 1:9.0.87-1.el8_10.1 (partial)\n");
}

TEST_CASE("flags and groups are the reason, a part clears nothing of its whole, and drafts are not taken") {
    const std::string head =
        R"({"document":{"csaf_version":"2.0","title":"T","tracking":{"id":"ACME-1","status":"final"}},"product_tree":{)"
        R"("branches":[{"category":"vendor","name":"Acme","branches":[{"category":"product_name","name":"Gate","branches":[)"
        R"({"category":"product_version_range","name":"vers:generic/<2","product":{"name":"g","product_id":"old"}},)"
        R"({"category":"product_version","name":"2","product":{"name":"g","product_id":"new","product_identification_helper":{"cpe":"cpe:2.3:o:acme:gate:2:*:*:*:*:*:*:*"}}}]}]}],)"
        R"("full_product_names":[{"name":"curl","product_id":"curl","product_identification_helper":{"purl":"pkg:generic/curl@8.0"}},{"name":"thing","product_id":"thing"}],)"
        R"("product_groups":[{"group_id":"all","product_ids":["old","new"]}],)"
        R"("relationships":[{"category":"default_component_of","product_reference":"curl","relates_to_product_reference":"new","full_product_name":{"name":"c","product_id":"new:curl"}}]},)";
    const auto read = fixture::read(
        FeedKind::csaf,
        head +
            R"("vulnerabilities":[{"cve":"CVE-2024-1","flags":[{"label":"vulnerable_code_not_present","group_ids":["all"]}],"threats":[{"category":"impact","details":"not built in","product_ids":["new"]}],)"
            R"("product_status":{"known_not_affected":["old","new","curl","new:curl","thing","nowhere"]}},)"
            R"({"cve":"CVE-2024-2","product_status":{"under_investigation":["new:curl"],"last_affected":["new"]}},)"
            R"({"ids":[{"system_name":"x","text":"ACME-BUG-7"}],"product_status":{"known_affected":["old"]}},)"
            R"({"cve":"CVE-2024-3","product_status":{"fixed":[1]}}]})");
    REQUIRE(read.records.size() == 3);
    CHECK(text(read.records[0]) ==
          "not affected: Acme/Gate  {< 2} [vulnerable_code_not_present]\n"
          "not affected: Acme/Gate  cpe:2.3:o:acme:gate:2:*:*:*:*:*:*:* {2} [vulnerable_code_not_present; "
          "not built in]\n"
          "not affected: / pkg:generic/curl@8.0 {}\n");
    // What is in the whole is a matter of the whole.
    CHECK(text(read.records[1]) == "affected: Acme/Gate  cpe:2.3:o:acme:gate:2:*:*:*:*:*:*:* {2}\n"
                                   "under investigation: Acme/Gate  "
                                   "cpe:2.3:o:acme:gate:2:*:*:*:*:*:*:* {2}\n");
    CHECK(read.records[2].covers.empty());
    CHECK(read.records[2].aliases == std::vector<std::string>{"ACME-BUG-7"});
    REQUIRE(read.tally.rejected == 2);
    CHECK(read.tally.reasons[0].where == "ACME-1 vulnerability 1");
    CHECK(read.tally.reasons[0].reason.starts_with("3 products"));
    CHECK(read.tally.reasons[1].where == "ACME-1 vulnerability 4");

    std::string draft = head + R"("vulnerabilities":[]})";
    draft.replace(draft.find("final"), 5, "draft");
    CHECK(fixture::read(FeedKind::csaf, draft).tally.rejected == 1);
    CHECK(fixture::read(FeedKind::csaf, R"({"document":{"csaf_version":"2.0"}})").tally.rejected == 1);
}

TEST_CASE("OpenVEX as a feed speaks of products, and not of what is a part of one") {
    const auto read = fixture::read(FeedKind::openvex, fixture::data("openvex.json"));
    REQUIRE(read.records.size() == 1);
    CHECK(read.records[0].id == "CVE-2024-2379");
    CHECK(text(read.records[0]) ==
          "not affected: / pkg:generic/gateway@1.5.0 {} [vulnerable_code_not_present: built without QUIC]\n");
    REQUIRE(read.tally.rejected == 2);
    CHECK(read.tally.reasons[0].reason == "none of its products has a purl");
    CHECK(read.tally.reasons[1].where == "statement 3");
    CHECK(fixture::read(FeedKind::openvex, R"({"@context":"https://openvex.dev/ns"})").tally.rejected == 1);
}

TEST_CASE("CycloneDX as a feed speaks of what it describes") {
    const auto read = fixture::read(FeedKind::cyclonedx, fixture::data("cyclonedx_vex.json"));
    REQUIRE(read.records.size() == 2);
    CHECK(text(read.records[0]) ==
          "not affected: Acme/Gate Way  {1.5.0} [code_not_present: built without QUIC]\n");
    CHECK(text(read.records[1]) == "affected: Acme/Gate Way  {>= 1.5.0, < 7.0.0}\n");
    REQUIRE(read.tally.rejected == 2);
    CHECK(read.tally.reasons[0].where == "CVE-2024-3");
    CHECK(read.tally.reasons[1].reason.starts_with("it has no analysis"));
    // An SBOM that names nothing that a device could be known by.
    CHECK(fixture::read(
              FeedKind::cyclonedx,
              R"({"bomFormat":"CycloneDX","metadata":{"component":{"name":"x"}},"vulnerabilities":[]})")
              .tally.rejected == 1);
}
