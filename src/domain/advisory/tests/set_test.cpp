// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <algorithm>

using namespace oakum;
using namespace oakum::advisory;
using namespace oakum::advisory::testing;
using component::Component;
using component::Statement;
using component::StatementStatus;

namespace {

Compiled data() {
    auto mild = record(Source::nvd, "CVE-2024-1", {any_of({before(cpe("a", "v", "p", "*"), "2.0")})});
    mild.cvss = {{"nvd@nist.gov", "CVSS:3.1/x", 5.0}};
    auto severe = record(Source::nvd, "CVE-2024-2", {any_of({before(cpe("a", "v", "p", "*"), "3.0")})});
    severe.cvss = {{"nvd@nist.gov", "CVSS:3.1/x", 9.0}};
    auto exploited = record(Source::nvd, "CVE-2024-3", {any_of({before(cpe("a", "v", "q", "*"), "3.0")})});
    auto fixed = record(Source::nvd, "CVE-2024-4", {any_of({before(cpe("a", "v", "p", "*"), "0.5")})});
    return compile({mild, severe, exploited, fixed,
                    record(Source::nvd, "CVE-2024-5", {any_of({criteria(cpe("a", "v", "r", "*"))})})},
                   {{"CVE-2024-3", {}, {}, false, "", ""}});
}

std::vector<Component> set() {
    return {software("p", "1.0", cpe("a", "v", "p", "1.0")), software("q", "1.0", cpe("a", "v", "q", "1.0")),
            software("z", "1", ""), software("q-head", "8d2b4f1e0c9a", cpe("a", "v", "q", "8d2b4f1e0c9a"))};
}

std::vector<std::string> lines(const Compiled& compiled, const SetAssessment& assessment) {
    std::vector<std::string> out;
    for (const auto& v : assessment.verdicts)
        out.push_back(std::string(compiled.file.id(v.verdict.advisory)) + " " + std::to_string(v.component) +
                      " " + std::string(to_string(v.verdict.verdict)));
    return out;
}

} // namespace

TEST_CASE("a set's verdicts come in the order in which they matter, and are counted") {
    const auto compiled = data();
    const auto assessment = match_set(compiled.file, set(), {}, {});
    CHECK(lines(compiled, assessment) ==
          std::vector<std::string>{"CVE-2024-3 1 affected", "CVE-2024-2 0 affected", "CVE-2024-1 0 affected",
                                   "CVE-2024-3 3 unknown"});
    CHECK(assessment.affected == 3);
    CHECK(assessment.exploited == 1);
    CHECK(assessment.unknown == 1);
    REQUIRE(assessment.not_assessed.size() == 1);
    CHECK(assessment.not_assessed[0].component == 2);
    const auto everything = match_set(compiled.file, set(), {}, {}, Detail::everything);
    CHECK(everything.fixed == 1);
}

TEST_CASE("what lies beneath a set is its platform: system, release of the distribution, hardware") {
    PackageStatement debian{"Debian:12", "p", "", {}, {}, ""};
    debian.ranges = {
        {RangeType::ecosystem, {{RangeEvent::Kind::introduced, "0"}, {RangeEvent::Kind::fixed, "1.0-2"}}}};
    const auto compiled = compile({record(Source::nvd, "CVE-2024-1",
                                          {all_of({{before(cpe("a", "v", "app", "*"), "2.0")},
                                                   {criteria(cpe("o", "google", "android", "-"), false)}})}),
                                   record(Source::osv, "CVE-2024-2", {debian}),
                                   record(Source::nvd, "CVE-2024-3",
                                          {all_of({{before(cpe("a", "v", "app", "*"), "2.0")},
                                                   {criteria(cpe("h", "v", "board", "-"), false)}})})});
    const std::vector<Component> apps{software("app", "1.0", cpe("a", "v", "app", "1.0")),
                                      packaged("p", "pkg:deb/debian/p@1.0-1")};
    Component android, debian_12;
    android.kind = debian_12.kind = component::Kind::operating_system;
    android.name = "android";
    android.version = "14";
    debian_12.name = "debian";
    debian_12.version = "12.5";
    const auto on = [&](std::vector<Component> beneath) {
        return lines(compiled, match_set(compiled.file, apps, {}, beneath));
    };
    using Lines = std::vector<std::string>;
    CHECK(on({}) == Lines{"CVE-2024-1 0 unknown", "CVE-2024-3 0 unknown"});
    CHECK(on({android}) == Lines{"CVE-2024-1 0 affected", "CVE-2024-3 0 unknown"});
    CHECK(on({debian_12}) == Lines{"CVE-2024-2 1 affected", "CVE-2024-3 0 unknown"});
    CHECK(on({android, hardware("board", cpe("h", "v", "board", "-"))}) ==
          Lines{"CVE-2024-1 0 affected", "CVE-2024-3 0 affected"});
    CHECK(on({android, hardware("other", cpe("h", "v", "other", "-"))}) == Lines{"CVE-2024-1 0 affected"});
    // The hardware is nothing to be assessed itself.
    CHECK(match_set(compiled.file, std::vector{hardware("board")}, {}).not_assessed.empty());
}

