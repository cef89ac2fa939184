// SPDX-License-Identifier: Apache-2.0
#include <plist/value.hpp>

#include <algorithm>

namespace oakum::plist {
namespace {

bool before(const std::pair<std::string, Value>& member, std::string_view key) {
    return member.first < key;
}

} // namespace

Dict::Dict(std::initializer_list<std::pair<std::string, Value>> members) {
    for (const auto& [key, value] : members)
        put(key, value);
}

base::Result<Dict> Dict::of(std::vector<std::pair<std::string, Value>> members) {
    std::ranges::sort(members, {}, &std::pair<std::string, Value>::first);
    const auto twice = std::ranges::adjacent_find(
        members, [](const auto& one, const auto& other) { return one.first == other.first; });
    if (twice != members.end())
        return base::invalid("the key \"" + twice->first.substr(0, 64) + "\" stands twice");
    Dict dict;
    dict.members_ = std::move(members);
    return dict;
}

const Value* Dict::find(std::string_view key) const {
    const auto at = std::lower_bound(members_.begin(), members_.end(), key, before);
    return at != members_.end() && at->first == key ? &at->second : nullptr;
}

void Dict::put(std::string key, Value value) {
    const auto at = std::lower_bound(members_.begin(), members_.end(), std::string_view(key), before);
    if (at != members_.end() && at->first == key)
        at->second = std::move(value);
    else
        members_.emplace(at, std::move(key), std::move(value));
}

bool Dict::operator==(const Dict& other) const {
    return members_ == other.members_;
}

std::optional<std::string> Dict::text(std::string_view key) const {
    const Value* value = find(key);
    const auto* held = value ? value->as<std::string>() : nullptr;
    return held ? std::optional(*held) : std::nullopt;
}
std::optional<bool> Dict::truth(std::string_view key) const {
    const Value* value = find(key);
    const auto* held = value ? value->as<bool>() : nullptr;
    return held ? std::optional(*held) : std::nullopt;
}
std::optional<std::int64_t> Dict::whole(std::string_view key) const {
    const Value* value = find(key);
    const auto* held = value ? value->as<std::int64_t>() : nullptr;
    return held ? std::optional(*held) : std::nullopt;
}
std::optional<double> Dict::number(std::string_view key) const {
    const Value* value = find(key);
    if (const auto* held = value ? value->as<double>() : nullptr) return *held;
    const auto held = whole(key);
    return held ? std::optional(static_cast<double>(*held)) : std::nullopt;
}
const base::Bytes* Dict::data(std::string_view key) const {
    const Value* value = find(key);
    return value ? value->as<base::Bytes>() : nullptr;
}
const Dict* Dict::dict(std::string_view key) const {
    const Value* value = find(key);
    return value ? value->as<Dict>() : nullptr;
}
const Array* Dict::array(std::string_view key) const {
    const Value* value = find(key);
    return value ? value->as<Array>() : nullptr;
}

base::Result<std::string> Dict::text_at(std::string_view key, std::size_t longest) const {
    auto held = text(key);
    if (!held || held->empty()) return base::invalid("the text " + std::string(key) + " is missing");
    if (held->size() > longest)
        return base::invalid("the text " + std::string(key) + " has more than " + std::to_string(longest) +
                             " bytes");
    return *std::move(held);
}

} // namespace oakum::plist
