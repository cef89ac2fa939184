// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/ssvc.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace oakum::risk;

TEST_CASE("the deployer's table says what CERT/CC's says") {
    const DecisionTable& table = **decision_table("deployer");
    // By exploitation, exposure and automatable; the letters are human impact from low to very high.
    struct Row {
        const char *points, *outcomes;
    };
    for (const Row& row :
         {Row{"none small no", "DDSS"}, Row{"none small yes", "DSSS"}, Row{"none controlled no", "DSSS"},
          Row{"none controlled yes", "SSSS"}, Row{"none open no", "DSSS"}, Row{"none open yes", "SSSO"},
          Row{"public poc small no", "DSSS"}, Row{"public poc small yes", "SSSS"},
          Row{"public poc controlled no", "DSSS"}, Row{"public poc controlled yes", "SSSO"},
          Row{"public poc open no", "SSSO"}, Row{"public poc open yes", "SSOO"},
          Row{"active small no", "SSOO"}, Row{"active small yes", "SOOO"},
          Row{"active controlled no", "SSOO"}, Row{"active controlled yes", "OOOO"},
          Row{"active open no", "SOOI"}, Row{"active open yes", "OOII"}}) {
        const char* impact[] = {"low", "medium", "high", "very high"};
        for (std::size_t i = 0; i < 4; ++i) {
            const std::string line = std::string(row.points) + " " + impact[i];
            INFO(line);
            const auto outcome = table.decide(line);
            REQUIRE(outcome.ok());
            CHECK(outcome->front() == row.outcomes[i] - 'A' + 'a');
        }
    }
}

TEST_CASE("answers are read with tabs, commas or spaces, and a wrong one is named") {
    const DecisionTable& table = **decision_table("ssvc:DT_DP:1.0.0");
    CHECK(table.decide("Active,Open,YES,Very High").value() == "immediate");
    CHECK(table.decide("public poc\tsmall\tno\tlow").value() == "defer");
    CHECK(table.decide("  active open yes very high \r").value() == "immediate");
    CHECK(decision_table("cisa_bod_26_04_1_0_0").value() == &bod_26_04());
    struct Bad {
        const char *line, *where;
    };
    for (const Bad& bad :
         {Bad{"", "exploitation"}, Bad{"active open yes", "human impact"},
          Bad{"active,open,yes,highest", "human impact"}, Bad{"active,open yes,low", "system exposure"},
          Bad{"actively open yes low", "exploitation"}, Bad{"active open yes low low", ""}}) {
        INFO(std::string(bad.line));
        const auto outcome = table.decide(bad.line);
        REQUIRE_FALSE(outcome.ok());
        CHECK(outcome.error().where == bad.where);
    }
    CHECK_FALSE(decision_table("tree").ok());
}

TEST_CASE("every row of every table is the published one") {
    const std::filesystem::path folder = std::filesystem::path(OAKUM_SOURCE_DIR) / "../shared/data/ssvc";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("SKIPPED: the published tables are not here (../shared/data/ssvc)");
        return;
    }
    for (const DecisionTable& table : decision_tables()) {
        std::ifstream file(folder / (std::string(table.published) + ".csv"));
        REQUIRE(file);
        std::string line;
        std::getline(file, line);
        std::size_t rows = 0;
        while (std::getline(file, line)) {
            while (!line.empty() && line.back() == '\r')
                line.pop_back();
            const std::size_t first = line.find(',');
            const std::size_t last = line.rfind(',');
            const std::string row = std::string(table.name) + ": " + line;
            INFO(row);
            const auto outcome = table.decide(line.substr(first + 1, last - first - 1));
            REQUIRE(outcome.ok());
            CHECK(*outcome == line.substr(last + 1));
            ++rows;
        }
        CHECK(rows == table.rows.size());
    }
}
