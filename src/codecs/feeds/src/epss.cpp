// SPDX-License-Identifier: Apache-2.0
#include "epss.hpp"

#include <algorithm>
#include <charconv>

namespace oakum::feeds {
namespace {

using base::Result;
using base::Status;

bool is_cve(std::string_view id) {
    const auto digits = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return id.size() >= 13 && id.size() <= 32 && id.starts_with("CVE-") && id[8] == '-' &&
           digits(id.substr(4, 4)) && digits(id.substr(9));
}

bool share(std::string_view text, float& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && out >= 0 && out <= 1;
}

// The value of "name:value" in a list with commas.
std::string_view field(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + name.size());
    return text.substr(0, text.find_first_of(", "));
}

} // namespace

Result<advisory::EpssScore> read_epss(std::string_view line) {
    const std::size_t first = line.find(',');
    const std::size_t second = line.find(',', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos || line.find(',', second + 1) != std::string_view::npos)
        return base::invalid("three fields are wanted: cve,epss,percentile");
    advisory::EpssScore out;
    out.id = line.substr(0, first);
    if (!is_cve(out.id)) return base::invalid("\"" + out.id.substr(0, 50) + "\" is no CVE id");
    if (!share(line.substr(first + 1, second - first - 1), out.probability) ||
        !share(line.substr(second + 1), out.percentile))
        return base::invalid("a probability lies between 0 and 1");
    return out;
}

Status EpssLines::feed(std::string_view text) {
    while (true) {
        const std::size_t end = text.find('\n');
        const std::string_view piece = text.substr(0, end);
        if (rest_.size() + piece.size() > max_line) too_long_ = true;
        if (end == std::string_view::npos) {
            if (!too_long_) rest_ += piece;
            return {};
        }
        if (rest_.empty()) {
            TRY(line(piece));
        } else {
            rest_ += too_long_ ? std::string_view() : piece;
            TRY(line(rest_));
        }
        rest_.clear();
        text.remove_prefix(end + 1);
    }
}

Status EpssLines::finish() {
    if (rest_.empty() && !too_long_) return {};
    TRY(line(rest_));
    rest_.clear();
    return {};
}

Status EpssLines::line(std::string_view text) {
    ++number_;
    const auto where = [&] { return "line " + std::to_string(number_); };
    if (std::exchange(too_long_, false)) {
        output_.rejected(where(), "the line is longer than " + std::to_string(max_line) + " bytes");
        return {};
    }
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty() || text == "cve,epss,percentile") return {};
    if (text.front() == '#') {
        if (number_ == 1)
            edition_ =
                std::string(field(text, "model_version:")) + ", " + std::string(field(text, "score_date:"));
        return {};
    }
    auto score = read_epss(text);
    if (!score.ok()) {
        output_.rejected(where(), score.error().message);
        return {};
    }
    return output_.score(std::move(score).value());
}

} // namespace oakum::feeds
