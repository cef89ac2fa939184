// SPDX-License-Identifier: Apache-2.0
#include <advisory/compiler.hpp>
#include <doctest/doctest.h>
#include <risk/cvss.hpp>
#include <risk/next_fix.hpp>
#include <risk/risk.hpp>

using namespace oakum;
using namespace oakum::risk;
using advisory::AdvisoryView;
using advisory::Confidence;

namespace {

AdvisoryView view(std::string_view id, double score, std::optional<advisory::Epss> epss = std::nullopt) {
    AdvisoryView v;
    v.id = id;
    v.base_score = score;
    v.severity = score > 0 ? advisory::severity_of_score(score) : advisory::Severity::not_scored;
    v.epss = epss;
    return v;
}

AdvisoryView exploited(bool ransomware) {
    auto v = view("CVE-1-1", 10);
    v.exploited = true;
    v.kev = advisory::Kev{{}, {}, ransomware, {}, {}};
    return v;
}

constexpr Context plain{Criticality::medium, Exposure::open, false};

// p has CVE-1 (exploited) and CVE-2 below 2.0, CVE-3 from 2.0 on.
struct World {
    base::Bytes bytes;
    advisory::AdvisoryFile file;
    advisory::SetAssessment old_set, new_set, other_set;

    World() {
        advisory::AdvisoryCompiler compiler(base_score);
        const auto add = [&](const char* id, const char* from, const char* to) {
            advisory::Record record;
            record.id = id;
            advisory::CpeMatch match;
            match.criteria = "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*";
            if (*from != 0) match.start_including = from;
            if (*to != 0) match.end_excluding = to;
            record.applicability.push_back(
                advisory::CpeConfiguration{false, false, {{false, false, {match}}}});
            record.cvss = {{"cna", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 0}};
            compiler.add(record);
        };
        add("CVE-2024-1", "", "2.0");
        add("CVE-2024-2", "", "2.0");
        add("CVE-2024-3", "2.0", "");
        compiler.add(advisory::KevEntry{"CVE-2024-1", {}, {}, false, "", ""});
        compiler.add(advisory::EpssScore{"CVE-2024-2", 0.5F, 0.9F});
        compiler.add(advisory::EpssScore{"CVE-2024-3", 0.01F, 0.2F});
        bytes = compiler.compile().value();
        file = advisory::AdvisoryFile::open(bytes).value();
        old_set = assess("1.0");
        new_set = assess("2.0");
        other_set = assess("custom");
    }
    advisory::SetAssessment assess(const std::string& version) const {
        component::Component p;
        p.name = "p";
        p.version = version;
        p.cpe = "cpe:2.3:a:v:p:" + version + ":*:*:*:*:*:*:*";
        const std::vector set{p};
        return advisory::match_set(file, set, {}, {});
    }
};

} // namespace

TEST_CASE("the formula is the product that its header states") {
    CHECK(risk_of(exploited(false), Confidence::high, plain).points == doctest::Approx(100));
    CHECK(risk_of(exploited(true), Confidence::high, plain).points == doctest::Approx(110));
    const auto likely = view("CVE-1-2", 8, advisory::Epss{0.25F, 0.9F});
    CHECK(risk_of(likely, Confidence::high, plain).points == doctest::Approx(20));
    CHECK(risk_of(likely, Confidence::medium, plain).points == doctest::Approx(16));
    CHECK(risk_of(likely, Confidence::high, {Criticality::critical, Exposure::internal, true}).points ==
          doctest::Approx(20 * 2 * 0.35 * 1.5));
    auto proven = view("CVE-1-3", 5, advisory::Epss{0.001F, 0.1F});
    proven.exploitation = advisory::Exploitation::poc;
    CHECK(risk_of(proven, Confidence::high, plain).points == doctest::Approx(2.5));
    proven.exploitation = advisory::Exploitation::active;
    CHECK(risk_of(proven, Confidence::high, plain).points == doctest::Approx(50));
}

