// SPDX-License-Identifier: Apache-2.0
#include <device_lists/file.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::device_lists;
using namespace std::string_literals;

namespace {

std::string shown(const Record& record) {
    std::string out = std::to_string(record.line) + "[";
    if (!record.id.empty()) out += "id=" + record.id + " ";
    if (!record.group.empty()) out += "group=" + record.group + " ";
    for (const auto& [fact, value] : record.facts)
        out += fact + "=" + value + " ";
    if (out.back() == ' ') out.pop_back();
    return out + "] ";
}
// "2[serial=A] !3(reason) "
std::string read(std::string_view text, Wishes wishes = {}, std::size_t most = 3) {
    auto file = open(text, wishes);
    if (!file.ok()) return file.error().text();
    std::string out;
    for (;;) {
        const auto piece = (*file)->next(most);
        if (!piece.ok()) return out + piece.error().text();
        CHECK(piece->records.size() + piece->refused.size() <= most);
        for (const Record& record : piece->records)
            out += shown(record);
        for (const Refused& refused : piece->refused)
            out += "!" + std::to_string(refused.line) + "(" + refused.reason + ") ";
        if (piece->last) break;
    }
    for (const std::string& note : (*file)->notes())
        out += "# " + note + " ";
    return out;
}

} // namespace

TEST_CASE("a table gives a record a line, without what is empty") {
    CHECK(read("Serial;Name;Site;;\r\nA1;Cam;\"Plant 3\";;\r\nB2;;x;;\r\n;;;;\r\n") ==
          "2[name=Cam serial=A1 site=Plant 3] 3[serial=B2 site=x] ");
    CHECK(read("sep=;\nserial;name\n=\"0123\";'007\n") == "3[name=007 serial=0123] ");
    CHECK(read("serial,notes\nA,\"two\nlines\"\nB,x\n") == "2[serial=A] 4[serial=B] ");
    CHECK(read("\xFF\xFEs\0e\0r\0i\0a\0l\0\n\0A\0\n\0"
               "B\0"s) == "2[serial=A] 3[serial=B] ");
    CHECK(read("serial,group\nA,Plant 3\n") == "2[group=Plant 3 serial=A] ");
    // Nothing stands before the first separator of addresses.
    CHECK(read("serial,address\nA,\";;10.0.0.1\"\n") == "2[serial=A] ");
}

TEST_CASE("a bad line is named and costs itself alone") {
    CHECK(read("serial,support_end\nA,tomorrow\nB,2026-01-01\nC,x\"y\nD,\n") ==
          "3[serial=B support_end=2026-01-01] !2(support_end: 'tomorrow' is no date; write it as 2026-11-05) "
          "!4(a quote stands inside a field without quotes) 5[serial=D] ");
    CHECK(read("serial\nA,b,,\nB,,,\n") == "3[serial=B] !2(has 4 fields, the first line names 1) ");
    CHECK(read("") == "the file is empty; its first line names the columns");
    CHECK(read("a\"b,c\nx,y\n").starts_with("the line that names the columns cannot be read"));
}

TEST_CASE("what only the rows tell is looked up in them") {
    CHECK(read("ID,Serial\n17,A\n") == "2[serial=A] ");
    CHECK(read("ID,Serial\n01hf0000000000000000000000,A\n") == "2[id=01hf0000000000000000000000 serial=A] ");
    CHECK(read("ID,Serial\n,A\n01hf0000000000000000000000,B\n") ==
          "2[serial=A] 3[id=01hf0000000000000000000000 serial=B] ");
    CHECK(read("serial,eol\nA,3/4/2026\nB,13/4/2026\n") ==
          "2[serial=A support_end=2026-04-03] 3[serial=B support_end=2026-04-13] # Dates such as 3/4/2026 "
          "are read with "
          "the day in front. ");
    CHECK(read("serial,eol\nA,3/4/2026\nB,4/13/2026\n").find("support_end=2026-03-04") != std::string::npos);
    // Both in one file: each that can be read two ways is refused.
    CHECK(read("serial,eol\nA,3/4/2026\nB,4/13/2026\nC,13/4/2026\n").starts_with("3[serial=B"));
    Wishes wishes;
    wishes.dates = Dates::month_first;
    CHECK(read("serial,eol\nA,3/4/2026\n", wishes).starts_with("2[serial=A support_end=2026-03-04]"));
}

TEST_CASE("what was left out or recoded is said") {
    const std::string out = read("serial;user;ort\nA;anna;M\xFCnchen\n");
    CAPTURE(out);
    CHECK(out.starts_with("2[serial=A site=M\u00fcnchen] # 1 column is about persons and left out"));
    CHECK(out.find("1 line is not UTF-8 and read as Windows-1252") != std::string::npos);
}

TEST_CASE("an export names what its rows do not") {
    CHECK(read("JSS Computer ID,Computer Name,Serial Number,Operating System,UDID,Managed\n7,m1,C02X,macOS "
               "14.5,u,yes\n") == "2[manufacturer=Apple name=m1 os_version=14.5 platform=macos serial=C02X "
                                  "x.jamf_id=7 x.managed_by=Jamf Pro "
                                  "x.udid=u] ");
}

TEST_CASE("the form of a file is told by how it begins") {
    CHECK(form_of("serial,name\n") == Form::table);
    CHECK(form_of("\n<?xml version=\"1.0\"?><nmaprun>") == Form::nmap);
    CHECK(form_of("\xEF\xBB\xBF<nmaprun/>") == Form::nmap);
    CHECK(form_of("1794567890 00:11:22:33:44:55 10.0.0.5 cam *\n") == Form::dnsmasq);
    CHECK(form_of("duid 00:01:00:01:2c\n") == Form::dnsmasq);
    CHECK(form_of("# The format of this file\n\nauthoring-byte-order little-endian;\n") == Form::isc_dhcpd);
    CHECK(form_of("lease 10.0.0.5 {\n") == Form::isc_dhcpd);
    CHECK(form_of("address,hwaddr,client_id,valid_lifetime,expire,subnet_id\n") == Form::kea);
    CHECK(form_of("lease number\n12\n") == Form::table);
    Wishes wishes;
    wishes.told["a"] = "serial";
    CHECK(read("<nmaprun/>", wishes) == "only a table has columns that can mean something (at columns)");
}
