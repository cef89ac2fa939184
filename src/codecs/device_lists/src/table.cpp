// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include "values.hpp"

#include <algorithm>
#include <base/id.hpp>
#include <csv/reader.hpp>
#include <deque>
#include <device/query.hpp>
#include <set>

namespace oakum::device_lists {
namespace {

constexpr std::size_t kPiece = 64UL << 10;

// Rows of a text, pulled instead of pushed: a piece of bytes is read when no row is held.
class Rows {
  public:
    explicit Rows(std::string_view text)
        : rest_(text), reader_({[this](csv::Row&& row) -> base::Status {
                                    held_.push_back({std::move(row), {}});
                                    return {};
                                },
                                [this](std::uint64_t line, std::string reason) -> base::Status {
                                    held_.push_back({csv::Row{line, {}, false}, std::move(reason)});
                                    return {};
                                }},
                               limits()) {}
    struct Item {
        csv::Row row;
        std::string bad; // why it could not be read; empty: it could
    };
    base::Result<std::optional<Item>> next() {
        while (held_.empty() && !finished_) {
            const std::string_view piece = rest_.substr(0, kPiece);
            rest_.remove_prefix(piece.size());
            if (!piece.empty()) {
                TRY(reader_.feed(base::as_bytes(piece)));
            } else {
                finished_ = true;
                TRY(reader_.finish());
            }
        }
        if (held_.empty()) return std::optional<Item>();
        std::optional<Item> item(std::move(held_.front()));
        held_.pop_front();
        return item;
    }

  private:
    static csv::Limits limits() {
        csv::Limits limits;
        limits.max_rows = kMostRecords + 1;
        return limits;
    }
    std::string_view rest_;
    std::deque<Item> held_;
    bool finished_ = false;
    csv::Reader reader_;
};

class Table final : public File {
  public:
    Table(std::string_view text, Wishes wishes) : text_(text), wishes_(std::move(wishes)), rows_(text) {}

    base::Status begin() {
        TRY_VALUE(auto head, rows_.next());
        if (!head) return base::invalid("the file is empty; its first line names the columns");
        if (!head->bad.empty())
            return base::invalid("the line that names the columns cannot be read: " + head->bad)
                .at("line " + std::to_string(head->row.line));
        std::vector<std::string> heads;
        for (const std::string& field : head->row.fields)
            heads.push_back(plain_cell(field));
        while (!heads.empty() && heads.back().empty())
            heads.pop_back();
        recoded_ += head->row.recoded;
        const Told remembered = wishes_.remembered ? wishes_.remembered(name_of_heads(heads)) : Told();
        TRY_VALUE(layout_, lay_out(heads, wishes_.told, remembered, wishes_.persons));
        layout_.heads = name_of_heads(heads);
        TRY(look_ahead());
        return {};
    }

    const Layout& layout() const override { return layout_; }
    std::vector<std::string> notes() const override {
        std::vector<std::string> notes;
        const auto persons =
            std::count_if(layout_.columns.begin(), layout_.columns.end(), [](const Column& c) {
                return c.about_a_person && c.fact.empty() && !c.head.empty();
            });
        if (persons > 0)
            notes.push_back(std::to_string(persons) + (persons == 1 ? " column is" : " columns are") +
                            " about persons and left out; ask for them if you need them.");
        if (recoded_ > 0)
            notes.push_back(
                std::to_string(recoded_) + (recoded_ == 1 ? " line is" : " lines are") +
                " not UTF-8 and read as Windows-1252: look whether letters such as ä and é are right.");
        if (dates_ != Dates::by_the_file && saw_dates_)
            notes.push_back(dates_ == Dates::day_first
                                ? "Dates such as 3/4/2026 are read with the day in front."
                                : "Dates such as 3/4/2026 are read with the month in front.");
        return notes;
    }
    base::Result<Piece> next(std::size_t most) override {
        Piece piece;
        while (piece.records.size() + piece.refused.size() < most) {
            TRY_VALUE(auto item, rows_.next());
            if (!item) {
                piece.last = true;
                break;
            }
            if (!item->bad.empty())
                piece.refused.push_back({item->row.line, std::move(item->bad)});
            else
                take(item->row, piece);
        }
        return piece;
    }

