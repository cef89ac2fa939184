// SPDX-License-Identifier: Apache-2.0
#include "schema.hpp"

#include <base/time.hpp>

#include <algorithm>
#include <array>

namespace oakum::api::test {
namespace {

bool is_type(const json::Value& value, std::string_view type) {
    switch (value.type()) {
    case json::Type::null:
        return type == "null";
    case json::Type::boolean:
        return type == "boolean";
    case json::Type::integer:
    case json::Type::natural:
        return type == "integer" || type == "number";
    case json::Type::real:
        return type == "number";
    case json::Type::string:
        return type == "string";
    case json::Type::array:
        return type == "array";
    case json::Type::object:
        return type == "object";
    }
    return false;
}

bool has_type(const json::Value& value, const json::Value& type) {
    if (type.is_string()) return is_type(value, type.text());
    for (const json::Value& one : type.items())
        if (is_type(value, one.text())) return true;
    return false;
}

// The patterns that the document's answers use; other patterns are for requests.
bool fits_pattern(std::string_view text, std::string_view pattern) {
    const auto only = [&](std::string_view letters, std::size_t size) {
        return text.size() == size && text.find_first_not_of(letters) == std::string_view::npos;
    };
    if (pattern == "^[0-9a-hjkmnp-tv-z]{26}$") return only("0123456789abcdefghjkmnpqrstvwxyz", 26);
    if (pattern == "^[0-9]{4}-[0-9]{2}-[0-9]{2}$") {
        if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
        return std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }) == 8;
    }
    if (pattern == "^[a-z0-9-]+$")
        return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
    if (pattern == "^[a-z0-9_.-]+$")
        return !text.empty() &&
               text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string_view::npos;
    if (pattern == "^[0-9a-f]{64}$") return only("0123456789abcdef", 64);
    return false;
}

constexpr std::array<std::string_view, 20> kKnown{
    "$ref",        "type",         "enum",        "properties", "required", "additionalProperties",
    "items",       "oneOf",        "description", "example",    "minimum",  "maximum",
    "minLength",   "maxLength",    "pattern",     "format",     "maxItems", "minItems",
    "uniqueItems", "maxProperties"};

} // namespace

json::Value Schemas::named(std::string_view schema) const {
    return document_.at("components")->at("schemas")->at(schema).value();
}

std::vector<std::string> Schemas::check(const json::Value& value, std::string_view schema) const {
    std::vector<std::string> wrong;
    check(value, named(schema), wrong);
    return wrong;
}

void Schemas::check(const json::Value& value, const json::Value& schema,
                    std::vector<std::string>& wrong) const {
    const auto note = [&](std::string text) { wrong.push_back(value.place() + ": " + text); };
    for (const json::Value& keyword : schema.items())
        if (std::ranges::find(kKnown, keyword.key()) == kKnown.end())
            note("the schema has a keyword that is not known: " + std::string(keyword.key()));
    if (const auto ref = schema.find("$ref")) {
        constexpr std::string_view prefix = "#/components/schemas/";
        return check(value, named(ref->text().substr(prefix.size())), wrong);
    }
    if (const auto choices = schema.find("oneOf")) {
        std::vector<std::string> all;
        for (const json::Value& choice : choices->items()) {
            std::vector<std::string> own;
            check(value, choice, own);
            if (own.empty()) return;
            all.insert(all.end(), own.begin(), own.end());
        }
        wrong.insert(wrong.end(), all.begin(), all.end());
        return;
    }
    if (const auto type = schema.find("type"); type && !has_type(value, *type))
        return note("is a " + std::string(to_string(value.type())));
    if (const auto words = schema.find("enum")) {
        bool found = false;
        for (const json::Value& word : words->items())
            found = found || (word.is_null() && value.is_null()) ||
                    (word.is_string() && value.is_string() && word.text() == value.text());
        if (!found) note("is none of the enum's words: " + std::string(value.text()));
    }
    if (const auto pattern = schema.find("pattern");
        pattern && value.is_string() && !fits_pattern(value.text(), pattern->text()))
        note("does not fit " + std::string(pattern->text()));
    if (const auto format = schema.find("format");
        format && format->text() == "date-time" && value.is_string())
        if (!base::parse_time(value.text()).ok() || !value.text().ends_with('Z'))
            note("is no time: " + std::string(value.text()));
    if (const auto minimum = schema.find("minimum");
        minimum && !value.is_null() && *value.as_double() < *minimum->as_double())
        note("is below its minimum");
    if (const auto maximum = schema.find("maximum");
        maximum && !value.is_null() && *value.as_double() > *maximum->as_double())
        note("is above its maximum");
    if (const auto items = schema.find("items"); items && value.is_array())
        for (const json::Value& item : value.items())
            check(item, *items, wrong);
    if (!value.is_object()) return;
    if (const auto required = schema.find("required"))
        for (const json::Value& name : required->items())
            if (!value.find(name.text())) note("lacks " + std::string(name.text()));
    const auto properties = schema.find("properties");
    const auto others = schema.find("additionalProperties");
    for (const json::Value& member : value.items()) {
        const auto known = properties ? properties->find(member.key()) : std::nullopt;
        if (known)
            check(member, *known, wrong);
        else if (others && others->is_object())
            check(member, *others, wrong);
        else if (properties)
            note("has " + std::string(member.key()) + ", which the schema does not name");
    }
}

} // namespace oakum::api::test
