// SPDX-License-Identifier: Apache-2.0
// The document is Python's plistlib's (3.11) of what the first test looks at; the others are made by hand.
#include <doctest/doctest.h>
#include <fstream>
#include <plist/parse.hpp>
#include <plist/write.hpp>
#include <sstream>

using namespace oakum;
using namespace oakum::plist;

namespace {

std::string kept(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(OAKUM_SOURCE_DIR "/fuzz/corpus/plist/" + name, std::ios::binary).rdbuf();
    return text.str();
}

// Objects one after the other, with a table of offsets and references of one byte.
std::string made(const std::vector<std::string>& objects, unsigned top = 0) {
    std::string text = "bplist00", table;
    for (const std::string& object : objects) {
        table += static_cast<char>(text.size());
        text += object;
    }
    const std::size_t at = text.size();
    text += table + std::string(6, '\0') + "\x01\x01";
    for (const std::size_t number : {objects.size(), std::size_t{top}, at})
        for (int shift = 56; shift >= 0; shift -= 8)
            text += static_cast<char>(number >> shift);
    return text;
}
std::string refused(const std::string& document, const Limits& limits = {}) {
    const auto value = parse(document, limits);
    return value.ok() ? "taken"
                      : value.error().message.substr(std::string_view("reading a property list: ").size());
}

} // namespace

TEST_CASE("what another program wrote in both forms is the same") {
    const auto binary = parse(kept("binary")), xml = parse(kept("xml"));
    REQUIRE(binary.ok());
    REQUIRE(xml.ok());
    CHECK(*binary == *xml);
    const auto* dict = binary->as<Dict>();
    CHECK(dict->whole("n") == -5);
    CHECK(dict->whole("big") == std::int64_t{1} << 40);
    CHECK(dict->text("long") == std::string(300, 'x'));
    CHECK(dict->data("Token")->size() == 40);
    CHECK((*dict->array("list"))[2].as<Dict>()->text("drei") == "\xC3\xBC\xF0\x9F\x98\x80");
    CHECK(base::to_iso8601(*dict->find("when")->as<base::TimePoint>()) == "2026-11-22T16:03:00Z");
}

TEST_CASE("a document that is cut, or changed in one byte, is refused or read, and nothing else happens") {
    const std::string whole = kept("binary");
    for (std::size_t i = 0; i < whole.size(); ++i) {
        CHECK_FALSE(parse(whole.substr(0, i)).ok());
        for (const char c : {'\0', '\x7f', '\xff'}) {
            std::string changed = whole;
            changed[i] = c;
            const auto value = parse(changed);
            if (value.ok()) CHECK(parse(write_xml(*value)).ok());
        }
    }
}

TEST_CASE("an object that holds itself ends at the bound of depth") {
    CHECK(refused(made({std::string("\xA1\x00", 2)})) == "it is nested deeper than 24");
    CHECK(refused(made({std::string("\xD1\x01\x00", 3), "\x51k"})) == "it is nested deeper than 24");
}

TEST_CASE("an array that names one array many times does not balloon") {
    // Five levels of fourteen each are half a million values.
    std::vector<std::string> levels;
    for (char level = 1; level <= 5; ++level)
        levels.push_back("\xAE" + std::string(14, level));
    levels.push_back("\x09");
    CHECK(refused(made(levels)) == "it has more than 100000 values");
    Limits limits;
    limits.max_bytes = 500;
    const std::string text = "\x5F\x10\x40" + std::string(64, 'x');
    CHECK(refused(made({"\xAE" + std::string(14, '\x01'), text}), limits) ==
          "what it holds is more than 500 bytes");
}

TEST_CASE("what points outside of it, and what is no object, is refused") {
    CHECK(refused(made({"\xA1\x07"})) == "an object names one that is not there");
    CHECK(refused(made({"\x09"}, 3)) == "an object names one that is not there");
    CHECK(refused(made({"\x5F\x10\x7F"})) == "an object ends outside of it");
    CHECK(refused(made({"\x51\xC3"})) == "a text that is not ASCII");
    CHECK(refused(made({std::string("\x61\xD8\x00", 3)})) == "a text that is no UTF-16");
    CHECK(refused(made({std::string("\xD1\x01\x01", 3), "\x09"})) == "a key that is no text");
    CHECK(refused(made({std::string("\xD2\x01\x01\x01\x01", 5), "\x51k"})) == "the key \"k\" stands twice");
    CHECK(refused(made({"\x80"})) == "an object of a kind that is not known");
    CHECK(refused(made({"\x14" + std::string(16, '\1')})) == "a number of more than 8 bytes");
    CHECK(refused(made({"\x33\x7F\xEF" + std::string(6, '\xFF')})) == "a date that no calendar has");
    CHECK(refused("bplist00") == "it ends before its trailer");
}
