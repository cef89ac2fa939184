// SPDX-License-Identifier: Apache-2.0
#include <base/time.hpp>

#include <array>
#include <cstdio>

namespace oakum::base {
namespace {

using namespace std::chrono;

// Reads exactly `count` digits.
bool digits(std::string_view& text, int count, int& out) {
    if (text.size() < static_cast<std::size_t>(count)) return false;
    out = 0;
    for (int i = 0; i < count; ++i) {
        const char c = text[static_cast<std::size_t>(i)];
        if (c < '0' || c > '9') return false;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(static_cast<std::size_t>(count));
    return true;
}

bool literal(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::string to_date(TimePoint t) {
    const year_month_day day(floor<days>(t));
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return out.data();
}

std::string to_iso8601(TimePoint t) {
    const auto since_midnight = floor<seconds>(t - floor<days>(t)).count();
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "T%02d:%02d:%02dZ", static_cast<int>(since_midnight / 3600),
                  static_cast<int>(since_midnight / 60 % 60), static_cast<int>(since_midnight % 60));
    return to_date(t) + out.data();
}

Result<TimePoint> parse_time(std::string_view text) {
    const auto bad = [&] {
        return invalid("not a time of RFC 3339 (2026-11-22T16:03:00Z): \"" + std::string(text.substr(0, 40)) +
                       "\"");
    };
    std::string_view rest = text;
    int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, ms = 0;
    if (!digits(rest, 4, y) || !literal(rest, '-') || !digits(rest, 2, mo) || !literal(rest, '-') ||
        !digits(rest, 2, d))
        return bad();
    const year_month_day day{year(y), month(static_cast<unsigned>(mo)),
                             std::chrono::day(static_cast<unsigned>(d))};
    if (!day.ok()) return bad();
    minutes offset{0};
    if (!rest.empty()) {
        if (rest.front() != 'T' && rest.front() != 't' && rest.front() != ' ') return bad();
        rest.remove_prefix(1);
        if (!digits(rest, 2, h) || !literal(rest, ':') || !digits(rest, 2, mi)) return bad();
        if (literal(rest, ':') && !digits(rest, 2, s)) return bad();
        if (literal(rest, '.')) {
            int scale = 100;
            bool any = false;
            while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
                ms += scale * (rest.front() - '0');
                scale /= 10;
                any = true;
                rest.remove_prefix(1);
            }
            if (!any) return bad();
        }
        if (h > 23 || mi > 59 || s > 60) return bad();
        if (rest == "Z" || rest == "z") {
            rest = {};
        } else if (!rest.empty() && (rest.front() == '+' || rest.front() == '-')) {
            const bool west = rest.front() == '-';
            int oh = 0, om = 0;
            rest.remove_prefix(1);
            if (!digits(rest, 2, oh)) return bad();
            (void)literal(rest, ':');
            if (!digits(rest, 2, om) || oh > 23 || om > 59) return bad();
            offset = minutes((west ? -1 : 1) * (oh * 60 + om));
        }
        if (!rest.empty()) return bad();
    }
    return TimePoint(duration_cast<Duration>(sys_days(day).time_since_epoch()) + hours(h) + minutes(mi) +
                     seconds(s) + milliseconds(ms) - offset);
}

} // namespace oakum::base
