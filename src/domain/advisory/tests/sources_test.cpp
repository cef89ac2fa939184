// SPDX-License-Identifier: Apache-2.0
// Distributions' own trackers and what makers state, beside other sources.
#include "support.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using component::Component;
using component::StatementStatus;

namespace {

PackageStatement package(std::string release, std::string name, std::optional<std::string> fixed) {
    PackageStatement out;
    out.ecosystem = std::move(release);
    out.name = std::move(name);
    PackageRange range;
    range.events.push_back({RangeEvent::Kind::introduced, "0"});
    if (fixed) range.events.push_back({RangeEvent::Kind::fixed, *fixed});
    out.ranges.push_back(range);
    return out;
}

Record tracked(Source source, std::string id, PackageStatement statement) {
    auto out = record(source, std::move(id), {});
    out.part = statement.name + " " + statement.ecosystem;
    out.applicability.emplace_back(std::move(statement));
    return out;
}

MakerStatement stated(StatementStatus status, std::string purl, std::string reason) {
    MakerStatement out;
    out.status = status;
    out.purl = std::move(purl);
    out.reason = std::move(reason);
    return out;
}

Component deb(std::string name, std::string version, std::string release = "12") {
    return packaged(name, "pkg:deb/debian/" + name + "@" + version + "?distro=debian-" + release);
}

} // namespace

TEST_CASE("a distribution's tracker decides about its packages, before other copies of it") {
    auto none = package("Debian:12", "zlib", {});
    none.ranges.clear();
    none.status = Status::unaffected;
    auto undetermined = package("Debian:12", "vim", {});
    undetermined.ranges.clear();
    undetermined.status = Status::unknown;
    auto harmless = package("Debian:12", "tar", {});
    harmless.harmless = true;
    harmless.note = "unimportant; no DSA: Minor issue";
    const auto compiled = compile({
        tracked(Source::debian, "CVE-2024-1", package("Debian:12", "curl", "7.88.1-10+deb12u6")),
        tracked(Source::osv, "CVE-2024-1", package("Debian:12", "curl", {})),
        tracked(Source::debian, "CVE-2024-2", package("Debian:12", "curl", {})),
        tracked(Source::debian, "CVE-2024-3", none),
        tracked(Source::osv, "CVE-2024-3", package("Debian:12", "zlib", {})),
        tracked(Source::debian, "CVE-2024-4", undetermined),
        tracked(Source::debian, "CVE-2024-5", harmless),
        record(Source::nvd, "CVE-2024-2", {any_of({criteria(cpe("a", "haxx", "curl", "*"))})}),
    });
    CHECK(said(compiled, deb("curl", "7.88.1-10+deb12u5"), "CVE-2024-1") ==
          "affected: the version is in the affected range");
    CHECK(fix(compiled, deb("curl", "7.88.1-10+deb12u5"), "CVE-2024-1") == "7.88.1-10+deb12u6");
    CHECK(said(compiled, deb("curl", "7.88.1-10+deb12u6"), "CVE-2024-1") == "fixed: the version has the fix");
    // What is not fixed is affected, whatever the version.
    CHECK(said(compiled, deb("curl", "9"), "CVE-2024-2") == "affected: the version is in the affected range");
    CHECK(fix(compiled, deb("curl", "9"), "CVE-2024-2").empty());
    CHECK(said(compiled, deb("zlib", "1"), "CVE-2024-3") ==
          "not affected: its source says that no version of it has the fault");
    CHECK(said(compiled, deb("vim", "1"), "CVE-2024-4") ==
          "unknown: its source has not determined whether it is affected");
    const auto tar = verdict_on(compiled, deb("tar", "1"), "CVE-2024-5");
    REQUIRE(tar);
    CHECK(tar->verdict == Verdict::affected);
    CHECK(tar->confidence == Confidence::medium);
    CHECK(evidence(compiled.file, deb("tar", "1"), *tar).rule ==
          "tar (Debian:12) [unimportant; no DSA: Minor issue] every version");
    // Of that release alone, and of that distribution.
    CHECK(said(compiled, deb("curl", "7", "11"), "CVE-2024-1") == "nothing");
    CHECK(said(compiled, packaged("curl", "pkg:apk/alpine/curl@7-r0?distro=alpine-3.20"), "CVE-2024-1") ==
          "nothing");
}

