// SPDX-License-Identifier: Apache-2.0
#include "values.hpp"

#include <algorithm>
#include <array>
#include <base/time.hpp>
#include <charconv>
#include <chrono>
#include <device/query.hpp>
#include <device_lists/mac.hpp>
#include <optional>

namespace oakum::device_lists {
namespace {

using device::ValueType;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

template <std::size_t N>
const std::string_view* second_of(const std::array<std::pair<std::string_view, std::string_view>, N>& table,
                                  std::string_view word) {
    for (const auto& [name, value] : table)
        if (name == word) return &value;
    return nullptr;
}

constexpr auto kPlatforms = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"mac os x", "macos"},
    {"mac os", "macos"},
    {"os x", "macos"},
    {"mac", "macos"},
    {"iphone os", "ios"},
    {"iphone", "ios"},
    {"ipad", "ipados"},
    {"android enterprise", "android"},
    {"androidforwork", "android"},
    {"androidenterprise", "android"},
    {"apple tv", "tvos"},
    {"windows 10", "windows"},
    {"windows 11", "windows"},
});

constexpr auto kYes = std::to_array<std::string_view>({"yes", "true", "1", "y", "ja", "wahr", "oui", "vrai"});
constexpr auto kNo =
    std::to_array<std::string_view>({"no", "false", "0", "n", "nein", "falsch", "non", "faux"});
constexpr auto kMonths = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});

// "5/11/2026 10:00": the numbers between the separators, and what stands behind them.
struct Numbers {
    std::array<unsigned, 3> values{};
    std::array<std::size_t, 3> digits{};
    std::string_view rest;
};

std::optional<Numbers> three_numbers(std::string_view text, char separator) {
    Numbers numbers;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers.values[i]);
        numbers.digits[i] = static_cast<std::size_t>(end - text.data());
        if (error != std::errc() || numbers.digits[i] > 4) return std::nullopt;
        text.remove_prefix(numbers.digits[i]);
        if (i == 2) break;
        if (text.empty() || text.front() != separator) return std::nullopt;
        text.remove_prefix(1);
    }
    numbers.rest = text;
    return numbers;
}

std::optional<std::string> written(unsigned year, unsigned month, unsigned day) {
    if (year < 100) year += 2000;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok() || year < 1970 || year > 2999) return std::nullopt;
    return base::to_date(std::chrono::time_point_cast<base::Duration>(std::chrono::sys_days(date)));
}

// Days since the last day of 1899, as spreadsheets count them; a fraction is the time of day.
std::optional<std::string> from_serial(std::string_view text) {
    double days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
    if (error != std::errc() || end != text.data() + text.size() || days < 25'569 || days > 80'000)
        return std::nullopt;
    return base::to_date(base::from_unix_ms((static_cast<std::int64_t>(days) - 25'569) * 86'400'000));
}

// "5-Nov-26", "5 Nov 2026"
std::optional<std::string> with_month_name(std::string_view text) {
    unsigned day = 0, year = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), day);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.size() < 6) return std::nullopt;
    const std::string name = lower(text.substr(1, 3));
    const auto month = std::find(kMonths.begin(), kMonths.end(), name);
    if (month == kMonths.end()) return std::nullopt;
    text.remove_prefix(4);
    while (!text.empty() && !is_digit(text.front()))
        text.remove_prefix(1);
    if (std::from_chars(text.data(), text.data() + text.size(), year).ec != std::errc()) return std::nullopt;
    return written(year, static_cast<unsigned>(month - kMonths.begin()) + 1, day);
}

base::Result<std::string> date_of(std::string_view cell, Dates dates) {
    const auto refuse = [&] {
        return base::invalid("'" + std::string(cell) + "' is no date; write it as 2026-11-05");
    };
    std::optional<std::string> date;
    if (const auto parts = three_numbers(cell, '-'); parts && parts->digits[0] == 4) {
        date = written(parts->values[0], parts->values[1], parts->values[2]);
    } else if (const auto slashed = three_numbers(cell, '/'); slashed && slashed->digits[0] == 4) {
        date = written(slashed->values[0], slashed->values[1], slashed->values[2]);
    } else if (const auto dotted = three_numbers(cell, '.'); dotted) {
        date = written(dotted->values[2], dotted->values[1], dotted->values[0]);
    } else if (const auto mixed = slashed ? slashed : parts; mixed) {
        const auto [first, second, year] = mixed->values;
        if (dates == Dates::by_the_file) dates = order_shown_by(cell);
        if (dates == Dates::by_the_file && first != second)
            return base::invalid(
                "'" + std::string(cell) +
                "' can be read with the day or with the month in front; write it as 2026-11-05, or "
                "say which it is");
        date = dates == Dates::month_first ? written(year, first, second) : written(year, second, first);
    } else if (date = from_serial(cell); !date) {
        date = with_month_name(cell);
    }
    if (!date) return refuse();
    return *date;
}