TEST_CASE("the maker's statements decide, with their reason") {
    const auto compiled = data();
    const std::vector<Statement> statements{
        {"CVE-2024-1", "p", StatementStatus::not_affected, "vulnerable_code_not_present"},
        {"CVE-2024-2", "", StatementStatus::fixed, "patched"},
        {"CVE-2024-3", "p", StatementStatus::not_affected, "of another component"},
        {"CVE-1999-1", "", StatementStatus::fixed, "unheard of"}};
    const auto assessment = match_set(compiled.file, set(), statements, {});
    CHECK(lines(compiled, assessment) ==
          std::vector<std::string>{"CVE-2024-3 1 affected", "CVE-2024-3 3 unknown", "CVE-2024-2 0 fixed",
                                   "CVE-2024-3 0 not affected", "CVE-2024-1 0 not affected"});
    CHECK(assessment.verdicts.back().statement == "vulnerable_code_not_present");
    CHECK(assessment.verdicts.back().verdict.reason == Reason::stated_not_affected);
    CHECK(assessment.statements_without_advisory == 1);
}

TEST_CASE("a statement about one version or origin does not speak for others of the name") {
    const auto compiled = data();
    std::vector<Component> alike(3, software("p", "1.0", cpe("a", "v", "p", "1.0")));
    alike[1] = software("p", "1.1", cpe("a", "v", "p", "1.1"));
    alike[2].purl = "pkg:generic/p@1.0";
    const auto hidden = [&](const Statement& statement) {
        std::string places;
        const auto assessment = match_set(compiled.file, alike, std::vector{statement}, {});
        for (const auto& v : assessment.verdicts)
            if (v.verdict.verdict == Verdict::not_affected) places += std::to_string(v.component);
        std::ranges::sort(places);
        return places;
    };
    Statement statement{"CVE-2024-1", "p", StatementStatus::not_affected, "not built in"};
    CHECK(hidden(statement) == "012");
    statement.version = "1.0";
    CHECK(hidden(statement) == "02");
    statement.purl = "";
    CHECK(hidden(statement) == "0");
    statement.purl = "pkg:generic/p@1.0";
    CHECK(hidden(statement) == "2");
    statement.version = "";
    CHECK(hidden(statement).empty());
    // What one is said to have is not said of the others either.
    Statement bundled{"CVE-2024-5", "p", StatementStatus::affected, "bundled copy"};
    bundled.version = "1.1";
    const auto assessment = match_set(compiled.file, alike, std::vector{bundled}, {});
    std::string places;
    for (const auto& v : assessment.verdicts)
        if (compiled.file.id(v.verdict.advisory) == "CVE-2024-5") places += std::to_string(v.component);
    CHECK(places == "1");
}

TEST_CASE("a statement can add what no source knows, but not hide what one found") {
    const auto compiled = data();
    const std::vector<Statement> statements{{"CVE-2024-5", "p", StatementStatus::affected, "bundled copy"},
                                            {"CVE-2024-1", "p", StatementStatus::under_investigation, ""}};
    const auto assessment = match_set(compiled.file, set(), statements, {});
    CHECK(lines(compiled, assessment) ==
          std::vector<std::string>{"CVE-2024-3 1 affected", "CVE-2024-2 0 affected", "CVE-2024-1 0 affected",
                                   "CVE-2024-5 0 affected", "CVE-2024-3 3 unknown"});
    CHECK(assessment.verdicts[3].verdict.reason == Reason::stated_affected);
    const auto e = evidence(compiled.file, set()[0], assessment.verdicts[3].verdict);
    CHECK(e.sentence == "CVE-2024-5 and p 1.0: affected, since the maker of the software says that it is "
                        "affected; confidence high.");
}

TEST_CASE("a set of which nothing could be assessed says so, and hardware is no software") {
    const auto data =
        compile({record(Source::nvd, "CVE-1-1", {any_of({before(cpe("a", "v", "p", "*"), "2.0")})})});
    const auto nameless = software("blob", "1", "");
    const auto assessed = [&](const std::vector<Component>& set) {
        return match_set(data.file, set, {}).nothing_assessed;
    };
    CHECK(assessed({nameless}));
    CHECK(assessed({nameless, packaged("left-pad", "pkg:npm/left-pad@1.3.0"), hardware("GW-1")}));
    CHECK_FALSE(assessed({nameless, software("p", "3.0", cpe("a", "v", "p", "3.0"))}));
    CHECK_FALSE(assessed({hardware("GW-1")}));
    CHECK_FALSE(assessed({}));
    // What a statement clears is no assessment of the rest; what it makes affected is.
    const auto stated = [&](StatementStatus status) {
        const std::vector<Statement> statements{{"CVE-1-1", "blob", status, "why"}};
        return match_set(data.file, std::vector{nameless}, statements).nothing_assessed;
    };
    CHECK(stated(StatementStatus::not_affected));
    CHECK(stated(StatementStatus::fixed));
    CHECK_FALSE(stated(StatementStatus::affected));
    CHECK_FALSE(stated(StatementStatus::under_investigation));
}
