// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <exception/course.hpp>

#include <vector>

using namespace oakum;
using namespace oakum::exception;

namespace {

base::TimePoint day(int n) {
    return base::TimePoint(std::chrono::hours(24 * n));
}
using History = std::vector<Step>;

const History kAsked{{day(1), State::asked, "user anna", "off"}};
const History kRefused{{day(1), State::asked, "user anna", "off"},
                       {day(2), State::refused, "user ben", "no"}};
const History kApproved{{day(1), State::asked, "user anna", "off"},
                        {day(2), State::approved, "user ben", ""}};
const History kExpired{{day(1), State::asked, "user anna", "off"},
                       {day(2), State::approved, "user ben", ""},
                       {day(5), State::expired, "oakumd", "its time is over"}};

} // namespace

TEST_CASE("the history of an exception says who approved and what ended it") {
    CHECK_FALSE(course_of({}).approved);
    CHECK_FALSE(course_of(kAsked).approved);
    CHECK_FALSE(course_of(kAsked).ended);
    CHECK(course_of(kRefused).ended->actor == "user ben");
    CHECK_FALSE(course_of(kRefused).approved);
    const Course course = course_of(kExpired);
    CHECK(course.asked == day(1));
    CHECK(course.approved->actor == "user ben");
    CHECK(course.ended->to == State::expired);
}

TEST_CASE("an exception counts from its approval until it is withdrawn or its time is over") {
    const auto at = [](const History& history, int now, std::optional<base::TimePoint> expires = {}) {
        return in_force_at(course_of(history), expires, day(now));
    };
    CHECK_FALSE(at(kAsked, 3));
    CHECK_FALSE(at(kRefused, 3));
    CHECK_FALSE(at(kApproved, 1));
    CHECK(at(kApproved, 2));
    CHECK(at(kApproved, 400));
    CHECK(at(kExpired, 4, day(5)));
    CHECK_FALSE(at(kExpired, 5, day(5)));
    CHECK_FALSE(at(kApproved, 9, day(9))); // the server was off when it ended
}

TEST_CASE("an exception is of a period when it was asked for before its end and not over before its begin") {
    const auto during = [](const History& history, int from, int to) {
        return was_during(course_of(history), {day(from), day(to)});
    };
    CHECK_FALSE(during(kApproved, -9, 0));
    CHECK(during(kApproved, -9, 1));
    CHECK(during(kApproved, 300, 301));
    CHECK(during(kExpired, 5, 9)); // it ended in it
    CHECK_FALSE(during(kExpired, 6, 9));
    CHECK(during(kRefused, 2, 2));
    CHECK(was_during(course_of(kExpired), {}));
}
