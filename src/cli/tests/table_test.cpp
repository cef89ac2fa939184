// SPDX-License-Identifier: Apache-2.0
#include <cli/table.hpp>

#include <doctest/doctest.h>

using namespace oakum::cli;

TEST_CASE("columns line up whatever alphabet is in them") {
    CHECK(render_table({{"NAME"}, {"N", true, true}}, {{"Größe", "7"}, {"a", "1,674"}}, 0) ==
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
    // What turns the direction of writing, or cannot be seen.
    CHECK(printable("exe\u202Etxt.cod") == "exe?txt.cod");
    CHECK(printable("\u2066a\u2069 \u200F \u200B") == "?a? ? ?");
    CHECK(printable("a\u2028b\uFEFF\U000E0041") == "a?b??");
    CHECK(printable("日本 שלום") == "日本 שלום");
}

TEST_CASE("wide characters take two columns, combining ones none") {
    CHECK(display_width("日本") == 4);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("🙂") == 2);
    CHECK(render_table({{"NAME"}, {"N", true, true}}, {{"日本", "1"}, {"abcde", "2"}}, 0) == "NAME   N\n"
                                                                                             "日本   1\n"
                                                                                             "abcde  2\n");
}

TEST_CASE("ids and numbers are never cut, whatever the width") {
    const std::vector<Head> heads{{"ID", false, true}, {"TITLE"}};
    const std::vector<std::vector<std::string>> rows{{"01jc0000000000000000000002", "a very long title"}};
    CHECK(least_width(heads, rows) == 26 + 2 + 12);
    CHECK(render_table(heads, rows, 20).find("01jc0000000000000000000002") != std::string::npos);
}

TEST_CASE("sentences are broken at spaces") {
    CHECK(wrap("one two three", 8, 0) == "one two\nthree");
    CHECK(wrap("one two three", 8, 2) == "one\n  two\n  three");
    CHECK(wrap("one two three", 0, 0) == "one two three");
    CHECK(wrap("unbreakable", 4, 0) == "unbreakable");
}

TEST_CASE("a table is cut to the terminal, and shows that it was") {
    const std::string out =
        render_table({{"ID"}, {"TITLE"}}, {{"1", "a very long title that does not fit"}}, 24);
    CHECK(out.find("…") != std::string::npos);
    CHECK(display_width(out.substr(out.find('\n') + 1)) <= 25);
}

TEST_CASE("CSV cells cannot become formulas") {
    CHECK(render_csv({{"a"}, {"b"}}, {{"=1+cmd|' /C calc'!A0", "say \"hi\", twice"}, {"-12", "@x"}}) ==
          "a,b\r\n'=1+cmd|' /C calc'!A0,\"say \"\"hi\"\", twice\"\r\n-12,'@x\r\n");
    for (const char* number : {"-12", "0.5", "-0.25", "1674"})
        CHECK(render_csv({{"a"}}, {{number}}) == "a\r\n" + std::string(number) + "\r\n");
    for (const char* formula : {"-2+3", "+1", "-", "-1.", "--1", "-1-1", "=1", "|x", "-.5"})
        CHECK(render_csv({{"a"}}, {{formula}}) == "a\r\n'" + std::string(formula) + "\r\n");
}

TEST_CASE("JSON that a terminal would obey says the same by numbers") {
    CHECK(json_for_terminals(R"({"name":"camera"})") == R"({"name":"camera"})");
    CHECK(json_for_terminals("{\"name\":\"K\xC3\xBC"
                             "che \xE2\x80\xAEgnp.exe\"}\n") == "{\"name\":\"K\xC3\xBC"
                                                                "che \\u202egnp.exe\"}\n");
    CHECK(json_for_terminals("\"\xC2\x9B"
                             "31m\x7F\"") == R"("\u009b31m\u007f")");
    CHECK(json_for_terminals("\"\xF3\xA0\x81\x81\"") == R"("\udb40\udc41")"); // a tag, in two units
    CHECK(json_for_terminals("\"\xFF\"") == "\"\xFF\"");                      // no text at all: as it is
}
