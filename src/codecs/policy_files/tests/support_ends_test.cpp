// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <policy_files/support_ends.hpp>

using namespace oakum;
using namespace oakum::policy_files;

TEST_CASE("ends of support are read in any order of columns, and written as they are read") {
    const auto rows = read_support_ends("# our letters\nsource;support_end;branch;name;of\n"
                                        "letter of 2026-01;2027-06-30;;AC-GW200;Model\n");
    REQUIRE_MESSAGE(rows.ok(), rows.error().text());
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().of == risk::SupportEnd::Of::model);
    CHECK(base::to_date(rows->front().ends) == "2027-06-30");
    CHECK(read_support_ends(write_support_ends(*rows)).value() == *rows);
}

TEST_CASE("each wrong line of a table of support is named") {
    const auto rows = read_support_ends("of,name,branch,support_end,source\nsoftware,x,,2027-06-30,me\n"
                                        "model,,,soon,\n");
    REQUIRE_FALSE(rows.ok());
    CHECK(rows.error().where == "line 2");
    CHECK(rows.error().message ==
          "line 2, of: \"software\" is none of model, system, component; line 3, name: it "
          "is missing, or longer than 128 characters; line 3, support_end: \"soon\" is no "
          "day, such as 2027-06-30; line 3, source: say who says so, in at most 256 "
          "characters");
    CHECK(read_support_ends("name,branch\n").error().message.find("the column of is missing") !=
          std::string::npos);
}

TEST_CASE("what comes with Oakum is read, each row with its source, no branch twice") {
    const auto& rows = known_support_ends();
    CHECK(rows.size() > 40);
    CHECK(read_support_ends(write_support_ends(rows)).value() == rows);
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            CHECK_FALSE((rows[i].of == rows[j].of && rows[i].name == rows[j].name &&
                         rows[i].branch == rows[j].branch));
}
