// SPDX-License-Identifier: Apache-2.0
#include <schedule/recurrence.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace oakum::schedule {
namespace {

using std::chrono::weekday;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kDays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
constexpr std::array<std::string_view, 7> kDayNames{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 3> kFrequencies{"DAILY", "WEEKLY", "MONTHLY"};

std::optional<int> integer(std::string_view text, int from, int to) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < from ||
        value > to)
        return std::nullopt;
    return value;
}

std::optional<weekday> day_of(std::string_view text) {
    const auto found = std::ranges::find(kDays, text);
    if (found == kDays.end()) return std::nullopt;
    return weekday(static_cast<unsigned>(found - kDays.begin()));
}

template <class Take> bool each_of(std::string_view list, Take take) {
    std::size_t count = 0;
    do {
        const std::string_view one = list.substr(0, list.find(','));
        if (++count > 64 || !take(one)) return false;
        list.remove_prefix(std::min(list.size(), one.size() + 1));
    } while (!list.empty());
    return true;
}

// "20261224" or "20261224T180000": local, as the start is.
std::optional<LocalTime> until_of(std::string_view text) {
    if (text.size() != 8 && text.size() != 15) return std::nullopt;
    std::string written = std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
                          std::string(text.substr(6, 2));
    if (text.size() == 15) {
        if (text[8] != 'T') return std::nullopt;
        written += "T" + std::string(text.substr(9, 2)) + ":" + std::string(text.substr(11, 2)) + ":" +
                   std::string(text.substr(13, 2));
    } else {
        written += "T23:59:59"; // a date: the whole of that day
    }
    auto parsed = parse_local(written);
    return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

base::Error wrong(std::string_view part, std::string why) {
    return base::invalid(std::move(why)).at(std::string(part));
}

base::Status set(Recurrence& rule, std::string_view name, std::string_view value) {
    if (name == "FREQ") {
        const auto found = std::ranges::find(kFrequencies, value);
        if (found == kFrequencies.end())
            return wrong(name, "a rule repeats DAILY, WEEKLY or MONTHLY, not \"" +
                                   std::string(value.substr(0, 20)) + "\"");
        rule.frequency = static_cast<Recurrence::Frequency>(found - kFrequencies.begin());
    } else if (name == "INTERVAL") {
        const auto interval = integer(value, 1, 1'000);
        if (!interval) return wrong(name, "it is 1 to 1000");
        rule.interval = *interval;
    } else if (name == "COUNT") {
        const auto count = integer(value, 1, 10'000);
        if (!count) return wrong(name, "it is 1 to 10000");
        rule.count = static_cast<std::uint32_t>(*count);
    } else if (name == "UNTIL") {
        rule.until = until_of(value);
        if (!rule.until)
            return wrong(name,
                         "it is a date or a local time without a zone, such as 20261224 or 20261224T180000");
    } else if (name == "WKST") {
        const auto day = day_of(value);
        if (!day) return wrong(name, "it is one of SU, MO, TU, WE, TH, FR, SA");
        rule.week_start = *day;
    } else if (name == "BYMONTHDAY") {
        const bool good = each_of(value, [&](std::string_view one) {
            const auto day = integer(one, -31, 31);
            if (day && *day != 0) rule.by_month_day.push_back(*day);
            return day && *day != 0;
        });
        if (!good) return wrong(name, "each is 1 to 31, or -1 to -31 from the end of the month");
    } else if (name == "BYDAY") {
        const bool good = each_of(value, [&](std::string_view one) {
            if (one.size() < 2) return false;
            const auto day = day_of(one.substr(one.size() - 2));
            const std::string_view ordinal = one.substr(0, one.size() - 2);
            const auto which = ordinal.empty() ? std::optional(0) : integer(ordinal, -5, 5);
            if (!day || !which || (!ordinal.empty() && *which == 0)) return false;
            rule.by_day.push_back({*which, *day});
            return true;
        });
        if (!good)
            return wrong(name, "each is SU, MO, TU, WE, TH, FR or SA, with 1 to 5 or -1 to -5 before it");
    } else {
        return wrong(name.substr(0, 40),
                     "this part of a rule is not understood; these are: FREQ, INTERVAL, BYDAY, "
                     "BYMONTHDAY, WKST, COUNT, UNTIL");
    }
    return {};
}

// 1: the first of its weekday in the month; -1: the last.
std::pair<int, int> ordinals(const year_month_day& date) {
    const auto last = std::chrono::year_month_day_last(date.year(), date.month() / std::chrono::last).day();
    const int day = static_cast<int>(static_cast<unsigned>(date.day()));
    return {(day - 1) / 7 + 1, -((static_cast<int>(static_cast<unsigned>(last)) - day) / 7 + 1)};
}

bool on_month_day(const std::vector<int>& days, const year_month_day& date) {
    const auto last = std::chrono::year_month_day_last(date.year(), date.month() / std::chrono::last).day();
    const int day = static_cast<int>(static_cast<unsigned>(date.day()));
    const int from_end = day - static_cast<int>(static_cast<unsigned>(last)) - 1;
    return std::ranges::any_of(days, [&](int wanted) { return wanted == day || wanted == from_end; });
}

bool on_day(const std::vector<Recurrence::Day>& days, const year_month_day& date, weekday is) {
    const auto [from_start, from_end] = ordinals(date);
    return std::ranges::any_of(days, [&](const Recurrence::Day& wanted) {
        return wanted.weekday == is &&
               (wanted.ordinal == 0 || wanted.ordinal == from_start || wanted.ordinal == from_end);
    });
}

int months_of(const year_month_day& date) {
    return static_cast<int>(date.year()) * 12 + static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
    return text;
}

std::string ordinal_word(int number) {
    constexpr std::array<std::string_view, 5> words{"first", "second", "third", "fourth", "fifth"};
    const auto at = static_cast<std::size_t>(std::abs(number) - 1);
    if (number == -1) return "last";
    return std::string(words.at(at)) + (number < 0 ? " to last" : "");
}

} // namespace

base::Result<Recurrence> Recurrence::parse(std::string_view text) {
    if (text.starts_with("RRULE:")) text.remove_prefix(6);
    if (text.size() > 500) return base::invalid("a rule has at most 500 characters");
    Recurrence rule;
    std::set<std::string, std::less<>> seen;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos)
            return base::invalid(
                "a rule is NAME=VALUE, several with ; between, such as FREQ=WEEKLY;BYDAY=SU");
        const std::string_view name = part.substr(0, equals);
        if (!seen.emplace(name).second) return wrong(name.substr(0, 40), "it stands there twice");
        TRY(set(rule, name, part.substr(equals + 1)));
    }
    if (!seen.contains("FREQ"))
        return wrong("FREQ", "a rule says how it repeats: FREQ=DAILY, WEEKLY or MONTHLY");
    if (rule.count && rule.until) return wrong("COUNT", "a rule has COUNT or UNTIL, not both");
    const bool ordinal = std::ranges::any_of(rule.by_day, [](const Day& day) { return day.ordinal != 0; });
    if (ordinal && rule.frequency != Frequency::monthly)
        return wrong("BYDAY", "the first or last of a weekday is that of a month: FREQ=MONTHLY");
    if (!rule.by_month_day.empty() && rule.frequency == Frequency::weekly)
        return wrong("BYMONTHDAY", "a weekly rule has no days of the month");
    return rule;
}