TEST_CASE("one id stands once for each package of a tracker, and the newest of each counts") {
    auto older = tracked(Source::alpine, "CVE-2024-1", package("Alpine:v3.20", "curl", "8.9-r0"));
    older.modified = base::from_unix_ms(1);
    const auto compiled = compile({
        tracked(Source::alpine, "CVE-2024-1", package("Alpine:v3.20", "curl", "8.9-r1")),
        older,
        tracked(Source::alpine, "CVE-2024-1", package("Alpine:v3.20", "rcurl", "2-r0")),
    });
    CHECK(compiled.stats.replaced == 1);
    CHECK(compiled.stats.advisories == 1);
    const auto apk = [](std::string name, std::string version) {
        return packaged(name, "pkg:apk/alpine/" + name + "@" + version + "?distro=alpine-3.20.3");
    };
    CHECK(fix(compiled, apk("curl", "8.9-r0"), "CVE-2024-1") == "8.9-r1");
    CHECK(fix(compiled, apk("rcurl", "1-r0"), "CVE-2024-1") == "2-r0");
    CHECK(said(compiled, packaged("curl", "pkg:apk/alpine/curl@8-r0?distro=alpine-edge"), "CVE-2024-1") ==
          "nothing");
    // As older tools wrote it: never judged by upstream's ranges.
    CHECK(fix(compiled, packaged("curl", "pkg:alpine/curl@8.9-r0?arch=x86_64&distro=alpine-3.20.2"),
              "CVE-2024-1") == "8.9-r1");
}

TEST_CASE("what is never released has advisories too") {
    const auto compiled = compile({
        tracked(Source::debian, "CVE-2024-1", package("Debian:sid", "curl", "8")),
        tracked(Source::alpine, "CVE-2024-1", package("Alpine:edge", "curl", "8-r0")),
    });
    CHECK(fix(compiled, packaged("curl", "pkg:deb/debian/curl@7?distro=sid"), "CVE-2024-1") == "8");
    CHECK(fix(compiled, packaged("curl", "pkg:deb/debian/curl@7?distro=debian-unstable"), "CVE-2024-1") ==
          "8");
    CHECK(fix(compiled, packaged("curl", "pkg:apk/alpine/curl@7-r0?distro=alpine-edge"), "CVE-2024-1") ==
          "8-r0");
    CHECK(fix(compiled, packaged("curl", "pkg:apk/alpine/curl@7-r0?distro=alpine-3.22_alpha20250108"),
              "CVE-2024-1") == "8-r0");
}

TEST_CASE("what a maker states goes before every other source, for the version that it names") {
    auto statement = stated(StatementStatus::not_affected, "pkg:deb/debian/curl@7.88?distro=debian-12",
                            "vulnerable_code_not_present");
    const auto compiled = compile({
        tracked(Source::debian, "CVE-2024-1", package("Debian:12", "curl", {})),
        record(Source::openvex, "CVE-2024-1", {statement}),
    });
    const auto hidden = deb("curl", "7.88");
    CHECK(said(compiled, hidden, "CVE-2024-1") ==
          "not affected: the maker of the software says that it is not affected");
    const auto why = evidence(compiled.file, hidden, *verdict_on(compiled, hidden, "CVE-2024-1"));
    CHECK(why.source == Source::openvex);
    CHECK(why.rule == "curl: vulnerable_code_not_present");
    CHECK(why.sentence ==
          "CVE-2024-1 and curl: not affected, since the maker of the software says that it is "
          "not affected (openvex CVE-2024-1: curl: vulnerable_code_not_present); confidence "
          "high.");
    CHECK(said(compiled, deb("curl", "7.89"), "CVE-2024-1").starts_with("affected"));
    CHECK(said(compiled, packaged("curl", "pkg:deb/debian/curl@7.88?distro=debian-11"), "CVE-2024-1") ==
          "nothing");
    // Both are heard, the one that decides first.
    const auto all = voices(compiled.file, hidden, {});
    REQUIRE(all.size() == 2);
    CHECK(all[0].source == Source::openvex);
    CHECK(all[0].verdict == Verdict::not_affected);
    CHECK(all[1].source == Source::debian);
    CHECK(all[1].verdict == Verdict::affected);
}

