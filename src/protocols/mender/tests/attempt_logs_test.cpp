// SPDX-License-Identifier: Apache-2.0
#include "attempt_logs.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::mender;

namespace {

const ports::DeploymentId kFirst(base::Id128{1, 1}), kSecond(base::Id128{1, 2});

device::DeviceId numbered(std::uint64_t number) {
    return device::DeviceId(base::Id128{7, number});
}

} // namespace

TEST_CASE("each attempt has one log, the first, and none after that of a later one") {
    AttemptLogs logs;
    CHECK(logs.take(numbered(1), kFirst, 1));
    CHECK_FALSE(logs.take(numbered(1), kFirst, 1));
    CHECK(logs.take(numbered(2), kFirst, 1));
    CHECK(logs.take(numbered(1), kFirst, 3));
    CHECK_FALSE(logs.take(numbered(1), kFirst, 2));
    CHECK_FALSE(logs.take(numbered(1), kFirst, 1));
    CHECK(logs.take(numbered(1), kSecond, 1));
}

TEST_CASE("a log that could not be kept does not count") {
    AttemptLogs logs;
    REQUIRE(logs.take(numbered(1), kFirst, 2));
    logs.give_back(numbered(1), kFirst, 2);
    CHECK(logs.take(numbered(1), kFirst, 2));
    logs.give_back(numbered(1), kFirst, 1);
    CHECK_FALSE(logs.take(numbered(1), kFirst, 2));
}

TEST_CASE("no more devices are remembered than there is room for") {
    AttemptLogs logs(2);
    for (const std::uint64_t number : {1, 2, 3})
        CHECK(logs.take(numbered(number), kFirst, 1));
    CHECK_FALSE(logs.take(numbered(3), kFirst, 1));
    CHECK_FALSE(logs.take(numbered(2), kFirst, 1));
    CHECK(logs.take(numbered(1), kFirst, 1));
}
