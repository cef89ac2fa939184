// SPDX-License-Identifier: Apache-2.0
#include <csv/reader.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace oakum;

namespace {

// "1[a|b] 2[c|d] !3(reason) "
base::Result<std::string> read(std::string_view text, std::size_t step, csv::Limits limits = {}) {
    std::string out;
    csv::Reader reader({[&](csv::Row&& row) -> base::Status {
                            out += std::to_string(row.line) + "[";
                            for (std::size_t i = 0; i < row.fields.size(); ++i)
                                out += (i > 0 ? "|" : "") + row.fields[i];
                            out += "] ";
                            return {};
                        },
                        [&](std::uint64_t line, const std::string& reason) -> base::Status {
                            out += "!" + std::to_string(line) + "(" + reason + ") ";
                            return {};
                        }},
                       limits);
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, std::min(step, text.size()));
        TRY(reader.feed(base::as_bytes(piece)));
        text.remove_prefix(piece.size());
    }
    TRY(reader.finish());
    return out;
}

struct Row {
    std::string text, expected;
};

} // namespace

TEST_CASE("rows are read as RFC 4180 says, and as spreadsheets write them") {
    const Row rows[] = {
        {"", ""},
        {"\n\r\n", ""},
        {"a,b\nc,d\n", "1[a|b] 2[c|d] "},
        {"a,b\r\nc,d", "1[a|b] 2[c|d] "},
        {"a,b\n\n\nc,\n,\n", "1[a|b] 4[c|] 5[|] "},
        {"\"a,1\",\"say \"\"hi\"\"\"\n\"two\nlines\",x\nnext,y\n",
         "1[a,1|say \"hi\"] 2[two\nlines|x] 4[next|y] "},
        {"a;b,c;d\n1;2;3\n", "1[a|b,c|d] 2[1|2|3] "},
        {"a\tb\n1\t2,3\n", "1[a|b] 2[1|2,3] "},
        {"\"x;y;z\",b\n1,2\n", "1[x;y;z|b] 2[1|2] "},
        {"\xEF\xBB\xBFname,b\n", "1[name|b] "},
        {"\xEF\xBB\xBFsep=;\r\na,b;c\r\n", "2[a,b|c] "},
        {"one\ntwo\n", "1[one] 2[two] "},
        {"\"\",\"\"\n", "1[|] "},
        {" a , b \n", "1[ a | b ] "},
        {"a,b\n=\"01,23\",x\n=\"04\"\n=\"05", "1[a|b] 2[=\"01,23\"|x] 3[=\"04\"] 4[=\"05] "},
        {"\xC3\xA9,\xE4\xB8\xAD\n", "1[\u00e9|\u4e2d] "},
        {"\"a\"\"\r\nb\",c\r\nd,e\r\n", "1[a\"\r\nb|c] 3[d|e] "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        for (const std::size_t step : {1UL, 2UL, 1000UL})
            CHECK(read(row.text, step).value() == row.expected);
    }
}

TEST_CASE("a bad row is named by its line, and the next one is read") {
    const Row rows[] = {
        {"a,b\nx\"y,2\nc,d\n", "1[a|b] !2(a quote stands inside a field without quotes) 3[c|d] "},
        {"a,b\n\"x\"y,2\nc,d\n", "1[a|b] !2(something follows a closing quote) 3[c|d] "},
        {"a,b\n\"x,2\nc,d\n", "1[a|b] !2(a quote does not end; lines 2 to 3 are not read) "},
        {"a,b\nx\ry,2\nc,d\n", "1[a|b] !2(a carriage return stands inside the row) 3[c|d] "},
        {std::string("a,b\nx\0,2\nc,d\n", 13), "1[a|b] !2(it holds a zero byte) 3[c|d] "},
        {"a,b\n\x81x,2\nc,d\n", "1[a|b] !2(it is no text in UTF-8, UTF-16 or Windows-1252) 3[c|d] "},
        {"a,b\n1,2,3,4,5\nc,d\n", "1[a|b] !2(more than 4 fields) 3[c|d] "},
        {"a,b\n123456789,2\nc,d\n", "1[a|b] !2(a field is longer than 8 bytes) 3[c|d] "},
        {"a,b\n12345678,12345678,12345678\nc,d\n", "1[a|b] !2(the row is longer than 20 bytes) 3[c|d] "},
        {"a,b\n\"12345678\n\",12345678,12345678\nc,d\n",
         "1[a|b] !2(a field is longer than 8 bytes; perhaps a quote does not end; lines 2 to 3 are "
         "not read) 4[c|d] "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        for (const std::size_t step : {1UL, 3UL, 1000UL})
            CHECK(
                read(row.text, step, {.max_row_bytes = 20, .max_field_bytes = 8, .max_fields = 4}).value() ==
                row.expected);
    }
}

TEST_CASE("UTF-16 is told by its mark, and half a letter costs its row") {
    const auto utf16 = [](std::u16string_view text, bool big) {
        std::string out = big ? "\xFE\xFF" : "\xFF\xFE";
        for (const char16_t unit : text) {
            const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
            out += big ? high : low;
            out += big ? low : high;
        }
        return out;
    };
    for (const bool big : {false, true})
        for (const std::size_t step : {1UL, 2UL, 3UL, 1000UL}) {
            CHECK(read(utf16(u"na\u00efve\t\u4e2d\r\n\U0001F527\tx\r\n", big), step).value() ==
                  "1[na\u00efve|\u4e2d] 2[\U0001F527|x] ");
            CHECK(read(utf16(std::u16string(u"a\tb\n") + char16_t(0xD83D) + u"\tb\nc\td\n", big), step)
                      .value() == "1[a|b] !2(it is no text in UTF-8, UTF-16 or Windows-1252) 3[c|d] ");
            const std::string cut = utf16(u"a\nb\nc", big) + "x";
            CHECK(read(cut, step).value() == "1[a] 2[b] !3(it is no text in UTF-8, UTF-16 or Windows-1252) ");
        }
}

TEST_CASE("a row that is no UTF-8 is read as Windows-1252, and says so") {
    CHECK(read("a;b\nGer\xE4t;5 \x80\nGer\xC3\xA4t;x\n", 2).value() ==
          "1[a|b] 2[Ger\u00e4t|5 \u20ac] 3[Ger\u00e4t|x] ");
    std::vector<bool> recoded;
    csv::Reader reader({[&](csv::Row&& row) -> base::Status {
                            recoded.push_back(row.recoded);
                            return {};
                        },
                        [](std::uint64_t, const std::string&) { return base::Status(); }});
    REQUIRE(reader.feed(base::as_bytes("a\n\xE4\n\xC3\xA4\n")).ok());
    CHECK(recoded == std::vector<bool>{false, true, false});
}

TEST_CASE("what is no CSV, or too many rows of it, stops the reading") {
    CHECK(read("sep=x\na,b\n", 100).error().kind == base::ErrorKind::invalid);
    CHECK(read("a\nb\nc\n", 100, {.max_rows = 2}).error().kind == base::ErrorKind::too_large);
    // Rows that cannot be read are told one by one, so they count too; empty lines do not.
    CHECK(read(std::string_view("a\n\0\n\0\n", 6), 100, {.max_rows = 2}).error().kind ==
          base::ErrorKind::too_large);
    CHECK(read("a\n\n\nb\n", 100, {.max_rows = 2}).value() == "1[a] 4[b] ");
}

TEST_CASE("a first row without an end does not grow for ever") {
    const std::string endless(100'000, 'x');
    CHECK(read(endless, 100, {.max_row_bytes = 1000, .max_field_bytes = 500}).value() ==
          "!1(a field is longer than 500 bytes) ");
}

TEST_CASE("the error of the output stops the reading") {
    csv::Reader reader({[](csv::Row&&) -> base::Status { return base::unavailable("full"); },
                        [](std::uint64_t, const std::string&) { return base::Status(); }});
    CHECK(reader.feed(base::as_bytes("a,b\nc,d\n")).error().message == "full");
}
