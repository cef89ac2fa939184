// SPDX-License-Identifier: Apache-2.0
#include <exchange/range.hpp>

#include <doctest/doctest.h>

using namespace oakum::exchange;

namespace {

struct Case {
    const char* header;
    std::uint64_t length;
    RangeKind kind;
    std::uint64_t offset, size;
};

} // namespace

TEST_CASE("a range names the bytes that RFC 9110 says, and what is not understood is the whole") {
    const Case cases[] = {
        {"", 10, RangeKind::whole, 0, 10},
        {"bytes=0-", 10, RangeKind::part, 0, 10},
        {"bytes=5-", 10, RangeKind::part, 5, 5},
        {"bytes=5-6", 10, RangeKind::part, 5, 2},
        {"bytes=9-9", 10, RangeKind::part, 9, 1},
        {"bytes=5-99", 10, RangeKind::part, 5, 5},
        {"bytes=5-18446744073709551615", 10, RangeKind::part, 5, 5},
        {"bytes=-3", 10, RangeKind::part, 7, 3},
        {"bytes=-30", 10, RangeKind::part, 0, 10},
        {"bytes=10-", 10, RangeKind::unsatisfiable, 0, 0},
        {"bytes=18446744073709551615-", 10, RangeKind::unsatisfiable, 0, 0},
        {"bytes=-0", 10, RangeKind::unsatisfiable, 0, 0},
        {"bytes=0-", 0, RangeKind::unsatisfiable, 0, 0},
        {"bytes=6-5", 10, RangeKind::whole, 0, 10},
        {"bytes=1-2,4-5", 10, RangeKind::whole, 0, 10},
        {"bytes=a-", 10, RangeKind::whole, 0, 10},
        {"bytes=", 10, RangeKind::whole, 0, 10},
        {"bytes=-", 10, RangeKind::whole, 0, 10},
        {"bytes= 1-2", 10, RangeKind::whole, 0, 10},
        {"bytes=18446744073709551616-", 10, RangeKind::whole, 0, 10},
        {"items=1-2", 10, RangeKind::whole, 0, 10},
    };
    for (const Case& one : cases) {
        CAPTURE(one.header);
        const RangeAnswer answer = read_range(one.header, one.length);
        CHECK(answer.kind == one.kind);
        if (one.kind != RangeKind::unsatisfiable) {
            CHECK(answer.range.offset == one.offset);
            CHECK(answer.range.length == one.size);
            CHECK(answer.range.offset + answer.range.length <= one.length);
        }
    }
}
