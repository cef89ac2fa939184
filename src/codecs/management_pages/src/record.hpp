// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <json/parse.hpp>

#include <optional>
#include <string>
#include <string_view>

// What the readers of pages share.
namespace oakum::management_pages {

inline constexpr std::size_t kLongestValue = 2'048;

inline json::Limits page_limits() {
    json::Limits limits;
    limits.max_bytes = std::size_t{32} << 20;
    limits.max_values = 500'000;
    limits.floats = true;
    return limits;
}

inline std::string trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ')
        text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ')
        text.remove_suffix(1);
    return std::string(text);
}

// "2026-08-05"; the year 1 is none.
inline bool is_day(std::string_view text) {
    const auto at = base::parse_time(text);
    return text.size() == 10 && at.ok() && *at > base::from_unix_ms(946'684'800'000);
}

// The members of an object, where what is absent, null or of another type is nothing.
class Record {
  public:
    explicit Record(std::optional<json::Value> value) : value_(std::move(value)) {}
    std::string text(std::string_view name) const {
        const auto found = value_ ? value_->find(name) : std::nullopt;
        return found && found->is_string() ? trimmed(found->text()) : std::string();
    }
    std::optional<bool> truth(std::string_view name) const {
        const auto found = value_ ? value_->find(name) : std::nullopt;
        if (!found) return std::nullopt;
        const auto value = found->as_bool();
        return value.ok() ? std::optional(*value) : std::nullopt;
    }
    Record inner(std::string_view name) const { return Record(value_ ? value_->find(name) : std::nullopt); }

  private:
    std::optional<json::Value> value_;
};

} // namespace oakum::management_pages