std::string Recurrence::text() const {
    std::string out = "FREQ=" + std::string(kFrequencies.at(static_cast<std::size_t>(frequency)));
    if (interval != 1) out += ";INTERVAL=" + std::to_string(interval);
    for (std::size_t i = 0; i < by_day.size(); ++i)
        out += (i == 0 ? ";BYDAY=" : ",") +
               (by_day[i].ordinal == 0 ? "" : std::to_string(by_day[i].ordinal)) +
               std::string(kDays.at(by_day[i].weekday.c_encoding()));
    for (std::size_t i = 0; i < by_month_day.size(); ++i)
        out += (i == 0 ? ";BYMONTHDAY=" : ",") + std::to_string(by_month_day[i]);
    if (week_start != std::chrono::Monday) out += ";WKST=" + std::string(kDays.at(week_start.c_encoding()));
    if (count) out += ";COUNT=" + std::to_string(*count);
    if (until) {
        std::string end = to_text(*until);
        if (end.size() == 16) end += ":00";
        std::erase_if(end, [](char c) { return c == '-' || c == ':'; });
        out += ";UNTIL=" + end;
    }
    return out;
}

bool Recurrence::falls_on(LocalDay first, LocalDay day) const {
    if (day < first) return false;
    const year_month_day date(day);
    const weekday is(day);
    switch (frequency) {
    case Frequency::daily:
        return (day - first).count() % interval == 0 && (by_day.empty() || on_day(by_day, date, is)) &&
               (by_month_day.empty() || on_month_day(by_month_day, date));
    case Frequency::weekly: {
        // Between the beginnings of the two weeks; a difference of weekdays is 0 to 6 days.
        const LocalDay from = first - (weekday(first) - week_start);
        const LocalDay to = day - (is - week_start);
        return (to - from).count() / 7 % interval == 0 &&
               (by_day.empty() ? is == weekday(first) : on_day(by_day, date, is));
    }
    case Frequency::monthly: {
        const year_month_day begun(first);
        if ((months_of(date) - months_of(begun)) % interval != 0) return false;
        if (by_day.empty() && by_month_day.empty()) return date.day() == begun.day();
        return (by_day.empty() || on_day(by_day, date, is)) &&
               (by_month_day.empty() || on_month_day(by_month_day, date));
    }
    }
    return false;
}

