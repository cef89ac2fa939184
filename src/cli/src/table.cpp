// SPDX-License-Identifier: Apache-2.0
#include <base/bytes.hpp>
#include <cli/table.hpp>

#include <algorithm>

namespace oakum::cli {
namespace {

std::size_t code_point_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::string cut(std::string_view text, int width) {
    if (display_width(text) <= width) return std::string(text);
    std::string out;
    int used = 0;
    for (std::size_t i = 0; i < text.size() && used < width - 1; ++used) {
        const std::size_t length =
            std::min(code_point_length(static_cast<unsigned char>(text[i])), text.size() - i);
        out.append(text.substr(i, length));
        i += length;
    }
    return out + "…";
}

void pad(std::string& line, std::string_view cell, int width, bool right) {
    const auto space = static_cast<std::size_t>(std::max(0, width - display_width(cell)));
    if (right) line.append(space, ' ');
    line += cell;
    if (!right) line.append(space, ' ');
}

} // namespace

int display_width(std::string_view utf8) {
    int width = 0;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = code_point_length(lead);
        const bool combining = lead == 0xCC || (lead == 0xCD && i + 1 < utf8.size() &&
                                                static_cast<unsigned char>(utf8[i + 1]) < 0xB0);
        width += combining ? 0 : 1;
        i += length;
    }
    return width;
}

std::string printable(std::string_view text) {
    std::string out;
    const bool valid = base::is_utf8(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (c < 0x20 || c == 0x7F || (!valid && c >= 0x80)) {
            out += c == '\n' || c == '\t' ? ' ' : '?';
        } else if (c1) {
            out += '?';
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string render_table(const std::vector<std::string>& titles,
                         const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right,
                         int width) {
    std::vector<int> widths;
    widths.reserve(titles.size());
    for (const std::string& title : titles)
        widths.push_back(display_width(title));
    std::vector<std::vector<std::string>> cells;
    cells.reserve(rows.size());
    for (const auto& row : rows) {
        auto& clean = cells.emplace_back();
        for (std::size_t c = 0; c < titles.size(); ++c) {
            clean.push_back(c < row.size() ? printable(row[c]) : std::string());
            widths[c] = std::max(widths[c], display_width(clean.back()));
        }
    }
    const auto total = [&] {
        int sum = 0;
        for (const int w : widths)
            sum += w + 2;
        return sum - 2;
    };
    while (width > 0 && total() > width) {
        const auto widest = std::max_element(widths.begin(), widths.end());
        if (*widest <= 12) break;
        *widest = std::max(12, *widest - (total() - width));
    }
    std::string out;
    const auto line = [&](const std::vector<std::string>& row) {
        std::string text;
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (c != 0) text += "  ";
            pad(text, cut(row[c], widths[c]), widths[c], right[c]);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line(titles);
    for (const auto& row : cells)
        line(row);
    return out;
}

std::string render_csv(const std::vector<std::string>& titles,
                       const std::vector<std::vector<std::string>>& rows) {
    std::string out;
    const auto line = [&](const std::vector<std::string>& row) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (c != 0) out += ',';
            std::string cell = row[c];
            if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos &&
                cell.find_first_not_of("+-.0123456789") != std::string::npos)
                cell.insert(cell.begin(), '\'');
            if (cell.find_first_of(",\"\r\n") != std::string::npos) {
                std::string quoted = "\"";
                for (const char ch : cell)
                    quoted += ch == '"' ? std::string("\"\"") : std::string(1, ch);
                cell = quoted + "\"";
            }
            out += cell;
        }
        out += "\r\n";
    };
    line(titles);
    for (const auto& row : rows)
        line(row);
    return out;
}

} // namespace oakum::cli
