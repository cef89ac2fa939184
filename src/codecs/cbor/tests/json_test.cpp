// SPDX-License-Identifier: Apache-2.0
#include <cbor/json.hpp>

#include <base/bytes.hpp>
#include <doctest/doctest.h>

using namespace oakum;

namespace {

std::string bytes(std::string_view hex) {
    return std::string(base::as_text(base::from_hex(hex).value()));
}

struct Case {
    const char* hex;
    const char* json;
};

} // namespace

TEST_CASE("CBOR of RFC 8949's examples is the JSON that they stand for") {
    const Case cases[] = {
        {"00", "0"},
        {"1903e8", "1000"},
        {"1bffffffffffffffff", "18446744073709551615"},
        {"3903e7", "-1000"},
        {"f90001", "5.960464477539063e-8"},
        {"f93c00", "1"},
        {"fa47c35000", "100000.0"},
        {"fb3ff199999999999a", "1.1"},
        {"f4", "false"},
        {"f6", "null"},
        {"c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""},
        {"6161", "\"a\""},
        {"83010203", "[1,2,3]"},
        {"a26161016162820203", "{\"a\":1,\"b\":[2,3]}"},
        {"9f018202039f0405ffff", "[1,[2,3],[4,5]]"},
        {"bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}"},
        {"7f657374726561646d696e67ff", "\"streaming\""},
    };
    for (const Case& each : cases) {
        CAPTURE(std::string(each.hex));
        const auto json = cbor::to_json(bytes(each.hex));
        REQUIRE(json.ok());
        const auto same = cbor::from_json(each.json);
        REQUIRE(same.ok());
        CHECK(cbor::from_json(*json).value() == *same);
    }
}

TEST_CASE("what JSON cannot say, lies about its length or goes on is refused") {
    for (const char* hex : {"",
                            "18",
                            "4161",
                            "a10102",
                            "ff",
                            "9f01",
                            "bf6161",
                            "f97e00",
                            "f97c00",
                            "0001",
                            "1c",
                            "5f41ffff",
                            "7f4161ff",
                            "62c3",
                            "61ff",
                            "9bffffffffffffffff",
                            "3bffffffffffffffff",
                            "f7f6",
                            "f8ff",
                            "1f"}) {
        CAPTURE(std::string(hex));
        CHECK_FALSE(cbor::to_json(bytes(hex)).ok());
    }
    std::string deep(40, '\x81');
    deep += '\0';
    CHECK(cbor::to_json(deep).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("a document is the same after the way there and back") {
    const std::string json = R"({"id":"8","n":-12,"big":18446744073709551615,"d":{"x":[true,null,"ä"]}})";
    CHECK(cbor::to_json(cbor::from_json(json).value()).value() == json);
}

TEST_CASE("where it is wished keys may be whole numbers, and bytes become base64url") {
    const cbor::Limits wider{.wider = true};
    CHECK(cbor::to_json(bytes("a2213903e70842fffe"), wider).value() == R"({"-2":-1000,"8":"__4"})");
    CHECK_FALSE(cbor::to_json(bytes("a2213903e70842fffe")).ok());
    CHECK_FALSE(cbor::to_json(bytes("a11bffffffffffffffff00"), wider).ok());
    CHECK_FALSE(cbor::to_json(bytes("5f41ffff"), wider).ok());
    CHECK_FALSE(cbor::to_json(bytes("43ffff"), wider).ok());
}