std::string in_words(const Recurrence& recurrence, LocalDay first) {
    using enum Recurrence::Frequency;
    const auto every = [&](std::string_view one) {
        return recurrence.interval == 1
                   ? "every " + std::string(one)
                   : "every " + std::to_string(recurrence.interval) + " " + std::string(one) + "s";
    };
    std::vector<std::string> days;
    for (const Recurrence::Day& day : recurrence.by_day)
        days.push_back((day.ordinal == 0 ? "" : "the " + ordinal_word(day.ordinal) + " ") +
                       std::string(kDayNames.at(day.weekday.c_encoding())));
    std::vector<std::string> dates;
    for (const int day : recurrence.by_month_day)
        dates.push_back(day == -1  ? "the last day"
                        : day < -1 ? "the day " + std::to_string(-day - 1) + " before the last"
                                   : "day " + std::to_string(day));
    std::string text;
    switch (recurrence.frequency) {
    case daily:
        text = every("day");
        if (!days.empty()) text += " that is a " + listed(days);
        if (!dates.empty()) text += " that is " + listed(dates) + " of its month";
        break;
    case weekly:
        if (days.empty()) days.emplace_back(kDayNames.at(weekday(first).c_encoding()));
        text = recurrence.interval == 1 ? "every " + listed(days) : every("week") + " on " + listed(days);
        break;
    case monthly:
        if (days.empty() && dates.empty())
            dates.push_back("day " + std::to_string(static_cast<unsigned>(year_month_day(first).day())));
        text = "on " + listed(days) + (!days.empty() && !dates.empty() ? " that is " : "") + listed(dates) +
               " of " + every("month");
        break;
    }
    if (recurrence.count) text += ", " + std::to_string(*recurrence.count) + " times";
    if (recurrence.until) text += ", until " + to_text(*recurrence.until).substr(0, 10);
    return text;
}

} // namespace oakum::schedule
