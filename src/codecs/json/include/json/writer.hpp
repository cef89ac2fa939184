// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::json {

// `text` as a JSON string with its quotes. What is not UTF-8 becomes U+FFFD, so that the result always
// parses.
void append_quoted(std::string& out, std::string_view text);

// Appends compact JSON to a string that it borrows. Calls out of order (a value in an object without its key,
// an end that was not begun) are bugs and abort. Does not look for repeated keys.
class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    Writer& begin_object() { return open('{', '}'); }
    Writer& end_object() { return close('}'); }
    Writer& begin_array() { return open('[', ']'); }
    Writer& end_array() { return close(']'); }
    Writer& key(std::string_view name);

    Writer& value(std::string_view text);
    Writer& value(const char* text) { return value(std::string_view(text)); }
    Writer& value(const std::string& text) { return value(std::string_view(text)); }
    Writer& value(bool truth);
    Writer& value(std::signed_integral auto number) { return integer(static_cast<std::int64_t>(number)); }
    Writer& value(std::unsigned_integral auto number) { return natural(static_cast<std::uint64_t>(number)); }
    // Shortest text that reads back as the same double; null when it is not finite.
    Writer& value(double number);
    Writer& null();
    // JSON that was made or checked elsewhere, as it is.
    Writer& raw(std::string_view json);

    template <class T> Writer& member(std::string_view name, const T& v) { return key(name).value(v); }
    // Left out when there is nothing.
    template <class T> Writer& member(std::string_view name, const std::optional<T>& v) {
        return v ? key(name).value(*v) : *this;
    }

    // True when one whole document was written.
    bool complete() const { return open_.empty() && written_; }

  private:
    struct Level {
        char end;
        bool any = false;
        bool keyed = false;
    };
    Writer& open(char begin, char end);
    Writer& close(char end);
    Writer& integer(std::int64_t number);
    Writer& natural(std::uint64_t number);
    void before_value();

    std::string& out_;
    std::vector<Level> open_;
    bool written_ = false;
};

} // namespace oakum::json
