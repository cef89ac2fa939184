// SPDX-License-Identifier: Apache-2.0
#include <cli/table.hpp>

#include <doctest/doctest.h>

using namespace oakum::cli;

TEST_CASE("columns line up whatever alphabet is in them") {
    CHECK(render_table({"NAME", "N"}, {{"Größe", "7"}, {"a", "1,674"}}, {false, true}, 0) ==
          "NAME       N\n"
          "Größe      7\n"
          "a      1,674\n");
}

TEST_CASE("text from devices cannot steer the terminal") {
    CHECK(printable("\x1b[31mred\x07") == "?[31mred?");
    CHECK(printable("a\nb\tc") == "a b c");
    CHECK(printable("\xc2\x9b"
                    "31m") == "?31m");
    CHECK(printable("bad \xff\xfe") == "bad ??");
    CHECK(printable("Größe") == "Größe");
}

TEST_CASE("a table is cut to the terminal, and shows that it was") {
    const std::string out =
        render_table({"ID", "TITLE"}, {{"1", "a very long title that does not fit"}}, {false, false}, 24);
    CHECK(out.find("…") != std::string::npos);
    CHECK(display_width(out.substr(out.find('\n') + 1)) <= 25);
}

TEST_CASE("CSV cells cannot become formulas") {
    CHECK(render_csv({"a", "b"}, {{"=1+cmd|' /C calc'!A0", "say \"hi\", twice"}, {"-12", "@x"}}) ==
          "a,b\r\n'=1+cmd|' /C calc'!A0,\"say \"\"hi\"\", twice\"\r\n-12,'@x\r\n");
}
