// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/records.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m_data;

namespace {

std::string bytes(std::string_view hex) {
    std::string plain;
    for (const char c : hex)
        if (c != ' ' && c != '\n') plain += c;
    return std::string(base::as_text(base::from_hex(plain).value()));
}

std::string text_at(const std::vector<Record>& records, const Path& path) {
    const Value* value = find(records, path);
    REQUIRE(value != nullptr);
    return text_of(*value).value_or("?");
}
std::int64_t number_at(const std::vector<Record>& records, const Path& path) {
    const Value* value = find(records, path);
    REQUIRE(value != nullptr);
    return integer_of(*value).value_or(-1);
}

// OMA-TS-LightweightM2M 1.0, 6.4.3.2: the answer to reading /3/0.
constexpr std::string_view kDevice = "C8 00 14 4F 70 65 6E 20 4D 6F 62 69 6C 65 20 41 6C 6C 69 61 6E 63 65 "
                                     "C8 01 16 4C 69 67 68 74 77 65 69 67 68 "
                                     "74 20 4D 32 4D 20 43 6C 69 65 6E 74 C8 02 09 33 34 35 30 30 30 31 32 "
                                     "33 C3 03 31 2E 30 86 06 41 00 01 41 01 "
                                     "05 88 07 08 42 00 0E D8 42 01 13 88 87 08 41 00 7D 42 01 03 84 C1 09 "
                                     "64 C1 0A 0F 83 0B 41 00 00 C4 0D 51 82 "
                                     "42 8F C6 0E 2B 30 32 3A 30 30 C1 10 55";

void check_device(const std::vector<Record>& records) {
    CHECK(text_at(records, {3, 0, 0}) == "Open Mobile Alliance");
    CHECK(text_at(records, {3, 0, 1}) == "Lightweight M2M Client");
    CHECK(text_at(records, {3, 0, 2}) == "345000123");
    CHECK(text_at(records, {3, 0, 3}) == "1.0");
    CHECK(number_at(records, {3, 0, 6, 1}) == 5);
    CHECK(number_at(records, {3, 0, 7, 0}) == 3800);
    CHECK(number_at(records, {3, 0, 8, 1}) == 900);
    CHECK(number_at(records, {3, 0, 9}) == 100);
    CHECK(number_at(records, {3, 0, 13}) == 1367491215);
    CHECK(text_at(records, {3, 0, 16}) == "U");
}

} // namespace

TEST_CASE("the device object of the specification is read from TLV") {
    const auto records = decode(kTlv, bytes(kDevice), {3, 0});
    REQUIRE(records.ok());
    CHECK(records->size() == 16);
    check_device(*records);
    CHECK(decode(kOlderTlv, bytes(kDevice), {3, 0}).value() == *records);
}

TEST_CASE("TLV of a whole object, with and without its instance around it") {
    const std::string all = bytes(kDevice);
    // 08 00 79: object instance 0 with 121 bytes, as the specification's second example has it.
    const auto wrapped = decode(kTlv, bytes("08 00 79") + all, {3});
    REQUIRE(wrapped.ok());
    check_device(*wrapped);
    check_device(decode(kTlv, bytes("08 00 79") + all, {3, 0}).value());
    check_device(decode(kTlv, all, {3}).value());
}

TEST_CASE("one resource of TLV, and instances of one") {
    CHECK(text_at(decode(kTlv, bytes("C3 03 31 2E 30"), {3, 0, 3}).value(), {3, 0, 3}) == "1.0");
    CHECK(number_at(decode(kTlv, bytes("41 00 01 41 01 05"), {3, 0, 6}).value(), {3, 0, 6, 1}) == 5);
    // A wide id and a length of 16 bits.
    const auto wide = decode(kTlv, bytes("F0 01 2C 01 00") + std::string(256, 'x'), {9, 1}).value();
    CHECK(text_at(wide, {9, 1, 300}) == std::string(256, 'x'));
    CHECK(number_at(decode(kTlv, bytes("C1 00 FF"), {5, 0}).value(), {5, 0, 0}) == -1);
    CHECK(decode(kTlv, bytes("C1 00 FF"), {5, 0, 3}).value().empty());
}