TEST_CASE("of two makers that speak of one thing the worse word counts, under its own name") {
    const auto compiled = compile({
        record(Source::csaf, "CVE-2024-1",
               {stated(StatementStatus::fixed, "pkg:generic/p@1.0?arch=src", "in 1.0")}),
        record(Source::openvex, "CVE-2024-1", {stated(StatementStatus::affected, "pkg:generic/p", "all")}),
        record(Source::cyclonedx, "CVE-2024-2", {stated(StatementStatus::fixed, "pkg:generic/p", "")}),
    });
    const auto p = packaged("p", "pkg:generic/p@1.0");
    const auto worse = verdict_on(compiled, p, "CVE-2024-1");
    REQUIRE(worse);
    CHECK(worse->verdict == Verdict::affected);
    CHECK(worse->source == Source::openvex);
    CHECK(said(compiled, p, "CVE-2024-2") == "fixed: the maker of the software says that it is fixed");
    std::string heard;
    for (const auto& voice : voices(compiled.file, p, {}))
        heard += std::string(to_string(voice.source)) + " " + std::string(to_string(voice.verdict)) + "; ";
    CHECK(heard == "csaf fixed; openvex affected; cyclonedx fixed; ");
}

TEST_CASE("a maker's document is replaced whole by its newer revision") {
    const auto revision = [](const char* cve, StatementStatus status, std::int64_t modified) {
        auto out = record(Source::csaf, "ACME-1", {stated(status, "pkg:generic/p", "")}, modified);
        out.covers = {cve};
        out.part = cve;
        return out;
    };
    const auto p = packaged("p", "pkg:generic/p@1.0");
    const auto first = revision("CVE-2024-1", StatementStatus::affected, 1000),
               kept = revision("CVE-2024-2", StatementStatus::affected, 1000),
               second = revision("CVE-2024-2", StatementStatus::affected, 2000);
    CHECK(said(compile({first, kept}), p, "CVE-2024-1").starts_with("affected"));
    for (const auto& compiled : {compile({first, kept, second}), compile({second, kept, first})}) {
        CHECK(said(compiled, p, "CVE-2024-1") == "nothing");
        CHECK(said(compiled, p, "CVE-2024-2").starts_with("affected"));
        CHECK(compiled.stats.replaced == 2);
    }
    // Another maker's document of that id is another document.
    auto others = second;
    others.publisher = "https://other.example";
    const auto compiled = compile({first, kept, others});
    CHECK(said(compiled, p, "CVE-2024-1").starts_with("affected"));
    CHECK(compiled.stats.replaced == 0);
}

TEST_CASE("what a maker looks into nobody else clears, and nobody else's finding is hidden by it") {
    const auto asked = stated(StatementStatus::under_investigation, "pkg:generic/p", "");
    auto clean = package("npm", "p", "1.0");
    clean.purl = "pkg:generic/p";
    const auto compiled = compile({
        record(Source::csaf, "CVE-2024-1", {asked}),
        record(Source::osv, "CVE-2024-1", {clean}),
    });
    CHECK(said(compiled, packaged("p", "pkg:generic/p@2.0"), "CVE-2024-1") ==
          "unknown: the maker of the software is looking into it");
    CHECK(said(compiled, packaged("p", "pkg:generic/p@0.9"), "CVE-2024-1").starts_with("affected"));
}

