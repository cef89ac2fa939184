// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <plist/parse.hpp>
#include <plist/write.hpp>

using namespace oakum;
using namespace oakum::plist;

namespace {

std::string document(const std::string& inside) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST "
           "1.0//EN\" "
           "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">" +
           inside + "</plist>\n";
}
std::string refused(const std::string& inside, const Limits& limits = {}) {
    const auto value = parse(document(inside), limits);
    return value.ok() ? "taken" : value.error().message;
}

} // namespace

TEST_CASE("each kind of value is read, and what is written reads back the same") {
    const auto value = parse(
        document("<!-- a comment --><dict>\n<key>a &amp; b</key><string> x &lt;&#x1F600;<![CDATA[<&>]]> "
                 "</string><key>n</key><integer>-42</integer><key>r</key><real>1.5</real>"
                 "<key>d</key><data>\n\tAAEC\n\tAw==\n</data><key>t</key><true/><key>f</key><false/>"
                 "<key>w</key><date>2026-11-22T16:03:00Z</date><key>l</key><array><string/><dict/></array>"
                 "</dict>"));
    REQUIRE(value.ok());
    const auto* dict = value->as<Dict>();
    REQUIRE(dict);
    CHECK(dict->text("a & b") == " x <\xF0\x9F\x98\x80<&> ");
    CHECK(dict->whole("n") == -42);
    CHECK(dict->number("r") == 1.5);
    CHECK(dict->number("n") == -42.0);
    CHECK(*dict->data("d") == base::Bytes{0, 1, 2, 3});
    CHECK(dict->truth("t") == true);
    CHECK(dict->truth("f") == false);
    CHECK(base::to_iso8601(*dict->find("w")->as<base::TimePoint>()) == "2026-11-22T16:03:00Z");
    CHECK(dict->array("l")->size() == 2);
    const auto again = parse(write_xml(*value));
    REQUIRE(again.ok());
    CHECK(*again == *value);
}

TEST_CASE("what only looks like a property list is refused, with its line") {
    CHECK(refused("<dict><key>a</key><integer>1</integer><key>a</key><integer>2</integer></dict>") ==
          "reading a property list: the key \"a\" stands twice");
    CHECK(refused("<dict><integer>1</integer></dict>") == "reading a property list: a value without a key");
    CHECK(refused("<string>&evil;</string>") == "reading a property list: an entity of its own");
    CHECK(refused("<string>&#0;</string>") == "reading a property list: an entity that is no character");
    CHECK(refused("<integer>12x</integer>") == "reading a property list: a number that cannot be read");
    CHECK(refused("<integer>99999999999999999999</integer>") ==
          "reading a property list: a number that cannot be read");
    CHECK(refused("<data>@@</data>") == "reading a property list: data that is no base64");
    CHECK(refused("<date>yesterday</date>") == "reading a property list: a date that cannot be read");
    CHECK(refused("<script>1</script>") ==
          "reading a property list: an element <script> that no property list has");
    CHECK(refused("<string>a</integer>") == "reading a property list: <string> is not closed");
    CHECK(refused("<string>a</string><string>b</string>") == "reading a property list: </plist> is missing");
    CHECK_FALSE(parse("").ok());
    CHECK_FALSE(parse("<plist><string>\xff</string></plist>").ok());
    CHECK_FALSE(parse("<!DOCTYPE plist [<!ENTITY a \"b\">]><plist><string>&a;</string></plist>").ok());
    CHECK_FALSE(parse(document("<true/>") + "<more/>").ok());
    CHECK(parse("<plist>\n<array>\n<oops>1</oops></array></plist>").error().where == "line 3");
}

TEST_CASE("nesting, numbers of values and bytes are bounded") {
    const auto nested = [](std::size_t depth) {
        std::string text;
        for (std::size_t i = 0; i < depth; ++i)
            text += "<array>";
        for (std::size_t i = 0; i < depth; ++i)
            text += "</array>";
        return text;
    };
    Limits limits;
    limits.max_depth = 5;
    CHECK(refused(nested(5), limits) == "taken");
    CHECK(refused(nested(6), limits) == "reading a property list: it is nested deeper than 5");
    CHECK(refused(nested(200'000)).find("nested deeper") != std::string::npos);
    std::string many = "<array>";
    for (int i = 0; i < 50; ++i)
        many += "<true/>";
    limits.max_values = 40;
    CHECK(refused(many + "</array>", limits) == "reading a property list: it has more than 40 values");
    limits.max_bytes = 300;
    CHECK(refused("<string>" + std::string(300, 'x') + "</string>", limits).find("more than 300") !=
          std::string::npos);
}

TEST_CASE("what XML cannot hold is replaced when it is written") {
    const auto again = parse(write_xml(Value(Dict{{"a\x01", std::string("b\x02\r\n\xff")}})));
    REQUIRE(again.ok());
    const auto& [key, value] = again->as<Dict>()->members().front();
    CHECK(key == "a\xEF\xBF\xBD");
    CHECK(*value.as<std::string>() == "\xEF\xBF\xBD");
    const auto line = parse(write_xml(Value("a\r\nb\t")));
    REQUIRE(line.ok());
    CHECK(*line->as<std::string>() == "a\r\nb\t");
}
