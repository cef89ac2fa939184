// SPDX-License-Identifier: Apache-2.0
#include <schedule/zone.hpp>

#include <algorithm>
#include <array>

namespace oakum::schedule {
namespace {

std::string two(unsigned number) {
    return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

// Exactly so many digits.
bool number(std::string_view text, std::size_t from, std::size_t digits, int& into) {
    if (text.size() < from + digits) return false;
    into = 0;
    for (std::size_t i = from; i < from + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        into = into * 10 + (text[i] - '0');
    }
    return true;
}

std::int64_t seconds_of(LocalTime local) {
    return local.time_since_epoch().count();
}

} // namespace

const ZoneRules& utc() {
    static const ZoneRules zone{"UTC", 0, {}};
    return zone;
}

std::int32_t offset_at(const ZoneRules& zone, std::int64_t unix_seconds) {
    const auto next = std::ranges::upper_bound(zone.changes, unix_seconds, {}, &ZoneRules::Change::at);
    return next == zone.changes.begin() ? zone.first_offset : std::prev(next)->offset;
}

LocalTime local_of(const ZoneRules& zone, base::TimePoint at) {
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
    return LocalTime(std::chrono::seconds(seconds + offset_at(zone, seconds)));
}

base::TimePoint time_of(const ZoneRules& zone, LocalTime local) {
    constexpr std::int64_t day = 86'400;
    const std::int64_t wall = seconds_of(local);
    // A change lies between the two, or they are the same.
    const std::int32_t before = offset_at(zone, wall - day);
    const std::int32_t after = offset_at(zone, wall + day);
    const std::int64_t first = wall - before;
    const std::int64_t second = wall - after;
    const bool first_is = offset_at(zone, first) == before;
    const bool second_is = offset_at(zone, second) == after;
    std::int64_t chosen = first; // also in a gap
    if (first_is && second_is)
        chosen = std::min(first, second);
    else if (second_is)
        chosen = second;
    return base::from_unix_ms(chosen * 1000);
}

bool is_zone_name(std::string_view text) {
    if (text.empty() || text.size() > 64 || text.front() == '/' || text.front() == '.' || text.back() == '/')
        return false;
    char before = '/';
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '_';
        if (!letter && !other && c != '/') return false;
        if (c == '/' && before == '/') return false;
        before = c;
    }
    return true;
}

base::Result<LocalTime> parse_local(std::string_view text) {
    const auto wrong = [&] {
        return base::invalid(
            "a local time is a date and a time without a zone, such as 2026-12-24T18:00, not \"" +
            std::string(text.substr(0, 40)) + "\"");
    };
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!number(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || !number(text, 5, 2, month) ||
        text[7] != '-' || !number(text, 8, 2, day))
        return wrong();
    if (text.size() != 10) {
        const bool with_seconds = text.size() == 19 && text[16] == ':' && number(text, 17, 2, second);
        if ((text.size() != 16 && !with_seconds) || (text[10] != 'T' && text[10] != ' ') ||
            !number(text, 11, 2, hour) || text[13] != ':' || !number(text, 14, 2, minute))
            return wrong();
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || year < 1970 || year > 2199 || hour > 23 || minute > 59 || second > 59) return wrong();
    return LocalTime(LocalDay(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

std::string to_text(LocalTime local) {
    const LocalDay day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const auto time = (local - day).count();
    const int year = static_cast<int>(date.year());
    std::string text = std::to_string(year) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
                       two(static_cast<unsigned>(date.day())) + "T" +
                       two(static_cast<unsigned>(time / 3600)) + ":" +
                       two(static_cast<unsigned>(time / 60 % 60));
    if (time % 60 != 0) text += ":" + two(static_cast<unsigned>(time % 60));
    return text;
}

std::string in_words(LocalTime local) {
    constexpr std::array<std::string_view, 7> names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const std::chrono::weekday weekday(std::chrono::floor<std::chrono::days>(local));
    std::string text = to_text(local).substr(0, 16);
    text[10] = ' ';
    return std::string(names.at(weekday.c_encoding())) + " " + text;
}

std::string in_words(LocalTime from, LocalTime to, LocalTime now) {
    constexpr std::chrono::hours kEvening(18);
    const auto day_of = [](LocalTime local) { return std::chrono::floor<std::chrono::days>(local); };
    const auto days = (day_of(from) - day_of(now)).count();
    const std::string clock = to_text(from).substr(11, 5);
    std::string text;
    if (days == 0)
        text = (from - day_of(from) >= kEvening ? "tonight " : "today ") + clock;
    else if (days == 1)
        text = "tomorrow " + clock;
    else
        text = in_words(from);
    if (to - from <= std::chrono::days(1)) return text + "-" + to_text(to).substr(11, 5);
    return text + " to " + in_words(to);
}

} // namespace oakum::schedule
