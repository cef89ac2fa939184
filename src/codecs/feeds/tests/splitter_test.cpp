// SPDX-License-Identifier: Apache-2.0
#include "splitter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace oakum;
using feeds::Splitter;

namespace {

// "2:{...}" for a record on line 2 or "#2:" for element 2, "!place reason" for a broken one.
std::string split(std::string_view text, std::size_t step, std::string_view wrapper) {
    std::string out;
    Splitter splitter(
        {std::string(wrapper), 1000, 8},
        {[&](std::string_view record, const Splitter::Place& place) -> base::Status {
             out += place.text() + ":" + std::string(record) + " ";
             return {};
         },
         [&](const Splitter::Place& place, const std::string&) { out += "!" + place.text() + " "; },
         [&](std::string_view document) { out += "wrapper:" + std::string(document) + " "; }});
    while (!text.empty()) {
        const std::string_view piece = text.substr(0, std::min(step, text.size()));
        REQUIRE(splitter.feed(piece).ok());
        text.remove_prefix(piece.size());
    }
    REQUIRE(splitter.finish().ok());
    return out;
}

} // namespace

TEST_CASE("records are cut out of every shape of feed") {
    struct Row {
        std::string text, expected;
    };
    const Row rows[] = {
        {"", ""},
        {" \n\n", ""},
        {"{\"a\":1}", "line 1:{\"a\":1} "},
        {"\xEF\xBB\xBF{\"a\":1}\n", "line 1:{\"a\":1} "},
        {"{\"a\":1}\n{\"b\":\"}{\\\"\"}\n\n{\"c\":[]}",
         "line 1:{\"a\":1} line 2:{\"b\":\"}{\\\"\"} line 4:{\"c\":[]} "},
        {"{\"a\":1}\r\n {\"b\":2}\r\n", "line 1:{\"a\":1} line 2: {\"b\":2} "},
        {"{\"a\":1}{\"b\":2} {\"c\":3}\n{\n\"d\":4}",
         "line 1:{\"a\":1} line 1:{\"b\":2} line 1:{\"c\":3} line 2:{\n\"d\":4} "},
        {"{\n \"a\": {\n\"x\":[\n{}]}\n}\n{\n}", "line 1:{\n \"a\": {\n\"x\":[\n{}]}\n} line 6:{\n} "},
        {"[{\"a\":1},\n{\"b\":2}]", "record 1:{\"a\":1} record 2:{\"b\":2} "},
        {"[]", ""},
        {"{\"n\":1,\"list\":[{\"a\":1},{\"b\":[{}]}],\"m\":{\"list\":[{}]}}",
         "wrapper:{\"n\":1,\"list\":[]} record 1:{\"a\":1} record 2:{\"b\":[{}]} "},
        {"{\"list\":[]}\n{\"list\":[{}]}", "wrapper:{\"list\":[]} wrapper:{\"list\":[]} record 1:{} "},
        {"{\"a\":{\"list\":[1]}}", "line 1:{\"a\":{\"list\":[1]}} "},
        {"{\"list\":{\"list\":[1]}}", "line 1:{\"list\":{\"list\":[1]}} "},
        {"{\"x\":\"list\",\"y\":[1]}", "line 1:{\"x\":\"list\",\"y\":[1]} "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        for (const std::size_t step : {1UL, 2UL, 5UL, 1000UL})
            CHECK(split(row.text, step, "list") == row.expected);
    }
}

TEST_CASE("after a broken record the next beginning is found") {
    struct Row {
        std::string text, expected;
    };
    const Row rows[] = {
        // The first line is cut off: within a number, a string, an array.
        {"{\"a\":1\n{\"b\":2}\n{\"c\":3}\n", "!line 1 line 2:{\"b\":2} line 3:{\"c\":3} "},
        {"{\"a\":\"x\n{\"b\":2}\n{\"c\":3}\n", "!line 1 line 2:{\"b\":2} line 3:{\"c\":3} "},
        {"{\"a\":[1,2\n{\"b\":2}\n", "!line 1 line 2:{\"b\":2} "},
        // A later one is for the reader of the record to refuse: lines are records by then.
        {"{\"a\":1}\n{\"b\":\n{\"c\":3}\n", "line 1:{\"a\":1} line 2:{\"b\": line 3:{\"c\":3} "},
        {"{\"a\":1", "!line 1 "},
        {"{\"a\":1}]\n{\"b\":2}", "line 1:{\"a\":1} !line 1 line 2:{\"b\":2} "},
        {"nonsense\n{\"b\":2}\n", "!line 1 line 2:{\"b\":2} "},
        {"{\"a\":]}\n{\"b\":2}\n", "!line 1 line 2:{\"b\":2} "},
        {"{\"list\":[\n{\"a\":1},\n{\"b\":\"\n{\"c\":3}\n]}",
         "wrapper:{\"list\":[]} record 1:{\"a\":1} !record 2 record 3:{\"c\":3} "},
        {"{\"list\":[{\"a\":1},{\"b\"", "wrapper:{\"list\":[]} record 1:{\"a\":1} !record 2 "},
        {"{\"list\":[{\"a\":1}", "wrapper:{\"list\":[]} record 1:{\"a\":1} !record 1 "},
        {"[{\"a\":1},", "record 1:{\"a\":1} !record 1 "},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        for (const std::size_t step : {1UL, 3UL, 1000UL})
            CHECK(split(row.text, step, "list") == row.expected);
    }
}

TEST_CASE("deep nesting and long records are passed over") {
    const std::string deep = "{\"a\":" + std::string(100, '[') + "\n{\"b\":2}\n";
    CHECK(split(deep, 7, "list") == "!line 1 line 2:{\"b\":2} ");
    const std::string large =
        "{\"a\":\"" + std::string(2000, 'x') + "\"}\n{\"b\":2}\n" + std::string(2000, 'y') + "\n{\"c\":3}";
    CHECK(split(large, 7, "list") == "!line 1 line 2:{\"b\":2} !line 3 line 4:{\"c\":3} ");
}
