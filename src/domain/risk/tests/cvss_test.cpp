// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/cvss.hpp>

#include <fstream>
#include <sstream>
#include <string>

using namespace oakum::risk;

TEST_CASE("base scores follow the examples of their specifications") {
    struct Row {
        const char* vector;
        double score;
    };
    for (const auto& row : {Row{"AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8}, Row{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0},
                            Row{"AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2}, Row{"(AV:N/AC:L/Au:N/C:N/I:N/A:N)", 0.0},
                            Row{"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
                            Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
                            Row{"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},
                            Row{"CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
                            Row{"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
                            Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0},
                            Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3},
                            Row{"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7},
                            Row{"CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0}}) {
        INFO(std::string(row.vector));
        CHECK(base_score(row.vector) == row.score);
    }
}

TEST_CASE("base scores are those that publishers state") {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/src/domain/risk/tests/data/stated_scores.txt");
    std::string line;
    int compared = 0;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words(line);
        std::string vector;
        double stated = 0;
        words >> vector >> stated;
        INFO(vector);
        const auto score = base_score(vector);
        REQUIRE(score.has_value());
        // Two differ by a tenth: one is an exact half in 4.0, which the specification's own calculator loses
        // in binary fractions; the other is stated wrongly by its publisher.
        const bool known =
            vector == "CVSS:4.0/AV:N/AC:L/AT:P/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:N/RE:L/U:Green" ||
            vector == "CVSS:3.1/AV:L/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:N";
        CHECK(*score == doctest::Approx(known ? stated + 0.1 : stated));
        ++compared;
    }
    CHECK(compared > 400);
}

TEST_CASE("base and overall scores are those of another implementation, on 12,000 vectors") {
    std::ifstream file(std::string(OAKUM_SOURCE_DIR) + "/src/domain/risk/tests/data/computed_scores.txt");
    std::string line;
    int compared = 0, overall = 0;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#') continue;
        std::istringstream words(line);
        std::string vector;
        double base = 0, whole = 0;
        words >> vector >> base;
        const bool has_overall = static_cast<bool>(words >> whole);
        INFO(vector);
        const auto cvss = Cvss::parse(vector);
        REQUIRE(cvss.ok());
        CHECK(cvss->base_score == doctest::Approx(base));
        REQUIRE(cvss->overall_score.has_value() == has_overall);
        if (has_overall) CHECK(*cvss->overall_score == doctest::Approx(whole));
        ++compared;
        overall += has_overall ? 1 : 0;
    }
    CHECK(compared == 12'000);
    CHECK(overall > 6'000);
}

TEST_CASE("a vector tells what an attack needs and takes") {
    const auto easy = Cvss::parse("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N").value();
    CHECK(easy.network);
    CHECK(easy.low_complexity);
    CHECK(easy.no_privileges);
    CHECK(easy.no_interaction);
    CHECK(easy.total_impact);
    const auto hard =
        Cvss::parse("CVSS:4.0/AV:L/AC:L/AT:P/PR:H/UI:A/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N/E:P/CR:L").value();
    CHECK_FALSE(hard.network);
    CHECK_FALSE(hard.low_complexity);
    CHECK_FALSE(hard.no_privileges);
    CHECK_FALSE(hard.no_interaction);
    CHECK_FALSE(hard.total_impact);
    CHECK_FALSE(Cvss::parse("AV:N/AC:L/Au:N/C:C/I:C/A:C").value().no_interaction);
}

TEST_CASE("metrics of other groups do not change the base score") {
    CHECK(base_score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/MAV:P") == 9.8);
    CHECK(base_score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/CR:L/U:Amber") ==
          9.3);
}

TEST_CASE("malformed vectors are refused with the metric's name") {
    struct Row {
        const char *vector, *where;
    };
    for (const auto& row :
         {Row{"", "AV"}, Row{"CVSS:3.1/AV:N", "AC"},
          Row{"CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV"}, Row{"CVSS:5.0/AV:N", ""},
          Row{"CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV"},
          Row{"CVSS:4.0/AV:N/AC:L/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "AT"}, Row{"nonsense", ""},
          Row{"AV:", ""}, Row{"CVSS:3.1/AV:Network/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV"},
          Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/RL:Z", "RL"},
          Row{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:N", "ZZ"},
          Row{"AV:N/AC:L/Au:N/C:C/I:C/A:C/E:P", "E"},
          Row{"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:S/SI:N/SA:N", "SC"}}) {
        const auto cvss = Cvss::parse(row.vector);
        INFO(std::string(row.vector));
        REQUIRE_FALSE(cvss.ok());
        CHECK(cvss.error().where == row.where);
    }
    CHECK_FALSE(base_score(std::string(600, 'A')).has_value());
}
