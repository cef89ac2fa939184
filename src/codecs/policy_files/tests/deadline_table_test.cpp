// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <json/parse.hpp>
#include <policy_files/deadline_table.hpp>
#include <risk/deadline.hpp>

#include <fstream>
#include <sstream>

using namespace oakum;
using namespace oakum::policy_files;

namespace {

base::Result<risk::DeadlinePolicy> read(std::string_view text) {
    return read_deadline_table("own-1", "Ours", text);
}

std::string error_of(std::string_view text) {
    const auto policy = read(text);
    return policy.ok() ? "" : policy.error().where + " | " + policy.error().message;
}

} // namespace

TEST_CASE("an own table decides by the first row that holds") {
    const auto policy = read("# Plant 3\n"
                             "Severity;safety_critical;known_exploited;days;outcome\n"
                             "*;*;yes;7;at once\n"
                             "critical | HIGH;yes;;14;\n"
                             ";;;next upgrade;\n");
    REQUIRE_MESSAGE(policy.ok(), policy.error().text());
    advisory::AdvisoryView view;
    view.severity = advisory::Severity::high;
    const risk::Context hurts{risk::Criticality::low, risk::Exposure::internal, true};
    CHECK(risk::deadline(view, hurts, *policy).outcome.days == 14);
    CHECK(risk::deadline(view, hurts, *policy).sentence ==
          "Fix within 14 days: it is not known to be exploited, severity is high, and people can be hurt "
          "(Ours).");
    CHECK_FALSE(risk::deadline(view, {}, *policy).term);
    view.exploited = true;
    CHECK(risk::deadline(view, {}, *policy).outcome.name == "at once");
    CHECK(policy->is_own());
}

TEST_CASE("each wrong line of a table is named with what it may say") {
    CHECK(error_of("") == " | the table is empty; its first row names the columns");
    CHECK(error_of("severity,days\n") == " | a table of deadlines without a row");
    CHECK(error_of("severity\nlow\n") == "line 1 | line 1: the column days is missing");
    CHECK(error_of("severity,days\nlow,3\n\nhgh,4\n*,soon\n*,4,5\n") ==
          "line 4 | line 4, severity: \"hgh\" is no answer; it is one of not scored, none, low, medium, "
          "high, critical, or *; line 5, days: \"soon\" is neither a number from 1 to 3650 nor \"next "
          "upgrade\"; line 6: it has 3 cells where the first row has 2");
    CHECK(error_of("severity,days\nlow,3\nhigh,4\n").find("line 3 | no row decides severity = not scored") ==
          0);
    CHECK(error_of("severity,days\n*,3\nhigh,4\n") ==
          "line 3 | this row never applies: the rows above it decide all that it names");
    CHECK(error_of("sverity,days\n*,3\n").find("line 1 | line 1: there is no column \"sverity\"") == 0);
    CHECK(error_of("days,days\n3,3\n").find("twice") != std::string::npos);
    std::string many = "severity,days\n";
    for (int i = 0; i < 12; ++i)
        many += "x,1\n";
    CHECK(error_of(many).ends_with("; and 2 lines more"));
    CHECK_FALSE(read(std::string(70'000, 'x')).ok());
}

TEST_CASE("what is written is read again as the same") {
    for (const risk::DeadlinePolicy& policy : risk::deadline_policies()) {
        INFO(policy.id());
        const std::string text = write_deadline_table(policy);
        const auto again = read(text);
        REQUIRE_MESSAGE(again.ok(), again.error().text());
        CHECK(write_deadline_table(*again) == text);
    }
}

TEST_CASE("the published schema names the columns and words that there are") {
    std::ifstream file(OAKUM_SOURCE_DIR "/docs/deadline-table.schema.json");
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    const auto schema = json::parse(text.str());
    REQUIRE_MESSAGE(schema.ok(), schema.error().text());
    const std::string whole = text.str();
    for (std::size_t i = 0; i < risk::kPoints; ++i) {
        const risk::PointWords& words = risk::words_of(static_cast<risk::Point>(i));
        std::string entry = "{ \"name\": \"" + std::string(words.name) +
                            "\", \"type\": \"string\", \"description\": \"" + std::string(words.about) +
                            "\", \"values\": [";
        for (std::size_t value = 0; value < words.values.size(); ++value)
            entry += (value > 0 ? ", \"" : "\"") + std::string(words.values[value]) + "\"";
        INFO(entry);
        CHECK(whole.find(entry + "] }") != std::string::npos);
    }
}
