// SPDX-License-Identifier: Apache-2.0
#include <base/id.hpp>
#include <base/result.hpp>
#include <base/strong.hpp>
#include <doctest/doctest.h>

using namespace oakum::base;

namespace {
Result<int> half(int value) {
    if (value % 2 != 0) return invalid("an odd number has no half").at("/value");
    return value / 2;
}
Result<int> quarter(int value) {
    TRY_VALUE(const int first, half(value));
    return half(first);
}
Status check(int value) {
    TRY(half(value));
    return {};
}
} // namespace

TEST_CASE("an error travels up unchanged, and says where") {
    CHECK(quarter(8).value() == 2);
    CHECK(quarter(6).error().text() == "an odd number has no half (at /value)");
    CHECK(check(2).ok());
    CHECK_FALSE(check(1).ok());
    CHECK(std::move(check(1).error()).wrap("halving").message == "halving: an odd number has no half");
}

TEST_CASE("ids sort by the time they were made at, and survive text and bytes") {
    std::array<std::uint8_t, 10> random{1, 2, 3, 4, 5, 6, 7, 8, 9, 255};
    const Id128 early = make_id128(1'700'000'000'000, random);
    random.fill(0);
    const Id128 late = make_id128(1'700'000'000'001, random);
    CHECK(early < late);
    CHECK(to_text(early) < to_text(late));
    CHECK(to_text(early).size() == 26);
    CHECK(parse_id128(to_text(early)).value() == early);
    CHECK(id128_from_bytes(to_bytes(late)) == late);
}

TEST_CASE("an id of the wrong length or alphabet is refused") {
    for (const char* text : {"", "0", "0123456789abcdefghjkmnpqr", "u123456789abcdefghjkmnpqrs",
                             "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0123456789abcdefghjkmnpqrst"})
        CHECK_FALSE(parse_id128(text).ok());
}
