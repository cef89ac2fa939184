// SPDX-License-Identifier: Apache-2.0
#include <csv/reader.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace oakum::csv {
namespace {

using base::Status;

constexpr std::string_view mark = "\xEF\xBB\xBF";
constexpr std::array<char, 3> separators{',', ';', '\t'};

// The most frequent outside of quotes; a comma where none is.
char separator_of(std::string_view row) {
    std::array<std::size_t, separators.size()> counts{};
    bool quoted = false;
    for (const char c : row) {
        quoted = quoted != (c == '"');
        for (std::size_t i = 0; i < separators.size(); ++i)
            counts[i] += !quoted && c == separators[i];
    }
    return separators[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                               counts.begin())];
}

} // namespace

Reader::Reader(Output output, Limits limits) : output_(std::move(output)), limits_(limits) {}

Status Reader::feed(base::ByteView bytes) {
    return text(base::as_text(bytes));
}

Status Reader::text(std::string_view bytes) {
    if (!known_) {
        TRY(first_row(bytes));
    }
    for (const char c : bytes)
        TRY(take(c));
    return {};
}

Status Reader::first_row(std::string_view& bytes) {
    std::size_t used = 0;
    bool whole = false;
    while (used < bytes.size() && !whole) {
        const char c = bytes[used++];
        head_quoted_ = head_quoted_ != (c == '"');
        head_ += c;
        // Empty lines before the first row tell nothing.
        whole = (c == '\n' && !head_quoted_ &&
                 head_.find_first_not_of("\r\n\xEF\xBB\xBF") != std::string::npos) ||
                head_.size() > limits_.max_row_bytes;
    }
    bytes.remove_prefix(used);
    return whole ? start() : Status();
}

Status Reader::start() {
    known_ = true;
    std::string_view head = head_;
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF"))
        return base::invalid("this is UTF-16; save it as UTF-8");
    if (head.starts_with(mark)) head.remove_prefix(mark.size());
    const std::size_t end = head.find_first_of("\r\n");
    if (head.starts_with("sep=") && head.size() >= 5 && (end == 5 || head.size() == 5)) {
        separator_ = head[4];
        if (std::find(separators.begin(), separators.end(), separator_) == separators.end())
            return base::invalid("a separator is a comma, a semicolon or a tab").at("line 1");
        head.remove_prefix(5);
    } else {
        separator_ = separator_of(head);
    }
    row_.line = line_;
    for (const char c : head)
        TRY(take(c));
    head_.clear();
    head_.shrink_to_fit();
    return {};
}

bool Reader::put(char c) {
    field_ += c;
    return field_.size() <= limits_.max_field_bytes;
}

bool Reader::end_field() {
    row_.fields.push_back(std::exchange(field_, {}));
    mode_ = Mode::field_start;
    return row_.fields.size() <= limits_.max_fields;
}

Status Reader::take(char c) {
    if (mode_ == Mode::lost) {
        if (c == '\n') return end_row();
        return {};
    }
    if (c == '\0') return lose("it holds a zero byte");
    if (++row_bytes_ > limits_.max_row_bytes)
        return lose("the row is longer than " + std::to_string(limits_.max_row_bytes) + " bytes");
    if (mode_ == Mode::quoted) {
        line_ += c == '\n';
        if (c == '"')
            mode_ = Mode::quote_in_quoted;
        else if (!put(c))
            return lose("a field is longer than " + std::to_string(limits_.max_field_bytes) +
                        " bytes; perhaps a quote does not end");
        return {};
    }
    if (carriage_ && c != '\n') return lose("a carriage return stands inside the row");
    if (c == '\n') return end_row();
    if (c == '\r') {
        carriage_ = true;
        return {};
    }
    if (c == separator_)
        return end_field() ? Status() : lose("more than " + std::to_string(limits_.max_fields) + " fields");
    if (mode_ == Mode::quote_in_quoted) {
        if (c != '"') return lose("something follows a closing quote");
        mode_ = Mode::quoted;
        return put(c) ? Status()
                      : lose("a field is longer than " + std::to_string(limits_.max_field_bytes) + " bytes");
    }
    if (c == '"') {
        if (mode_ == Mode::plain) return lose("a quote stands inside a field without quotes");
        mode_ = Mode::quoted;
        return {};
    }
    mode_ = Mode::plain;
    return put(c) ? Status()
                  : lose("a field is longer than " + std::to_string(limits_.max_field_bytes) + " bytes");
}

Status Reader::lose(std::string reason) {
    mode_ = Mode::lost;
    return output_.bad(row_.line, std::move(reason));
}

Status Reader::end_row() {
    Status status;
    const bool empty = mode_ == Mode::field_start && row_.fields.empty();
    if (mode_ != Mode::lost && !empty) {
        const bool fits = end_field();
        const bool clean = std::all_of(row_.fields.begin(), row_.fields.end(), base::is_utf8);
        if (++rows_ > limits_.max_rows)
            return base::too_large("more than " + std::to_string(limits_.max_rows) + " rows");
        if (!fits)
            status = output_.bad(row_.line, "more than " + std::to_string(limits_.max_fields) + " fields");
        else if (!clean)
            status = output_.bad(row_.line, "it is not UTF-8");
        else
            status = output_.row(std::move(row_));
    }
    row_ = {};
    row_.line = ++line_;
    row_bytes_ = 0;
    field_.clear();
    carriage_ = false;
    mode_ = Mode::field_start;
    return status;
}

Status Reader::finish() {
    if (!known_) {
        TRY(start());
    }
    if (mode_ == Mode::quoted) return lose("a quote does not end");
    return end_row();
}

} // namespace oakum::csv