  private:
    // What only the rows tell: whether "ID" is an id of ours, and what stands in front in a date.
    base::Status look_ahead() {
        dates_ = wishes_.dates;
        const auto mapped = [&](auto holds) {
            return std::any_of(layout_.columns.begin(), layout_.columns.end(), holds);
        };
        saw_dates_ = mapped([](const Column& c) { return is_date(c.fact); });
        const bool guessed_id = mapped([](const Column& c) { return is_guessed_id(c); });
        const bool needs_dates = saw_dates_ && dates_ == Dates::by_the_file;
        if (!guessed_id && !needs_dates) return {};
        Rows ahead(text_);
        bool head = true, day = false, month = false, id_open = guessed_id;
        while (needs_dates || id_open) {
            TRY_VALUE(const auto item, ahead.next());
            if (!item) break;
            if (!item->bad.empty() || std::exchange(head, false)) continue;
            for (std::size_t i = 0; i < std::min(item->row.fields.size(), layout_.columns.size()); ++i) {
                Column& column = layout_.columns[i];
                const bool is_id = id_open && is_guessed_id(column);
                if (!is_id && !is_date(column.fact)) continue;
                const std::string cell = plain_cell(item->row.fields[i]);
                if (cell.empty()) continue;
                if (is_id) {
                    id_open = false;
                    if (base::parse_id128(cell).ok()) continue;
                    column.fact.clear();
                    column.how = How::left_out;
                } else {
                    const Dates shown = order_shown_by(cell);
                    day = day || shown == Dates::day_first;
                    month = month || shown == Dates::month_first;
                }
            }
        }
        if (needs_dates && day != month) dates_ = day ? Dates::day_first : Dates::month_first;
        return {};
    }
    static bool is_guessed_id(const Column& column) {
        return column.fact == kId && (column.how == How::guessed || column.how == How::named);
    }

    void take(csv::Row& row, Piece& piece) {
        recoded_ += row.recoded;
        Record record;
        record.line = row.line;
        bool anything = false;
        for (std::size_t i = 0; i < row.fields.size(); ++i) {
            std::string cell = plain_cell(row.fields[i]);
            anything = anything || !cell.empty();
            if (cell.empty()) continue;
            if (i >= layout_.columns.size())
                return piece.refused.push_back({row.line, "has " + std::to_string(row.fields.size()) +
                                                              " fields, the first line names " +
                                                              std::to_string(layout_.columns.size())});
            const Column& column = layout_.columns[i];
            if (column.fact.empty()) continue;
            if (column.fact == kId) {
                record.id = std::move(cell);
            } else if (column.fact == kGroup) {
                record.group = std::move(cell);
            } else {
                auto value = value_of(column.fact, cell, dates_);
                if (!value.ok())
                    return piece.refused.push_back({row.line, column.head + ": " + value.error().message});
                if (column.fact == device::key::platform) version_of_platform(record, cell);
                if (!value->empty()) record.facts[column.fact] = std::move(*value);
            }
        }
        if (!anything) return; // a line of separators
        for (const auto& [fact, value] : layout_.constants)
            record.facts.try_emplace(fact, value);
        piece.records.push_back(std::move(record));
    }
    void version_of_platform(Record& record, std::string_view cell) const {
        const bool own = std::any_of(layout_.columns.begin(), layout_.columns.end(),
                                     [](const Column& c) { return c.fact == device::key::os_version; });
        if (auto [platform, version] = platform_and_version(cell); !own && !version.empty())
            record.facts[std::string(device::key::os_version)] = std::move(version);
    }

    std::string_view text_;
    Wishes wishes_;
    Rows rows_;
    Layout layout_;
    Dates dates_ = Dates::by_the_file;
    bool saw_dates_ = false;
    std::uint64_t recoded_ = 0;
};

} // namespace

base::Result<std::unique_ptr<File>> open_table(std::string_view text, const Wishes& wishes) {
    auto table = std::make_unique<Table>(text, wishes);
    TRY(table->begin());
    return std::unique_ptr<File>(std::move(table));
}

} // namespace oakum::device_lists