TEST_CASE("a maker's ranges: what is past them is over, what cannot be read clears nothing") {
    MakerStatement affected = stated(StatementStatus::affected, "", "");
    affected.vendor = "Acme";
    affected.product = "Gate Way";
    affected.versions = {{">= 1.0, < 3.2", Status::affected, "", {}, {}, {}}};
    affected.fixed_in = "V3.2";
    MakerStatement odd = affected;
    odd.versions = {{"serial 12 and below", Status::affected, "", {}, {}, {}}};
    MakerStatement cleared = odd;
    cleared.status = StatementStatus::not_affected;
    const auto compiled = compile({
        record(Source::csaf, "CVE-2024-1", {affected}),
        record(Source::csaf, "CVE-2024-2", {odd}),
        record(Source::csaf, "CVE-2024-3", {cleared}),
    });
    const auto gate = [](std::string version) {
        return software("gate", version, cpe("o", "acme", "gate_way", version));
    };
    CHECK(said(compiled, gate("3.1"), "CVE-2024-1") ==
          "affected: the maker of the software says that it is affected");
    CHECK(fix(compiled, gate("3.1"), "CVE-2024-1") == "V3.2");
    CHECK(said(compiled, gate("3.2"), "CVE-2024-1") == "fixed: the version has the fix");
    CHECK(said(compiled, gate("0.9"), "CVE-2024-1") == "nothing");
    CHECK(said(compiled, gate("3.1"), "CVE-2024-2") == "unknown: the record's versions cannot be ordered");
    CHECK(said(compiled, gate("3.1"), "CVE-2024-3") == "nothing");
    CHECK(said(compiled, software("gate", "", cpe("o", "acme", "gate_way", "*")), "CVE-2024-1") ==
          "unknown: the component's version or patch level is not known");
}

TEST_CASE("a few advisories of a release do not make its other packages clean") {
    auto partial = package("Red Hat:8", "curl", "7.61.1-34.el8");
    partial.partial = true;
    const auto compiled = compile({tracked(Source::csaf, "CVE-2024-1", partial)});
    const auto rpm = [](std::string name, std::string version) {
        return packaged(name, "pkg:rpm/redhat/" + name + "@" + version + "?arch=x86_64&distro=rhel-8.9");
    };
    CHECK(fix(compiled, rpm("curl", "7.61.1-33.el8"), "CVE-2024-1") == "7.61.1-34.el8");
    CHECK(why_not_assessed(compiled.file, rpm("curl", "7.61.1-33.el8"), {}) ==
          "there are no advisories of its distribution's release here");
}

TEST_CASE("ids that name each other in a circle, twice, are one advisory") {
    auto ghsa = record(Source::osv, "GHSA-1", {});
    ghsa.aliases = {"PYSEC-1", "GHSA-1"};
    auto pysec = record(Source::osv, "PYSEC-1", {});
    pysec.aliases = {"ALPINE-CVE-2024-1", "GHSA-1", "GHSA-1"};
    auto alpine = record(Source::osv, "ALPINE-CVE-2024-1", {});
    alpine.aliases = {"GHSA-1"};
    auto asb = record(Source::osv, "ASB-A-1", {});
    asb.aliases = {"CVE-2024-1", "A-1"};
    auto dsa = record(Source::osv, "DSA-5-1", {});
    dsa.covers = {"CVE-2024-1", "CVE-2024-2"};
    const auto dla = [] {
        auto out = record(Source::osv, "DLA-9-1", {});
        out.covers = {"CVE-2024-1"};
        return out;
    }();
    const auto tracker = tracked(Source::debian, "CVE-2024-1", package("Debian:12", "curl", {}));
    std::vector<Record> records{ghsa, pysec, alpine, asb, dsa, dla, tracker, ghsa, pysec};
    for (int round = 0; round < 3; ++round) {
        const auto compiled = compile(records);
        CHECK(compiled.file.size() == 2);
        for (const char* id :
             {"CVE-2024-1", "GHSA-1", "PYSEC-1", "ALPINE-CVE-2024-1", "ASB-A-1", "A-1", "DLA-9-1"}) {
            CAPTURE(id);
            const auto found = compiled.file.find(id);
            REQUIRE(found.size() == 1);
            CHECK(compiled.file.id(found.front()) == "CVE-2024-1");
        }
        CHECK(compiled.file.find("DSA-5-1").size() == 2);
        auto ids = compiled.file.advisory(compiled.file.find("GHSA-1").front()).ids;
        std::ranges::sort(ids);
        CHECK(std::ranges::adjacent_find(ids) == ids.end());
        std::ranges::rotate(records, records.begin() + 4);
    }
}