TEST_CASE("TLV that ends too early, is out of place or of nothing is refused") {
    for (const char* hex : {"C8", "C8 00", "C8 00 14 4F", "F8 00 01", "C3 03 31", "86 06 C1 00 01",
                            "08 00 03 08 00 00", "86 06 41 00"}) {
        CAPTURE(std::string(hex));
        CHECK_FALSE(decode(kTlv, bytes(hex), {3, 0}).ok());
    }
    CHECK_FALSE(decode(kTlv, bytes("41 00 01"), {3, 0}).ok());
    CHECK_FALSE(decode(kTlv, bytes(kDevice), {}).ok());
    std::string many;
    for (int i = 0; i < 2000; ++i)
        many += bytes("C0 00");
    CHECK(decode(kTlv, many, {3, 0}).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("a text written as TLV is read back, whatever its length and number") {
    for (const std::size_t size : {0, 1, 7, 8, 255, 256, 65535, 65536})
        for (const std::uint16_t id : {std::uint16_t{0}, std::uint16_t{255}, std::uint16_t{256}}) {
            const std::string text(size, 'a');
            const auto records = decode(kTlv, encode_tlv(id, text), {5, 0}).value();
            REQUIRE(records.size() == 1);
            CHECK(records.front() == Record{Path{5, 0, id}, Raw{text}});
        }
    CHECK(encode_tlv(3, "1.0") == bytes("C3 03 31 2E 30"));
}

TEST_CASE("the device object of the specification is read from SenML JSON") {
    const auto records =
        decode(kSenmlJson,
               R"([{"bn":"/3/0/","n":"0","vs":"Open Mobile Alliance"},{"n":"1","vs":"Lightweight M2M Client"},
            {"n":"2","vs":"345000123"},{"n":"3","vs":"1.0"},{"n":"6/0","v":1},{"n":"6/1","v":5},{"n":"7/0","v":3800},
            {"n":"7/1","v":5000},{"n":"8/0","v":125},{"n":"8/1","v":900},{"n":"9","v":100},{"n":"10","v":15},
            {"n":"11/0","v":0},{"n":"13","v":1367491215},{"n":"14","vs":"+02:00"},{"n":"16","vs":"U"}])",
               {3, 0});
    REQUIRE(records.ok());
    CHECK(records->size() == 16);
    check_device(*records);
}

TEST_CASE("SenML CBOR says the same") {
    // [{-2: "/3/0/", 0: "3", 3: "1.0"}, {0: "9", 2: 100}, {0: "30", 8: h'00ff'}, {0: "31", 4: true}]
    const std::string pack = bytes("84 A3 21 65 2F332F302F 00 61 33 03 63 312E30 A2 00 61 39 02 18 64"
                                   "A2 00 62 3330 08 42 00FF A2 00 62 3331 04 F5");
    const auto records = decode(kSenmlCbor, pack, {3, 0}).value();
    CHECK(text_at(records, {3, 0, 3}) == "1.0");
    CHECK(number_at(records, {3, 0, 9}) == 100);
    CHECK(*find(records, {3, 0, 30}) == Value(Raw{std::string("\0\xff", 2)}));
    CHECK(number_at(records, {3, 0, 31}) == 1);
    for (std::size_t cut = 0; cut < pack.size(); ++cut)
        CHECK_FALSE(decode(kSenmlCbor, pack.substr(0, cut), {3, 0}).ok());
}

TEST_CASE("of SenML what lies elsewhere is left out, and what must be understood is refused") {
    const auto records =
        decode(kSenmlJson, R"([{"n":"/1/0/1","v":2},{"n":"/3/0/3","vs":"7"},{"n":"oops","v":1}])", {3, 0})
            .value();
    CHECK(records == std::vector{Record{Path{3, 0, 3}, std::string("7")}});
    // A Send has no path of its own.
    CHECK(decode(kSenmlJson, R"([{"n":"/1/0/1","v":2},{"n":"/3/0/3","vs":"7"}])", {}).value().size() == 2);
    CHECK_FALSE(decode(kSenmlJson, R"([{"n":"/3/0/3","vs":"7","x_":1}])", {3, 0}).ok());
    for (const char* wrong : {"", "{}", "[1]", R"([{"n":3,"v":1}])", R"([{"n":"/3/0/3","v":"x"}])",
                              R"([{"n":"/3/0/3","vd":"%"}])", "[[[[[[1]]]]]]"}) {
        CAPTURE(std::string(wrong));
        CHECK_FALSE(decode(kSenmlJson, wrong, {3, 0}).ok());
    }
}

TEST_CASE("a plain text and opaque bytes are one resource") {
    CHECK(decode(kText, "1.2.3", {3, 0, 3}).value() ==
          std::vector{Record{Path{3, 0, 3}, std::string("1.2.3")}});
    CHECK(number_at(decode(kText, "2", {5, 0, 3}).value(), {5, 0, 3}) == 2);
    CHECK_FALSE(decode(kText, "1", {3, 0}).ok());
    CHECK_FALSE(decode(kText, "\xff", {3, 0, 3}).ok());
    CHECK(decode(kOpaque, "\xff", {5, 0, 0}).ok());
    CHECK(decode(50, "{}", {3, 0, 3}).error().kind == base::ErrorKind::not_found);
    CHECK_FALSE(integer_of(Value(std::string("2x"))));
    CHECK_FALSE(integer_of(Value(Raw{"abc"})));
    CHECK_FALSE(integer_of(Value(2.5)));
    CHECK_FALSE(text_of(Value(Raw{"\xff"})));
}

TEST_CASE("paths have up to four numbers") {
    CHECK(Path::parse("/3/0/9/1").value() == Path{3, 0, 9, 1});
    CHECK(Path::parse("3/0").value().text() == "/3/0");
    CHECK(Path::parse("/").value().text() == "/");
    for (const char* wrong : {"/3/", "//3", "/3/0/9/1/2", "/65535", "/99999", "/-1", "/3x", "/a"}) {
        CAPTURE(std::string(wrong));
        CHECK_FALSE(Path::parse(wrong).ok());
    }
    CHECK(Path{3, 0, 3}.is_below_or_same({3, 0}));
    CHECK_FALSE(Path{3, 1, 3}.is_below_or_same({3, 0}));
}
