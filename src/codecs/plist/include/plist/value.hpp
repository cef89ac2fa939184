// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace oakum::plist {

class Value;
using Array = std::vector<Value>;

// Keys and what they hold, by the order of the keys.
class Dict {
  public:
    Dict() = default;
    Dict(std::initializer_list<std::pair<std::string, Value>> members);
    // Errors: invalid: a key stands twice.
    static base::Result<Dict> of(std::vector<std::pair<std::string, Value>> members);

    // Null when there is none.
    const Value* find(std::string_view key) const;
    void put(std::string key, Value value);
    const std::vector<std::pair<std::string, Value>>& members() const { return members_; }
    bool operator==(const Dict&) const;

    // What is there and of that type; nothing otherwise.
    std::optional<std::string> text(std::string_view key) const;
    std::optional<bool> truth(std::string_view key) const;
    std::optional<std::int64_t> whole(std::string_view key) const;
    std::optional<double> number(std::string_view key) const; // whole ones too
    const base::Bytes* data(std::string_view key) const;
    const Dict* dict(std::string_view key) const;
    const Array* array(std::string_view key) const;
    // Errors: invalid: it is missing, of another type, or longer.
    base::Result<std::string> text_at(std::string_view key, std::size_t longest) const;

  private:
    std::vector<std::pair<std::string, Value>> members_;
};

class Value {
  public:
    using Held =
        std::variant<bool, std::int64_t, double, std::string, base::Bytes, base::TimePoint, Array, Dict>;
    Value() : held_(false) {}
    Value(bool truth) : held_(truth) {}
    Value(int number) : held_(std::int64_t{number}) {}
    Value(std::int64_t number) : held_(number) {}
    Value(double number) : held_(number) {}
    Value(const char* text) : held_(std::string(text)) {}
    Value(std::string text) : held_(std::move(text)) {}
    Value(std::string_view text) : held_(std::string(text)) {}
    Value(base::Bytes data) : held_(std::move(data)) {}
    Value(base::TimePoint date) : held_(date) {}
    Value(Array array) : held_(std::move(array)) {}
    Value(Dict dict) : held_(std::move(dict)) {}

    template <class T> const T* as() const { return std::get_if<T>(&held_); }
    const Held& held() const { return held_; }
    bool operator==(const Value&) const = default;

  private:
    Held held_;
};

} // namespace oakum::plist
