// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace oakum::packages {

inline constexpr std::size_t longest_text = 200;

// Whether it can be a name or a version.
inline bool is_text(std::string_view text) {
    return !text.empty() && text.size() <= longest_text && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
    });
}

// The lines of a text, without their ends.
class Lines {
  public:
    explicit Lines(std::string_view text) : left_(text) {}
    std::optional<std::string_view> next() {
        if (left_.empty()) return std::nullopt;
        const std::size_t end = std::min(left_.find('\n'), left_.size());
        const std::string_view line = left_.substr(0, end);
        left_.remove_prefix(std::min(end + 1, left_.size()));
        return line;
    }

  private:
    std::string_view left_;
};

} // namespace oakum::packages
