// SPDX-License-Identifier: Apache-2.0
#include "../src/values.hpp"

#include <device_lists/mac.hpp>
#include <doctest/doctest.h>

using namespace oakum::device_lists;

namespace {

struct Row {
    std::string cell, expected;
};

std::string read(std::string_view fact, std::string_view cell, Dates dates = Dates::by_the_file) {
    auto value = value_of(fact, plain_cell(cell), dates);
    return value.ok() ? *value : "refused: " + value.error().message;
}

} // namespace

TEST_CASE("what a spreadsheet does to a cell is undone") {
    const Row rows[] = {
        {"=\"0123\"", "0123"},
        {"'0123", "0123"},
        {"'=1+1", "=1+1"},
        {"'s-Hertogenbosch", "'s-Hertogenbosch"},
        {"  a \t b\r\nc ", "a b c"},
        {"\xC2\xA0x\xC2\xA0y", "x y"},
        {"n/a", ""},
        {"-", ""},
        {"#N/A", ""},
        {"=\"\"", ""},
        {"=HYPERLINK(\"http://x\")", "=HYPERLINK(\"http://x\")"},
        {"", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.cell);
        CHECK(plain_cell(row.cell) == row.expected);
    }
}

TEST_CASE("dates are read in every form that spreadsheets write, and never guessed") {
    const Row rows[] = {
        {"2026-11-05", "2026-11-05"},
        {"2026-11-05T10:00:00Z", "2026-11-05"},
        {"2026-11-05 10:00:00.0000000", "2026-11-05"},
        {"2026/1/5", "2026-01-05"},
        {"05.11.2026", "2026-11-05"},
        {"5.1.26", "2026-01-05"},
        {"31/12/2026", "2026-12-31"},
        {"12/31/2026 11:59:00 PM", "2026-12-31"},
        {"4/4/2026", "2026-04-04"},
        {"46331", "2026-11-05"},
        {"46331.5", "2026-11-05"},
        {"5-Nov-26", "2026-11-05"},
        {"5 Nov 2026", "2026-11-05"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.cell);
        CHECK(read("support_end", row.cell) == row.expected);
    }
    CHECK(read("support_end", "3/4/2026").starts_with("refused: '3/4/2026' can be read"));
    CHECK(read("support_end", "3/4/2026", Dates::day_first) == "2026-04-03");
    CHECK(read("support_end", "3/4/2026", Dates::month_first) == "2026-03-04");
    for (const char* wrong :
         {"soon", "31.11.2026", "0/0/2026", "2026-13-01", "17", "1e9", "--", "5-Foo-26", "12/"})
        CHECK_MESSAGE(read("support_end", wrong).starts_with("refused: "), wrong);
}

TEST_CASE("values take the form that their fact has") {
    CHECK(read("criticality", "High") == "high");
    CHECK(read("safety_critical", "Ja") == "yes");
    CHECK(read("unattended", "FALSE") == "no");
    CHECK(read("unattended", "perhaps") == "refused: 'perhaps' is not yes or no");
    CHECK(read("address", "10.0.0.1, fe80::1") == "10.0.0.1");
    CHECK(read("x.mac", "00-1A-2B-3C-4D-5E") == "00:1a:2b:3c:4d:5e");
    CHECK(read("x.mac", "00-1A-2B") == "refused: '00-1A-2B' is no MAC address");
    CHECK(read("serial", "1.23457E+14").starts_with("refused: '1.23457E+14' is what a spreadsheet made"));
    CHECK(read("serial", "1E+AB") != "");
    CHECK(read("serial", "C02E+X1") == "C02E+X1");
    CHECK(read("platform", "iOS") == "ios");
    CHECK(read("platform", "Android (personally-owned work profile)") == "android");
    CHECK(platform_and_version("macOS 14.5") == std::pair<std::string, std::string>("macos", "14.5"));
    CHECK(platform_and_version("Mac OS X 10.15.7 (19H2)") ==
          std::pair<std::string, std::string>("macos", "10.15.7"));
    CHECK(platform_and_version("Windows 11").first == "windows");
    CHECK(platform_and_version("linux").first == "linux");
}

TEST_CASE("a MAC address is read in each of its forms") {
    for (const char* form : {"00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "001A2B3C4D5E"})
        CHECK(as_mac(form) == "00:1a:2b:3c:4d:5e");
    for (const char* none : {"", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5g", "00:00:00:00:00:00",
                             "ff:ff:ff:ff:ff:ff", "00:1a:2b:3c:4d:5e:6f:70"})
        CHECK_FALSE(as_mac(none));
}
