// SPDX-License-Identifier: Apache-2.0
#include "show.hpp"

#include <cli/table.hpp>
#include <cmath>
#include <fmt/format.h>

namespace oakum::cli {

std::string grouped(long long number) {
    std::string digits = std::to_string(number < 0 ? -number : number);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, ",");
    return (number < 0 ? "-" : "") + digits;
}

std::string relative(base::TimePoint then, base::TimePoint now) {
    const bool future = then > now;
    const long long seconds = std::abs(base::unix_seconds(then) - base::unix_seconds(now));
    const auto phrase = [&](long long count, std::string_view unit) {
        const std::string text = std::to_string(count) + " " + std::string(unit);
        return future ? "in " + text : text + " ago";
    };
    if (seconds < 10) return "now";
    if (seconds < 120) return phrase(seconds, "s");
    if (seconds < 7200) return phrase(seconds / 60, "min");
    if (seconds < 172'800) return phrase(seconds / 3600, "h");
    if (seconds < 86'400LL * 60) return phrase(seconds / 86'400, "days");
    return base::to_date(then);
}

std::string Shown::cell(const json::Value& item, const Column& column) const {
    const auto value = at(item, column.pointer);
    if (!value) return output == Output::table ? "-" : "";
    switch (column.format) {
    case Format::time: {
        const auto when = base::parse_time(value->text());
        return when.ok() && output == Output::table && console->terminal ? relative(*when, console->now())
                                                                         : std::string(value->text());
    }
    case Format::integer: {
        const auto number = static_cast<long long>(value->as_double().value_or(0));
        return output == Output::table ? grouped(number) : std::to_string(number);
    }
    case Format::number:
        return fmt::format("{:.1f}", value->as_double().value_or(0));
    case Format::percent:
        return fmt::format("{:.1f} %", 100 * value->as_double().value_or(0));
    case Format::flag:
        return value->as_bool().value_or(false) ? "yes" : "no";
    case Format::list: {
        std::string text;
        for (const json::Value& each : value->items())
            text += (text.empty() ? "" : ", ") + std::string(each.text());
        return text;
    }
    case Format::text:
        break;
    }
    return value->is_string() ? std::string(value->text()) : std::string(value->source());
}

void Shown::page(const std::vector<Column>& columns, const std::vector<json::Value>& items,
                 std::string_view empty) const {
    if (output == Output::json) {
        std::string text = "[";
        for (std::size_t i = 0; i < items.size(); ++i)
            text += (i == 0 ? "\n" : ",\n") + std::string(items[i].source());
        console->out(text + (items.empty() ? "]\n" : "\n]\n"));
        return;
    }
    std::vector<std::string> titles;
    std::vector<bool> right;
    for (const Column& column : columns) {
        titles.emplace_back(column.title);
        right.push_back(column.format == Format::integer || column.format == Format::number ||
                        column.format == Format::percent);
    }
    std::vector<std::vector<std::string>> rows;
    for (const json::Value& item : items) {
        auto& row = rows.emplace_back();
        for (const Column& column : columns)
            row.push_back(cell(item, column));
    }
    if (output == Output::csv)
        console->out(render_csv(titles, rows));
    else if (rows.empty())
        console->out(std::string(empty) + "\n");
    else
        console->out(render_table(titles, rows, right, console->terminal ? console->width : 0));
}

void Shown::object(const std::vector<Column>& lines, const json::Value& value) const {
    if (output == Output::json) {
        console->out(std::string(value.source()) + "\n");
        return;
    }
    if (output == Output::csv) {
        std::vector<Column> named;
        for (const Column& line : lines)
            if (!line.title.empty()) named.push_back(line);
        page(named, {value}, "");
        return;
    }
    std::size_t width = 0;
    for (const Column& line : lines)
        width = std::max(width, line.title.size());
    std::string text;
    for (const Column& line : lines) {
        const std::string shown = printable(cell(value, line));
        if (line.title.empty())
            text += shown == "-" ? "" : shown + "\n\n";
        else
            text += std::string(line.title) + ":" + std::string(width + 2 - line.title.size(), ' ') + shown +
                    "\n";
    }
    console->out(text);
}

} // namespace oakum::cli
