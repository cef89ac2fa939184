// SPDX-License-Identifier: Apache-2.0
#include "footer.hpp"

#include <algorithm>
#include <chrono>

namespace oakum::tzif {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    bool done() const { return text_.empty(); }
    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    std::optional<int> number(int max) {
        int value = 0;
        std::size_t digits = 0;
        for (; digits < text_.size() && digits < 4 && text_[digits] >= '0' && text_[digits] <= '9'; ++digits)
            value = value * 10 + (text_[digits] - '0');
        if (digits == 0 || value > max) return std::nullopt;
        text_.remove_prefix(digits);
        return value;
    }
    bool name() {
        std::size_t length = 0;
        if (take('<')) {
            while (length < text_.size() && text_[length] != '>')
                ++length;
            if (length == text_.size()) return false;
            text_.remove_prefix(length + 1);
            return length >= 3;
        }
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        while (length < text_.size() && letter(text_[length]))
            ++length;
        text_.remove_prefix(length);
        return length >= 3;
    }
    // [+-]hh[:mm[:ss]] in seconds.
    std::optional<int> time(int max_hours) {
        const bool minus = take('-');
        if (!minus) take('+');
        const auto hours = number(max_hours);
        if (!hours) return std::nullopt;
        int seconds = *hours * 3600;
        for (const int unit : {60, 1}) {
            if (!take(':')) break;
            const auto part = number(59);
            if (!part) return std::nullopt;
            seconds += *part * unit;
        }
        return minus ? -seconds : seconds;
    }

  private:
    std::string_view text_;
};

std::optional<Footer::Day> day(Reader& in) {
    Footer::Day day;
    if (in.take('M')) {
        const auto month = in.number(12);
        if (!month || *month < 1 || !in.take('.')) return std::nullopt;
        const auto week = in.number(5);
        if (!week || *week < 1 || !in.take('.')) return std::nullopt;
        const auto weekday = in.number(6);
        if (!weekday) return std::nullopt;
        day.month = *month;
        day.week = *week;
        day.day = *weekday;
    } else {
        day.kind = in.take('J') ? Footer::Day::Kind::julian : Footer::Day::Kind::zero_based;
        const auto number = in.number(365);
        if (!number || (day.kind == Footer::Day::Kind::julian && *number < 1)) return std::nullopt;
        day.day = *number;
    }
    if (in.take('/')) {
        const auto seconds = in.time(167);
        if (!seconds) return std::nullopt;
        day.seconds = *seconds;
    }
    return day;
}

// Unix seconds of the moment, as if its zone were UTC.
std::int64_t in_year(const Footer::Day& day, int number) {
    const std::chrono::year year(number);
    sys_days date;
    switch (day.kind) {
    case Footer::Day::Kind::zero_based:
        date = sys_days(year / 1 / 1) + days(day.day);
        break;
    case Footer::Day::Kind::julian: // February never has 29 days
        date = sys_days(year / 1 / 1) + days(day.day - 1 + (year.is_leap() && day.day >= 60 ? 1 : 0));
        break;
    case Footer::Day::Kind::month: {
        const auto month = year / std::chrono::month(static_cast<unsigned>(day.month));
        const std::chrono::weekday weekday(static_cast<unsigned>(day.day));
        date = day.week == 5 ? sys_days(month / weekday[std::chrono::last])
                             : sys_days(month / weekday[static_cast<unsigned>(day.week)]);
        break;
    }
    }
    return std::int64_t{date.time_since_epoch().count()} * 86'400 + day.seconds;
}

} // namespace

base::Result<Footer> parse_footer(std::string_view text) {
    const auto wrong = [] {
        return base::invalid("the rule at the end of the time zone file cannot be read");
    };
    if (text.size() > 256) return wrong();
    Reader in(text);
    Footer footer;
    if (!in.name()) return wrong();
    const auto west = in.time(24);
    if (!west) return wrong();
    footer.standard = footer.summer = -*west;
    if (in.done()) return footer;
    if (!in.name()) return wrong();
    footer.summer = footer.standard + 3600;
    if (!in.take(',')) {
        const auto summer = in.time(24);
        if (!summer || !in.take(',')) return wrong();
        footer.summer = -*summer;
    }
    const auto begins = day(in);
    if (!begins || !in.take(',')) return wrong();
    const auto ends = day(in);
    if (!ends || !in.done()) return wrong();
    footer.when = {*begins, *ends};
    return footer;
}

void add_changes(const Footer& footer, std::int64_t from, int last_year,
                 std::vector<schedule::ZoneRules::Change>& out) {
    if (!footer.when) return;
    const auto since = std::chrono::floor<days>(std::chrono::sys_seconds(std::chrono::seconds(from)));
    const int first = std::max(1970, static_cast<int>(std::chrono::year_month_day(since).year()) - 1);
    std::vector<schedule::ZoneRules::Change> made;
    for (int year = first; year <= last_year; ++year) {
        made.push_back({in_year(footer.when->first, year) - footer.standard, footer.summer});
        made.push_back({in_year(footer.when->second, year) - footer.summer, footer.standard});
    }
    std::ranges::sort(made, {}, &schedule::ZoneRules::Change::at);
    // Summer time all year long begins when it ends: only what lasts counts.
    for (std::size_t i = 0; i < made.size(); ++i)
        if (made[i].at > from && (i + 1 == made.size() || made[i + 1].at > made[i].at))
            out.push_back(made[i]);
}

} // namespace oakum::tzif
