// SPDX-License-Identifier: Apache-2.0
#include "sheet.hpp"

#include <policy_files/deadline_table.hpp>

#include <algorithm>
#include <charconv>

namespace oakum::policy_files {

using risk::DeadlinePolicy;
using risk::DeadlineRule;
using risk::Outcome;
using risk::Point;

namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;
constexpr std::string_view kNext = "next upgrade";

struct Column {
    enum class Is : std::uint8_t { point, days, outcome, triage };
    Is is = Is::point;
    Point point = Point::known_exploited;
};

std::string columns_there_are() {
    std::string list = "days, outcome, forensic_triage";
    for (std::size_t i = 0; i < risk::kPoints; ++i)
        list += ", " + std::string(risk::words_of(static_cast<Point>(i)).name);
    return list;
}

std::vector<Column> columns_of(const csv::Row& head, Complaints& complaints) {
    std::vector<Column> columns;
    std::vector<std::string> seen;
    for (const std::string& field : head.fields) {
        const std::string name = plain(field);
        Column& column = columns.emplace_back();
        if (std::find(seen.begin(), seen.end(), name) != seen.end())
            complaints.add(head.line, name, "this column is there twice");
        seen.push_back(name);
        if (name == "days")
            column.is = Column::Is::days;
        else if (name == "outcome")
            column.is = Column::Is::outcome;
        else if (name == "forensic_triage")
            column.is = Column::Is::triage;
        else if (const auto point = risk::point_named(name))
            column.point = *point;
        else
            complaints.add(head.line, "",
                           "there is no column \"" + name + "\"; there are " + columns_there_are());
    }
    if (std::find(seen.begin(), seen.end(), "days") == seen.end())
        complaints.add(head.line, "", "the column days is missing");
    return columns;
}

// Nothing: a word that the point does not have, which was complained of.
std::uint8_t values_of(const std::string& cell, Point point, std::uint64_t line, Complaints& complaints) {
    const risk::PointWords& words = risk::words_of(point);
    if (cell.empty() || cell == "*") return DeadlineRule::kAny;
    std::uint8_t bits = 0;
    for (std::size_t from = 0; from <= cell.size();) {
        const std::size_t to = std::min(cell.find('|', from), cell.size());
        const std::string word = plain(std::string_view(cell).substr(from, to - from));
        from = to + 1;
        const auto found = std::find(words.values.begin(), words.values.end(), word);
        if (found == words.values.end()) {
            std::string list;
            for (const std::string_view value : words.values)
                list += (list.empty() ? "" : ", ") + std::string(value);
            complaints.add(line, words.name,
                           (word.empty() ? "an empty word" : "\"" + word + "\" is no answer") +
                               std::string("; it is one of ") + list + ", or *");
            return 0;
        }
        bits |= static_cast<std::uint8_t>(1U << (found - words.values.begin()));
    }
    return bits;
}

std::optional<int> days_of(const std::string& cell, std::uint64_t line, Complaints& complaints) {
    if (cell == kNext) return std::nullopt;
    int days = 0;
    const auto [end, failure] = std::from_chars(cell.data(), cell.data() + cell.size(), days);
    if (failure != std::errc() || end != cell.data() + cell.size() || days < 1 ||
        days > DeadlinePolicy::kMaxDays)
        complaints.add(line, "days",
                       "\"" + cell + "\" is neither a number from 1 to " +
                           std::to_string(DeadlinePolicy::kMaxDays) + " nor \"" + std::string(kNext) + "\"");
    return days;
}

bool yes_or_no(const std::string& cell, std::uint64_t line, Complaints& complaints) {
    if (!cell.empty() && cell != "no" && cell != "yes")
        complaints.add(line, "forensic_triage", "\"" + cell + "\" is neither yes nor no");
    return cell == "yes";
}

std::string name_of(const Outcome& outcome) {
    std::string name = outcome.days ? std::to_string(*outcome.days) + (*outcome.days == 1 ? " day" : " days")
                                    : "with the next upgrade";
    return outcome.forensic_triage ? name + ", and forensic triage" : name;
}

} // namespace

base::Result<DeadlinePolicy> read_deadline_table(std::string id, std::string name, std::string_view text) {
    TRY_VALUE(const Sheet sheet, read_sheet(text, kMaxBytes));
    Complaints complaints;
    const std::vector<Column> columns = columns_of(sheet.head, complaints);
    if (!complaints.none()) return complaints.error();
    DeadlinePolicy::Parts parts;
    parts.id = std::move(id);
    parts.name = std::move(name);
    parts.source = "A table of your own.";
    parts.own = true;
    for (const csv::Row& row : sheet.rows) {
        if (row.fields.size() != columns.size()) {
            complaints.add(row.line, "",
                           "it has " + std::to_string(row.fields.size()) + " cells where the first row has " +
                               std::to_string(columns.size()));
            continue;
        }
        DeadlineRule rule;
        rule.line = row.line;
        Outcome outcome;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string cell = plain(row.fields[i]);
            switch (columns[i].is) {
            case Column::Is::point:
                rule.when[static_cast<std::size_t>(columns[i].point)] =
                    values_of(cell, columns[i].point, row.line, complaints);
                break;
            case Column::Is::days:
                outcome.days = days_of(cell, row.line, complaints);
                break;
            case Column::Is::outcome:
                outcome.name = cell;
                if (cell.size() > 60)
                    complaints.add(row.line, "outcome", "a name of more than 60 characters");
                break;
            case Column::Is::triage:
                outcome.forensic_triage = yes_or_no(cell, row.line, complaints);
                break;
            }
        }
        if (outcome.name.empty()) outcome.name = name_of(outcome);
        const auto known = std::find(parts.outcomes.begin(), parts.outcomes.end(), outcome);
        rule.outcome = static_cast<std::uint32_t>(known - parts.outcomes.begin());
        if (known == parts.outcomes.end()) parts.outcomes.push_back(std::move(outcome));
        parts.rules.push_back(rule);
    }
    if (!complaints.none()) return complaints.error();
    return DeadlinePolicy::make(std::move(parts));
}

std::string cell_of(const DeadlineRule& rule, Point point) {
    const risk::PointWords& words = risk::words_of(point);
    const std::uint8_t bits = rule.when[static_cast<std::size_t>(point)];
    std::string cell;
    bool all = true;
    for (std::size_t i = 0; i < words.values.size(); ++i) {
        if ((bits >> i & 1U) != 0)
            cell += (cell.empty() ? "" : "|") + std::string(words.values[i]);
        else
            all = false;
    }
    return all ? "*" : cell;
}

std::string write_deadline_table(const DeadlinePolicy& policy) {
    std::string text;
    for (const Point point : policy.points())
        text += std::string(risk::words_of(point).name) + ",";
    text += "days,outcome,forensic_triage\n";
    for (const DeadlineRule& rule : policy.rules()) {
        for (const Point point : policy.points())
            text += cell_of(rule, point) + ",";
        const Outcome& outcome = policy.outcomes()[rule.outcome];
        text += outcome.days ? std::to_string(*outcome.days) : std::string(kNext);
        std::string name = outcome.name;
        for (std::size_t at = 0; (at = name.find('"', at)) != std::string::npos; at += 2)
            name.insert(at, 1, '"');
        text += ",\"" + name + "\"," + (outcome.forensic_triage ? "yes" : "no") + "\n";
    }
    return text;
}

} // namespace oakum::policy_files