base::Result<std::string> number_as_text(std::string_view fact, std::string_view cell) {
    // 1.23457E+14 has lost digits that nothing brings back.
    const std::size_t e = cell.find_first_of("eE");
    const bool spoilt = e != std::string_view::npos && e > 0 && e + 1 < cell.size() && cell[e + 1] == '+' &&
                        std::all_of(cell.begin(), cell.begin() + static_cast<std::ptrdiff_t>(e),
                                    [](char c) { return is_digit(c) || c == '.' || c == ','; });
    if (spoilt)
        return base::invalid("'" + std::string(cell) + "' is what a spreadsheet made of the " +
                             std::string(fact) + "; give the column the format Text and export it again");
    return std::string(cell);
}

base::Result<std::string> yes_or_no(std::string_view cell) {
    const std::string word = lower(cell);
    if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return std::string("yes");
    if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return std::string("no");
    return base::invalid("'" + std::string(cell) + "' is not yes or no");
}

} // namespace

bool is_date(std::string_view fact) {
    return device::type_of_key(fact) == ValueType::date;
}

std::string plain_cell(std::string_view cell) {
    if (cell.size() >= 3 && cell.starts_with("=\"") && cell.ends_with('"'))
        cell = cell.substr(2, cell.size() - 3);
    // Only before what a spreadsheet would read otherwise: 's-Hertogenbosch keeps its own.
    if (cell.size() >= 2 && cell.front() == '\'' &&
        (is_digit(cell[1]) || std::string_view("=+-@").find(cell[1]) != std::string_view::npos))
        cell.remove_prefix(1);
    std::string out;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        const bool narrow = cell[i] == ' ' || cell[i] == '\t' || cell[i] == '\r' || cell[i] == '\n';
        const bool fixed = cell.substr(i).starts_with("\xC2\xA0"); // a blank that does not break
        if (fixed) ++i;
        if (!narrow && !fixed)
            out += cell[i];
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    const std::string word = lower(out);
    if (word == "-" || word == "n/a" || word == "#n/a" || word == "null") return {};
    return out;
}

std::pair<std::string, std::string> platform_and_version(std::string_view text) {
    std::string word = lower(text), version;
    // "Android (personally-owned work profile)"
    if (const std::size_t more = word.find(" ("); more != std::string::npos) word.resize(more);
    if (const auto* known = second_of(kPlatforms, word)) return {std::string(*known), ""};
    if (const std::size_t number = word.find_first_of("0123456789");
        number != std::string::npos && number > 1 && word[number - 1] == ' ') {
        version = word.substr(number, word.find(' ', number) - number);
        word.resize(number - 1);
    }
    if (const auto* known = second_of(kPlatforms, word)) return {std::string(*known), version};
    return {word, version};
}

Dates order_shown_by(std::string_view cell) {
    const auto slashed = three_numbers(cell, '/');
    const auto numbers = slashed ? slashed : three_numbers(cell, '-');
    if (!numbers || numbers->digits[0] > 2) return Dates::by_the_file;
    if (numbers->values[0] > 12) return Dates::day_first;
    return numbers->values[1] > 12 ? Dates::month_first : Dates::by_the_file;
}

base::Result<std::string> value_of(std::string_view fact, std::string_view cell, Dates dates) {
    if (cell.empty()) return std::string();
    const ValueType type = device::type_of_key(fact);
    if (type == ValueType::date) return date_of(cell, dates);
    if (type == ValueType::boolean || fact == "x.supervised") return yes_or_no(cell);
    if (type == ValueType::criticality || type == ValueType::exposure) return lower(cell);
    if (type == ValueType::address) return std::string(cell.substr(0, cell.find_first_of(",; ")));
    if (fact == device::key::platform) return platform_and_version(cell).first;
    if (fact == device::key::serial || fact == "x.imei") return number_as_text(fact, cell);
    if (fact == "x.mac" || fact == "x.ethernet_mac") {
        const auto mac = as_mac(cell);
        if (!mac) return base::invalid("'" + std::string(cell) + "' is no MAC address");
        return *mac;
    }
    return std::string(cell);
}

} // namespace oakum::device_lists
