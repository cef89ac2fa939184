// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

#include <algorithm>
#include <bit>

namespace oakum::json {

using base::Error;
using base::Result;
using base::Status;

std::string_view to_string(Type type) {
    switch (type) {
    case Type::null:
        return "null";
    case Type::boolean:
        return "true or false";
    case Type::integer:
        return "a whole number";
    case Type::natural:
        return "a whole number";
    case Type::real:
        return "a number";
    case Type::string:
        return "a string";
    case Type::array:
        return "an array";
    case Type::object:
        return "an object";
    }
    return "null";
}

Type Value::type() const {
    return tree_->nodes[index_].type;
}

std::string Value::place() const {
    std::vector<std::uint32_t> path;
    for (std::uint32_t i = index_; i != 0; i = tree_->nodes[i].parent)
        path.push_back(i);
    std::string out;
    for (auto i = path.rbegin(); i != path.rend(); ++i) {
        const detail::Node& node = tree_->nodes[*i];
        out += '/';
        if (tree_->nodes[node.parent].type == Type::object) {
            for (const char c : tree_->view(node.key).substr(0, 100)) {
                if (c == '~')
                    out += "~0";
                else if (c == '/')
                    out += "~1";
                else
                    out += c;
            }
        } else {
            std::size_t position = 0;
            for (std::uint32_t at = node.parent + 1; at != *i; at = tree_->nodes[at].next)
                ++position;
            out += std::to_string(position);
        }
    }
    return out;
}

std::string_view Value::source() const {
    const detail::Node& node = tree_->nodes[index_];
    return std::string_view(tree_->source).substr(node.begin, node.end - node.begin);
}

std::size_t Value::offset() const {
    return tree_->nodes[index_].begin;
}

std::size_t Value::size() const {
    return tree_->nodes[index_].count;
}

Value::Items Value::items() const {
    return Items(*this);
}

std::string_view Value::key() const {
    return tree_->view(tree_->nodes[index_].key);
}

std::string_view Value::text() const {
    return tree_->view(tree_->nodes[index_].text);
}

Error Value::wrong(std::string message) const {
    return base::invalid(std::move(message)).at(place());
}

Error Value::mismatch(std::string_view wanted) const {
    return wrong(std::string(wanted) + " is wanted here, not " + std::string(to_string(type())));
}

Result<std::string> Value::as_string(std::size_t max_bytes) const {
    if (type() != Type::string) return mismatch("a string");
    const std::string_view out = text();
    if (out.size() > max_bytes)
        return base::too_large("the string is longer than " + std::to_string(max_bytes) + " bytes")
            .at(place());
    return std::string(out);
}

Result<std::int64_t> Value::as_int(std::int64_t min, std::int64_t max) const {
    const detail::Node& node = tree_->nodes[index_];
    if (node.type == Type::integer) {
        const auto number = static_cast<std::int64_t>(node.bits);
        if (number >= min && number <= max) return number;
    } else if (node.type != Type::natural) {
        return mismatch("a whole number");
    }
    return wrong("the number is not between " + std::to_string(min) + " and " + std::to_string(max));
}

Result<std::uint64_t> Value::as_uint(std::uint64_t max) const {
    const detail::Node& node = tree_->nodes[index_];
    if (node.type != Type::integer && node.type != Type::natural) return mismatch("a whole number");
    const bool negative = node.type == Type::integer && static_cast<std::int64_t>(node.bits) < 0;
    if (negative || node.bits > max) return wrong("the number is not between 0 and " + std::to_string(max));
    return node.bits;
}

Result<bool> Value::as_bool() const {
    if (type() != Type::boolean) return mismatch("true or false");
    return tree_->nodes[index_].bits != 0;
}

Result<double> Value::as_double() const {
    const detail::Node& node = tree_->nodes[index_];
    switch (node.type) {
    case Type::real:
        return std::bit_cast<double>(node.bits);
    case Type::integer:
        return static_cast<double>(static_cast<std::int64_t>(node.bits));
    case Type::natural:
        return static_cast<double>(node.bits);
    default:
        return mismatch("a number");
    }
}

std::optional<Value> Value::find(std::string_view name) const {
    if (type() != Type::object) return std::nullopt;
    std::uint32_t at = index_ + 1;
    for (std::size_t left = size(); left > 0; --left, at = tree_->nodes[at].next) {
        if (tree_->view(tree_->nodes[at].key) == name) return Value(tree_, at);
    }
    return std::nullopt;
}

Result<Value> Value::at(std::string_view name) const {
    if (type() != Type::object) return mismatch("an object");
    if (std::optional<Value> found = find(name)) return *std::move(found);
    return wrong("\"" + std::string(name) + "\" is missing");
}

Result<Value> Value::sized(Type wanted, std::size_t max) const {
    if (type() != wanted) return mismatch(to_string(wanted));
    if (size() > max) return base::too_large("more than " + std::to_string(max) + " entries").at(place());
    return *this;
}

Result<std::string> Value::string_at(std::string_view name, std::size_t max_bytes) const {
    TRY_VALUE(const Value found, at(name));
    return found.as_string(max_bytes);
}

Result<std::int64_t> Value::int_at(std::string_view name, std::int64_t min, std::int64_t max) const {
    TRY_VALUE(const Value found, at(name));
    return found.as_int(min, max);
}

Result<std::uint64_t> Value::uint_at(std::string_view name, std::uint64_t max) const {
    TRY_VALUE(const Value found, at(name));
    return found.as_uint(max);
}

Result<bool> Value::bool_at(std::string_view name) const {
    TRY_VALUE(const Value found, at(name));
    return found.as_bool();
}

Result<double> Value::double_at(std::string_view name) const {
    TRY_VALUE(const Value found, at(name));
    return found.as_double();
}

Result<Value> Value::object_at(std::string_view name, std::size_t max_members) const {
    TRY_VALUE(const Value found, at(name));
    return found.sized(Type::object, max_members);
}

Result<Value> Value::array_at(std::string_view name, std::size_t max_items) const {
    TRY_VALUE(const Value found, at(name));
    return found.sized(Type::array, max_items);
}

Result<std::optional<Value>> Value::present(std::string_view name) const {
    if (type() != Type::object) return mismatch("an object");
    std::optional<Value> found = find(name);
    if (found && found->is_null()) found.reset();
    return found;
}

Result<std::optional<std::string>> Value::optional_string_at(std::string_view name,
                                                             std::size_t max_bytes) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<std::string>();
    TRY_VALUE(std::string out, found->as_string(max_bytes));
    return std::optional(std::move(out));
}

