// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/cvss.hpp>
#include <risk/environment.hpp>

using namespace oakum::risk;

namespace {
constexpr const char* kThree = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
}

TEST_CASE("what a device requires comes from its criticality, how it is reached from its exposure") {
    const auto isolated = environmental(kThree, {Criticality::low, Exposure::internal, false});
    REQUIRE(isolated);
    CHECK(isolated->vector == std::string(kThree) + "/CR:L/IR:L/AR:L/MAV:A");
    CHECK(isolated->by_criticality == "CR:L/IR:L/AR:L");
    CHECK(isolated->by_exposure == "MAV:A");
    CHECK(isolated->base_score == doctest::Approx(9.8));
    CHECK(isolated->score == doctest::Approx(*Cvss::parse(isolated->vector)->overall_score));
    CHECK(isolated->score < 9.8);
    // An internal network is still "network"; what is not known counts as exposed.
    for (const Exposure exposure : {Exposure::controlled, Exposure::open, Exposure::unknown}) {
        const auto reached = environmental(kThree, {Criticality::medium, exposure, false});
        CHECK(reached->by_exposure.empty());
        CHECK(reached->score == doctest::Approx(9.8));
    }
    CHECK(environmental(kThree, {Criticality::critical, Exposure::open, false})->by_criticality ==
          "CR:H/IR:H/AR:H");
}

TEST_CASE("only what is reached over the network is brought nearer") {
    const auto local = environmental("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",
                                     {Criticality::medium, Exposure::internal, false});
    CHECK(local->by_exposure.empty());
    const auto four = environmental("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P",
                                    {Criticality::high, Exposure::internal, false});
    REQUIRE(four);
    CHECK(four->vector.ends_with("/E:P/CR:H/IR:H/AR:H/MAV:A"));
    CHECK(four->score < four->base_score);
}

TEST_CASE("version 2 has requirements alone, and what the vector states of them is replaced") {
    const auto two = environmental("(AV:N/AC:L/Au:N/C:C/I:C/A:C/CR:H/IR:H/AR:H)",
                                   {Criticality::low, Exposure::internal, false});
    REQUIRE(two);
    CHECK(two->vector == "AV:N/AC:L/Au:N/C:C/I:C/A:C/CR:L/IR:L/AR:L");
    CHECK(two->score < 10);
    CHECK_FALSE(environmental("CVSS:9.9/AV:N", {}));
}

TEST_CASE("more criticality never lowers a score, and no exposure raises it above its base score's vector") {
    for (const char* vector : {kThree, "CVSS:3.0/AV:N/AC:H/PR:L/UI:R/S:C/C:L/I:H/A:N",
                               "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:L/VI:H/VA:N/SC:N/SI:L/SA:N"})
        for (const Exposure exposure : {Exposure::internal, Exposure::open}) {
            double last = 0;
            for (const auto criticality :
                 {Criticality::low, Criticality::medium, Criticality::high, Criticality::critical}) {
                const double score = environmental(vector, {criticality, exposure, false})->score;
                CHECK(score >= last);
                CHECK(score >= environmental(vector, {criticality, Exposure::internal, false})->score);
                last = score;
            }
        }
}