TEST_CASE("what is assumed is said") {
    const auto terms =
        risk_of(view("CVE-1-4", 0), Confidence::low, {Criticality::medium, Exposure::unknown, false});
    CHECK(terms.threat_assumed);
    CHECK(terms.impact_assumed);
    CHECK(terms.exposure_assumed);
    CHECK(terms.points == doctest::Approx(100 * 0.01 * 0.5 * 1 * 0.5));
    CHECK(terms.sentence == "CVE-1-4 weighs 0.3 points: no one has estimated its exploitation, taken as 1.0 "
                            "%, its impact is not scored (5.0 of 10 "
                            "taken), the device's exposure is not stated (open taken), its criticality "
                            "medium, and the match is of low "
                            "confidence.");
    CHECK(risk_of(exploited(true), Confidence::high, {Criticality::high, Exposure::open, true}).sentence ==
          "CVE-1-1 weighs 247.5 points: it is exploited, also by ransomware, its impact is 10.0 of 10, the "
          "device's exposure is open, its "
          "criticality high, people can be hurt.");
}

TEST_CASE("risk never falls when a factor rises") {
    for (const auto exposure : {Exposure::internal, Exposure::controlled, Exposure::open})
        for (const auto criticality :
             {Criticality::low, Criticality::medium, Criticality::high, Criticality::critical})
            for (const bool safety : {false, true}) {
                const auto points = [&](double score, float epss, Confidence c) {
                    return risk_of(view("x", score, advisory::Epss{epss, 0}), c,
                                   {criticality, exposure, safety})
                        .points;
                };
                CHECK(points(5, 0.1F, Confidence::high) < points(6, 0.1F, Confidence::high));
                CHECK(points(5, 0.1F, Confidence::high) < points(5, 0.2F, Confidence::high));
                CHECK(points(5, 0.1F, Confidence::low) < points(5, 0.1F, Confidence::medium));
                CHECK(points(10, 1.0F, Confidence::high) <=
                      risk_of(exploited(false), Confidence::high, {criticality, exposure, safety}).points);
            }
}

TEST_CASE("the risk of a set is the sum of its findings, and the unknown is counted beside it") {
    const World world;
    const auto risk = risk_of_set(world.file, world.old_set, plain);
    CHECK(risk.findings == 2);
    CHECK(risk.exploited == 1);
    CHECK(risk.points ==
          doctest::Approx(100 * 0.8 + 50 * 0.8)); // ranges of generic versions are of medium confidence
    REQUIRE(risk.by_finding.size() == 2);
    CHECK(risk.by_finding[0].points > risk.by_finding[1].points);
    const auto unknown = risk_of_set(world.file, world.other_set, plain);
    CHECK(unknown.points == 0);
    CHECK(unknown.unknown == 3);
}

TEST_CASE("the next best fix is the release that removes most risk, net of what it brings") {
    const World world;
    const std::vector<Candidate> candidates{{"same", &world.old_set},
                                            {"2.0", &world.new_set},
                                            {"unreachable", &world.new_set},
                                            {"missing", nullptr}};
    const std::vector<Population> populations{
        {&world.old_set, plain, 10, {0, 1, 3}},
        {&world.old_set, {Criticality::critical, Exposure::open, false}, 1, {1}},
        {&world.new_set, plain, 5, {1}}};
    const auto offers = next_best_fix(world.file, populations, candidates);
    REQUIRE(offers.size() == 1);
    const auto& offer = offers[0];
    CHECK(offer.candidate == 1);
    CHECK(offer.devices == 16);
    CHECK(offer.risk_removed == doctest::Approx((120 - 0.8) * 12));
    CHECK(offer.risk_left == doctest::Approx(0.8 * 17));
    CHECK(offer.findings_ended == 22);
    CHECK(offer.exploited_ended == 11);
    CHECK(offer.advisories_ended == 2);
    CHECK(offer.exploited_advisories_ended == 1);
    REQUIRE(offer.shares.size() == 3);
    CHECK(offer.shares[1].population == 1);
    CHECK(offer.shares[1].exploited_ended == 1);
    CHECK(offer.shares[0].risk_removed + offer.shares[1].risk_removed + offer.shares[2].risk_removed ==
          doctest::Approx(offer.risk_removed));
    CHECK(offer.ended.size() == 2);
    CHECK(world.file.id(offer.ended[0]) == "CVE-2024-1");
    REQUIRE(offer.brought.size() == 1);
    CHECK(world.file.id(offer.brought[0]) == "CVE-2024-3");
}
