// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace oakum::json {

using base::Result;
using base::Status;

namespace detail {
struct Tree;
}

// integer: fits int64; natural: only uint64 holds it; real: only when Limits.floats allowed it.
enum class Type : std::uint8_t { null, boolean, integer, natural, real, string, array, object };
std::string_view to_string(Type type);

// One value of a parsed document: a cheap handle that keeps the whole document (text included) alive.
// Immutable, safe to share between threads. Every error names the value's place as a JSON pointer (RFC 6901),
// "/signed/keys/0".
class Value {
  public:
    class Items;

    Type type() const;
    bool is_null() const { return type() == Type::null; }
    bool is_string() const { return type() == Type::string; }
    bool is_array() const { return type() == Type::array; }
    bool is_object() const { return type() == Type::object; }
    // "" for the whole document.
    std::string place() const;
    // Exactly the bytes that were received for this value, without the whitespace around it. Valid while any
    // handle of the document lives.
    std::string_view source() const;
    // Where source() begins in the parsed text.
    std::size_t offset() const;

    // Elements of an array or members of an object, in the order received; none otherwise.
    std::size_t size() const;
    Items items() const;
    // The name of this value in its object; empty for elements and the document. Valid as source() is.
    std::string_view key() const;

    // The value as the type named. Errors: invalid (another type, out of range), too_large (string).
    Result<std::string> as_string(std::size_t max_bytes = default_string) const;
    Result<std::int64_t> as_int(std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
    Result<std::uint64_t> as_uint(std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) const;
    Result<bool> as_bool() const;
    // Any number; a whole one beyond 2^53 loses digits.
    Result<double> as_double() const;
    // The text of a string without a copy, valid as source() is; empty for other types.
    std::string_view text() const;

    // A member of this object. Nothing when it is missing or this is no object; null is a value.
    std::optional<Value> find(std::string_view name) const;
    // Errors of all below: invalid (this is no object, the member is missing or of another type or out of
    // range), too_large.
    Result<Value> at(std::string_view name) const;
    Result<std::string> string_at(std::string_view name, std::size_t max_bytes = default_string) const;
    Result<std::int64_t> int_at(std::string_view name,
                                std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                                std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
    Result<std::uint64_t> uint_at(std::string_view name,
                                  std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) const;
    Result<bool> bool_at(std::string_view name) const;
    Result<double> double_at(std::string_view name) const;
    Result<Value> object_at(std::string_view name, std::size_t max_members = default_items) const;
    Result<Value> array_at(std::string_view name, std::size_t max_items = default_items) const;

    // Nothing when the member is missing or null; an error when it is there and wrong.
    Result<std::optional<std::string>> optional_string_at(std::string_view name,
                                                          std::size_t max_bytes = default_string) const;
    Result<std::optional<std::int64_t>>
    optional_int_at(std::string_view name, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                    std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
    Result<std::optional<std::uint64_t>>
    optional_uint_at(std::string_view name,
                     std::uint64_t max = std::numeric_limits<std::uint64_t>::max()) const;
    Result<std::optional<bool>> optional_bool_at(std::string_view name) const;
    Result<std::optional<double>> optional_double_at(std::string_view name) const;
    Result<std::optional<Value>> optional_object_at(std::string_view name,
                                                    std::size_t max_members = default_items) const;
    Result<std::optional<Value>> optional_array_at(std::string_view name,
                                                   std::size_t max_items = default_items) const;

    // Refuses every member that is not named: for bodies where a misspelt name must not pass. Errors:
    // invalid.
    Status only(std::initializer_list<std::string_view> names) const;
    // An `invalid` that names this value's place.
    base::Error wrong(std::string message) const;

    static constexpr std::size_t default_string = 64 * 1024;
    static constexpr std::size_t default_items = 100'000;

  private:
    friend class Items;
    friend struct detail::Tree;
    Value(std::shared_ptr<const detail::Tree> tree, std::uint32_t index)
        : tree_(std::move(tree)), index_(index) {}
    base::Error mismatch(std::string_view wanted) const;
    // The member when it is there and not null.
    Result<std::optional<Value>> present(std::string_view name) const;
    Result<Value> sized(Type wanted, std::size_t max) const;

    // Shared because handles outlive the scope that parsed; the tree is immutable once made.
    std::shared_ptr<const detail::Tree> tree_;
    std::uint32_t index_ = 0;
};

// What a range-for over items() walks.
class Value::Items {
  public:
    class Iterator {
      public:
        Iterator(Value value, std::size_t left) : value_(std::move(value)), left_(left) {}
        const Value& operator*() const { return value_; }
        const Value* operator->() const { return &value_; }
        Iterator& operator++();
        bool operator==(std::default_sentinel_t) const { return left_ == 0; }

      private:
        Value value_;
        std::size_t left_;
    };
    explicit Items(Value parent) : parent_(std::move(parent)) {}
    Iterator begin() const;
    std::default_sentinel_t end() const { return {}; }

  private:
    Value parent_;
};

} // namespace oakum::json
