// SPDX-License-Identifier: Apache-2.0
#include <csv/reader.hpp>
#include <csv/writer.hpp>
#include <doctest/doctest.h>

using namespace oakum;

TEST_CASE("what is written does nothing where it is opened") {
    struct Case {
        std::string field, line;
    };
    const std::vector<Case> cases{
        {"camera", "camera"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"a;b", "\"a;b\""},
        {"say \"a\"", "\"say \"\"a\"\"\""},
        {"=1+1", "'=1+1"},
        {"  =1+1", "'  =1+1"},
        {"\t=1+1", "' =1+1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+49 30", "'+49 30"},
        {"|calc", "'|calc"},
        {"-2+3", "'-2+3"},
        {"-12.5", "-12.5"},
        {"-", "'-"},
        {"10", "10"},
        {"two\nlines\r", "two lines "},
        {"\x1b[31mred\x7f", "?[31mred?"},
        {std::string("a\0b", 3), "a?b"},
        {"abc\xE2\x80\xAEtxt.exe", "abc?txt.exe"},
        {"zero\xE2\x80\x8Bwidth", "zero?width"},
        {"\xEF\xBB\xBF=1", "?=1"},
        {"line\xE2\x80\xA8"
         "end\xE2\x80\x9C",
         "line?end\xE2\x80\x9C"},
        {"\xE2\x81\xA6=1\xE2\x81\xA9", "?=1?"},
        {"a\xC2\x9B\x31m", "a?1m"},
        {"M\xC3\xBCnchen", "M\xC3\xBCnchen"},
        {"<b>", "<b>"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.field);
        std::string out;
        csv::append_row(out, {"x", each.field});
        CHECK(out == "x," + each.line + "\r\n");
    }
}

TEST_CASE("what is written is read again as it was, where it was harmless") {
    const std::vector<std::string> fields{"a,b", "\"", "", "M\xC3\xBCnchen; x", "7"};
    std::string out;
    csv::append_row(out, {"one", "two", "three", "four", "five"});
    csv::append_row(out, fields);
    std::vector<std::vector<std::string>> rows;
    csv::Reader reader({.row =
                            [&](csv::Row&& row) {
                                rows.push_back(std::move(row.fields));
                                return base::Status();
                            },
                        .bad = [](std::uint64_t, std::string) { return base::Status(); }});
    REQUIRE(reader.feed(base::as_bytes(out)).ok());
    REQUIRE(reader.finish().ok());
    REQUIRE(rows.size() == 2);
    CHECK(rows[1] == fields);
}
