// SPDX-License-Identifier: Apache-2.0
#include <exception/course.hpp>
#include <exception/machine.hpp>

namespace oakum::exception {

Course course_of(std::span<const Step> history) {
    Course course;
    if (!history.empty()) course.asked = history.front().at;
    for (const Step& step : history) {
        if (step.to == State::approved) course.approved = step;
        if (is_over(step.to)) course.ended = step;
    }
    return course;
}

bool in_force_at(const Course& course, std::optional<base::TimePoint> expires, base::TimePoint at) {
    return course.approved && course.approved->at <= at && (!course.ended || at < course.ended->at) &&
           (!expires || at < *expires);
}

bool was_during(const Course& course, const Period& period) {
    return course.asked <= period.to && (!course.ended || course.ended->at >= period.from);
}

} // namespace oakum::exception
