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

constexpr char kNoText = '\xFF';

void put_utf8(std::string& out, std::uint32_t letter) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (letter < 0x80) return add(letter);
    if (letter < 0x800) {
        add(0xC0 | letter >> 6U);
    } else {
        if (letter < 0x10000) {
            add(0xE0 | letter >> 12U);
        } else {
            add(0xF0 | letter >> 18U);
            add(0x80 | (letter >> 12U & 0x3F));
        }
        add(0x80 | (letter >> 6U & 0x3F));
    }
    add(0x80 | (letter & 0x3F));
}

// Windows-1252, 0x80 to 0x9F; 0: not given. The rest is Latin-1.
constexpr std::array<std::uint16_t, 32> kWindows{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// False when a byte means nothing there.
bool from_windows(std::string& field) {
    std::string out;
    for (const char c : field) {
        const auto byte = static_cast<std::uint8_t>(c);
        const std::uint32_t letter = byte >= 0x80 && byte < 0xA0 ? kWindows[byte - 0x80U] : byte;
        if (letter == 0 && byte != 0) return false;
        put_utf8(out, letter);
    }
    field = std::move(out);
    return true;
}

} // namespace

Reader::Reader(Output output, Limits limits) : output_(std::move(output)), limits_(limits) {}

Status Reader::feed(base::ByteView bytes) {
    std::string_view piece = base::as_text(bytes);
    look(piece);
    if (encoding_ == Encoding::not_known) return {};
    if (encoding_ == Encoding::bytes) {
        const std::string held = std::exchange(mark_, {});
        TRY(text(held));
        return text(piece);
    }
    return text(from_utf16(piece));
}

// Takes what tells the encoding off the front.
void Reader::look(std::string_view& bytes) {
    while (encoding_ == Encoding::not_known && !bytes.empty()) {
        mark_ += bytes.front();
        bytes.remove_prefix(1);
        if (mark_ == "\xFF\xFE")
            encoding_ = Encoding::utf16_le;
        else if (mark_ == "\xFE\xFF")
            encoding_ = Encoding::utf16_be;
        else if (mark_ != "\xFF" && mark_ != "\xFE")
            encoding_ = Encoding::bytes;
    }
    if (encoding_ == Encoding::utf16_le || encoding_ == Encoding::utf16_be)
        if (mark_.size() == 2) mark_.clear();
}

// What is no Unicode becomes a byte that is no UTF-8: it costs its row.
std::string Reader::from_utf16(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) {
        if (mark_.empty()) {
            mark_ += byte;
            continue;
        }
        const auto first = static_cast<std::uint8_t>(mark_[0]), second = static_cast<std::uint8_t>(byte);
        mark_.clear();
        const std::uint32_t unit =
            encoding_ == Encoding::utf16_le ? first | second << 8U : first << 8U | second;
        const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high_ != 0 && low) {
            put_utf8(out, 0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
            high_ = 0;
            continue;
        }
        if (std::exchange(high_, 0) != 0 || low) out += kNoText;
        if (unit >= 0xD800 && unit <= 0xDBFF)
            high_ = unit;
        else if (!low)
            put_utf8(out, unit);
    }
    return out;
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
    if (mode_ == Mode::formula && c != '\n' && c != '\r') {
        if (c == '"') mode_ = Mode::plain;
        return put(c) ? Status()
                      : lose("a field is longer than " + std::to_string(limits_.max_field_bytes) + " bytes");
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
        // ="0123" is how others keep spreadsheets from reading a number; separators inside belong to it.
        if (mode_ == Mode::plain && field_ == "=") {
            mode_ = Mode::formula;
            return put(c) ? Status() : lose("a field is longer than its bounds");
        }
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
    if (line_ > row_.line)
        reason += "; lines " + std::to_string(row_.line) + " to " + std::to_string(line_) + " are not read";
    return output_.bad(row_.line, std::move(reason));
}

Status Reader::end_row() {
    Status status;
    const bool empty = mode_ == Mode::field_start && row_.fields.empty();
    // One that cannot be read counts as well: each is told.
    if (!empty && ++rows_ > limits_.max_rows)
        return base::too_large("more than " + std::to_string(limits_.max_rows) + " rows");
    if (mode_ != Mode::lost && !empty) {
        const bool fits = end_field();
        bool clean = std::all_of(row_.fields.begin(), row_.fields.end(), base::is_utf8);
        if (!clean && encoding_ == Encoding::bytes)
            clean = row_.recoded = std::all_of(row_.fields.begin(), row_.fields.end(), from_windows);
        if (!fits)
            status = output_.bad(row_.line, "more than " + std::to_string(limits_.max_fields) + " fields");
        else if (!clean)
            status = output_.bad(row_.line, "it is no text in UTF-8, UTF-16 or Windows-1252");
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
    // Half a letter at the end is none.
    if (encoding_ != Encoding::bytes && (!mark_.empty() || high_ != 0)) TRY(text({&kNoText, 1}));
    if (!known_) {
        TRY(start());
    }
    if (mode_ == Mode::quoted) {
        line_ -= field_.ends_with('\n'); // there is no line behind the last
        return lose("a quote does not end");
    }
    return end_row();
}

} // namespace oakum::csv
