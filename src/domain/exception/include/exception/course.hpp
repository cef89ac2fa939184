// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception/exception.hpp>

#include <span>

namespace oakum::exception {

// What became of an exception, as its history tells.
struct Course {
    base::TimePoint asked{};
    std::optional<Step> approved;
    std::optional<Step> ended; // refused, withdrawn, expired
};
Course course_of(std::span<const Step> history);

// Whether it counted at a moment. `expires`: its end, as it was asked for.
bool in_force_at(const Course& course, std::optional<base::TimePoint> expires, base::TimePoint at);

struct Period {
    base::TimePoint from = base::TimePoint::min(), to = base::TimePoint::max(); // both are in it
};
// Whether it was asked for, counted or ended then.
bool was_during(const Course& course, const Period& period);

} // namespace oakum::exception
