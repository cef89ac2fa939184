// SPDX-License-Identifier: Apache-2.0
#include "show.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <cmath>
#include <fmt/format.h>

namespace oakum::cli {

namespace {

std::vector<Head> heads_of(const std::vector<Column>& columns) {
    std::vector<Head> heads;
    for (const Column& column : columns) {
        const bool number = column.format == Format::integer || column.format == Format::number ||
                            column.format == Format::percent;
        heads.push_back({std::string(column.title), number, number || column.format == Format::id});
    }
    return heads;
}

} // namespace

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
    case Format::id:
        break;
    }
    return value->is_string() ? std::string(value->text()) : std::string(value->source());
}

void Shown::page(std::vector<Column> columns, const std::vector<json::Value>& items,
                 std::string_view empty) const {
    if (output == Output::json) {
        std::string text = "[";
        for (std::size_t i = 0; i < items.size(); ++i)
            text += (i == 0 ? "\n" : ",\n") + std::string(items[i].source());
        console->out(text + (items.empty() ? "]\n" : "\n]\n"));
        return;
    }
    const auto render = [&] {
        std::vector<std::vector<std::string>> rows;
        for (const json::Value& item : items) {
            auto& row = rows.emplace_back();
            for (const Column& column : columns)
                row.push_back(cell(item, column));
        }
        return rows;
    };
    std::vector<std::vector<std::string>> rows = render();
    if (output == Output::csv) {
        console->out(render_csv(heads_of(columns), rows));
        return;
    }
    if (rows.empty()) {
        console->out(std::string(empty) + "\n");
        return;
    }
    std::string left_out;
    while (width() > 0 && least_width(heads_of(columns), rows) > width()) {
        const auto spare = std::ranges::max_element(columns, {}, &Column::spare);
        if (spare->spare == 0) break;
        left_out += (left_out.empty() ? "" : ", ") + std::string(spare->title);
        columns.erase(spare);
        rows = render();
    }
    console->out(render_table(heads_of(columns), rows, width()));
    if (!left_out.empty()) console->err("Too narrow for " + left_out + "; -o csv shows all.\n");
}

void Shown::sentence(std::string_view text) const {
    if (output != Output::table) return;
    console->out(wrap(printable(text), width(), 0) + "\n\n");
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
        if (named.empty()) {
            named = lines;
            for (Column& line : named)
                line.title = "sentence";
        }
        page(named, {value}, "");
        return;
    }
    std::size_t indent = 0;
    for (const Column& line : lines)
        indent = std::max(indent, line.title.size() + 3);
    std::string said, text;
    for (const Column& line : lines) {
        const std::string shown = printable(cell(value, line));
        if ((line.spare == kOnlyWhenThere || line.title.empty()) && shown == "-") continue;
        if (line.title.empty())
            said += wrap(shown, width(), 0) + "\n";
        else
            text += std::string(line.title) + ":" + std::string(indent - line.title.size() - 1, ' ') +
                    wrap(shown, line.format == Format::id ? 0 : width(), static_cast<int>(indent)) + "\n";
    }
    console->out(said + (said.empty() || text.empty() ? "" : "\n") + text);
}

} // namespace oakum::cli
