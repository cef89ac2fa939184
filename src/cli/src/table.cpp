// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <cli/table.hpp>
#include <csv/writer.hpp>

#include <algorithm>
#include <array>

namespace oakum::cli {
namespace {

constexpr int kNarrowest = 12;

std::size_t code_point_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

struct CodePoint {
    char32_t value = 0;
    std::size_t length = 1;
};

// The code point at `at` of text that is UTF-8.
CodePoint code_point(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = std::min(code_point_length(lead), text.size() - at);
    if (length == 1) return {lead, 1};
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    return {value, length};
}

struct Range {
    char32_t from, to;
};
template <std::size_t N> bool within(const std::array<Range, N>& ranges, char32_t c) {
    return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.from && c <= range.to; });
}

// Combining marks, variation selectors.
constexpr std::array kMarks{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                            Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                            Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
// Unicode's East Asian Width W and F, in the blocks that hold most of them.
constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                           Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                           Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
// C1 controls, marks and overrides of direction, what takes no room, separators of lines, tags.
constexpr std::array kHidden{Range{0x80, 0x9F},     Range{0xAD, 0xAD},      Range{0x061C, 0x061C},
                             Range{0x180E, 0x180E}, Range{0x200B, 0x200F},  Range{0x2028, 0x202E},
                             Range{0x2060, 0x206F}, Range{0xFEFF, 0xFEFF},  Range{0xFFF9, 0xFFFB},
                             Range{0xE000, 0xF8FF}, Range{0xE0000, 0xE0FFF}};

int width_of(char32_t c) {
    if (within(kMarks, c)) return 0;
    return within(kWide, c) ? 2 : 1;
}

std::string cut(std::string_view text, int width) {
    if (display_width(text) <= width) return std::string(text);
    std::string out;
    int used = 0;
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint next = code_point(text, i);
        used += width_of(next.value);
        if (used > width - 1) break;
        out.append(text.substr(i, next.length));
        i += next.length;
    }
    return out + "…";
}

void pad(std::string& line, std::string_view cell, int width, bool right) {
    const auto space = static_cast<std::size_t>(std::max(0, width - display_width(cell)));
    if (right) line.append(space, ' ');
    line += cell;
    if (!right) line.append(space, ' ');
}

std::vector<int> widths_of(const std::vector<Head>& heads,
                           const std::vector<std::vector<std::string>>& rows) {
    std::vector<int> widths;
    for (const Head& head : heads)
        widths.push_back(display_width(head.title));
    for (const auto& row : rows)
        for (std::size_t c = 0; c < heads.size() && c < row.size(); ++c)
            widths[c] = std::max(widths[c], display_width(printable(row[c])));
    return widths;
}

// With two spaces between columns.
int total(const std::vector<int>& widths) {
    int sum = -2;
    for (const int width : widths)
        sum += width + 2;
    return sum;
}

} // namespace

int display_width(std::string_view utf8) {
    int width = 0;
    for (std::size_t i = 0; i < utf8.size();) {
        const CodePoint next = code_point(utf8, i);
        width += width_of(next.value);
        i += next.length;
    }
    return width;
}

std::string json_for_terminals(std::string_view json) {
    // Such characters stand within texts alone, so that no more has to be known of the document.
    if (std::ranges::all_of(json, [](char c) { return static_cast<unsigned char>(c) < 0x7F; }) ||
        !base::is_utf8(json))
        return std::string(json);
    std::string out;
    const auto number = [&out](std::uint32_t unit) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4)
            out += kDigits[(unit >> shift) & 0xFU];
    };
    for (std::size_t i = 0; i < json.size();) {
        const CodePoint next = code_point(json, i);
        const auto value = static_cast<std::uint32_t>(next.value);
        if (value != 0x7F && !within(kHidden, next.value)) {
            out.append(json.substr(i, next.length));
        } else if (value < 0x10000) {
            number(value);
        } else {
            number(0xD800 + ((value - 0x10000) >> 10));
            number(0xDC00 + ((value - 0x10000) & 0x3FF));
        }
        i += next.length;
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    const bool valid = base::is_utf8(text);
    for (std::size_t i = 0; i < text.size();) {
        const CodePoint next =
            valid ? code_point(text, i) : CodePoint{static_cast<unsigned char>(text[i]), 1};
        if (next.value == '\n' || next.value == '\t' || next.value == '\r')
            out += ' ';
        else if (next.value < 0x20 || next.value == 0x7F || within(kHidden, next.value) ||
                 (!valid && next.value >= 0x80))
            out += '?';
        else
            out.append(text.substr(i, next.length));
        i += next.length;
    }
    return out;
}

std::string wrap(std::string_view text, int width, int indent) {
    if (width == 0 || display_width(text) + indent <= width) return std::string(text);
    std::string out;
    int used = indent;
    bool first = true;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const int wide = display_width(word);
        if (!first && used + 1 + wide > width) {
            out += "\n" + std::string(static_cast<std::size_t>(indent), ' ');
            used = indent;
        } else if (!first) {
            out += ' ';
            ++used;
        }
        out += word;
        used += wide;
        first = false;
    }
    return out;
}

int least_width(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows) {
    std::vector<int> widths = widths_of(heads, rows);
    for (std::size_t c = 0; c < heads.size(); ++c)
        if (!heads[c].whole) widths[c] = std::min(widths[c], kNarrowest);
    return total(widths);
}

std::string render_table(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows,
                         int width) {
    std::vector<int> widths = widths_of(heads, rows);
    while (width > 0 && total(widths) > width) {
        std::size_t widest = heads.size();
        for (std::size_t c = 0; c < heads.size(); ++c)
            if (!heads[c].whole && (widest == heads.size() || widths[c] > widths[widest])) widest = c;
        if (widest == heads.size() || widths[widest] <= kNarrowest) break;
        widths[widest] = std::max(kNarrowest, widths[widest] - (total(widths) - width));
    }
    std::string out;
    const auto line = [&](const auto& text_of) {
        std::string text;
        for (std::size_t c = 0; c < heads.size(); ++c) {
            if (c != 0) text += "  ";
            pad(text, cut(text_of(c), widths[c]), widths[c], heads[c].right);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line([&](std::size_t c) { return heads[c].title; });
    for (const auto& row : rows)
        line([&](std::size_t c) { return c < row.size() ? printable(row[c]) : std::string(); });
    return out;
}

std::string render_csv(const std::vector<Head>& heads, const std::vector<std::vector<std::string>>& rows) {
    std::string out;
    std::vector<std::string> titles;
    for (const Head& head : heads)
        titles.push_back(head.title);
    csv::append_row(out, titles);
    for (std::vector<std::string> row : rows) {
        for (std::string& cell : row)
            cell = printable(cell);
        csv::append_row(out, row);
    }
    return out;
}

} // namespace oakum::cli
