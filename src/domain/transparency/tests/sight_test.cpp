// SPDX-License-Identifier: Apache-2.0
#include <transparency/sight.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::transparency;

namespace {

const Sight kBefore{"a/log", 100, 7, base::sha256("seven")};

Sight with(void (*change)(Sight&)) {
    Sight sight = kBefore;
    change(sight);
    return sight;
}
std::optional<Conflict::Kind> conflict(const Sight& shown) {
    const auto met = meet(kBefore, shown);
    const auto* conflict = std::get_if<Conflict>(&met);
    if (conflict == nullptr) return std::nullopt;
    CHECK_FALSE(conflict->sentence.empty());
    return conflict->kind;
}
Meeting meeting(const std::optional<Sight>& kept, const Sight& shown) {
    const auto met = meet(kept, shown);
    REQUIRE(std::holds_alternative<Meeting>(met));
    return std::get<Meeting>(met);
}

} // namespace

TEST_CASE("a log that is seen again is the same, or has grown, or was begun anew") {
    CHECK(meeting(std::nullopt, kBefore) == Meeting::first);
    CHECK(meeting(kBefore, kBefore) == Meeting::same);
    CHECK(meeting(kBefore, with([](Sight& sight) { sight.size = 8; })) == Meeting::grown);
    // Shorter or of another root: an epoch is not held against the one before it.
    CHECK(meeting(kBefore, with([](Sight& sight) { sight.epoch = 101, sight.size = 1; })) ==
          Meeting::begun_anew);
}

TEST_CASE("a log that lost something, or is another one, is told apart") {
    CHECK(conflict(with([](Sight& sight) { sight.size = 6; })) == Conflict::Kind::older);
    CHECK(conflict(with([](Sight& sight) { sight.epoch = 99, sight.size = 900; })) == Conflict::Kind::older);
    CHECK(conflict(with([](Sight& sight) { sight.root = base::sha256("other"); })) == Conflict::Kind::split);
    CHECK(conflict(with([](Sight& sight) { sight.log = "b/log", sight.epoch = 200; })) ==
          Conflict::Kind::split);
}