Result<std::optional<std::int64_t>> Value::optional_int_at(std::string_view name, std::int64_t min,
                                                           std::int64_t max) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<std::int64_t>();
    TRY_VALUE(const std::int64_t out, found->as_int(min, max));
    return std::optional(out);
}

Result<std::optional<std::uint64_t>> Value::optional_uint_at(std::string_view name, std::uint64_t max) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<std::uint64_t>();
    TRY_VALUE(const std::uint64_t out, found->as_uint(max));
    return std::optional(out);
}

Result<std::optional<bool>> Value::optional_bool_at(std::string_view name) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<bool>();
    TRY_VALUE(const bool out, found->as_bool());
    return std::optional(out);
}

Result<std::optional<double>> Value::optional_double_at(std::string_view name) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<double>();
    TRY_VALUE(const double out, found->as_double());
    return std::optional(out);
}

Result<std::optional<Value>> Value::optional_object_at(std::string_view name, std::size_t max_members) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<Value>();
    TRY_VALUE(Value out, found->sized(Type::object, max_members));
    return std::optional(std::move(out));
}

Result<std::optional<Value>> Value::optional_array_at(std::string_view name, std::size_t max_items) const {
    TRY_VALUE(const std::optional<Value> found, present(name));
    if (!found) return std::optional<Value>();
    TRY_VALUE(Value out, found->sized(Type::array, max_items));
    return std::optional(std::move(out));
}

Status Value::only(std::initializer_list<std::string_view> names) const {
    if (type() != Type::object) return mismatch("an object");
    for (const Value& member : items()) {
        if (std::find(names.begin(), names.end(), member.key()) == names.end())
            return member.wrong("this name is not known here");
    }
    return {};
}

Value::Items::Iterator Value::Items::begin() const {
    const std::size_t count = parent_.size();
    return {Value(parent_.tree_, count == 0 ? parent_.index_ : parent_.index_ + 1), count};
}

Value::Items::Iterator& Value::Items::Iterator::operator++() {
    if (--left_ > 0) value_.index_ = value_.tree_->nodes[value_.index_].next;
    return *this;
}

} // namespace oakum::json
