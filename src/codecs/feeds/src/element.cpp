// SPDX-License-Identifier: Apache-2.0
#include "element.hpp"

#include <algorithm>

namespace oakum::feeds {

std::optional<element> find(object in, std::string_view key) {
    element out;
    if (in.at_key(key).get(out) != simdjson::SUCCESS || out.is_null()) return std::nullopt;
    return out;
}

Error wrong_type(std::string_view key, std::string_view wanted) {
    return base::invalid(std::string(wanted) + " is wanted here").at(key);
}

Result<object> object_of(element from, std::string_view place) {
    object out;
    if (from.get(out) != simdjson::SUCCESS) return wrong_type(place, "an object");
    return out;
}

Result<std::optional<object>> object_at(object in, std::string_view key) {
    const std::optional<element> found = find(in, key);
    if (!found) return std::optional<object>();
    TRY_VALUE(const object out, object_of(*found, key));
    return std::optional(out);
}

Result<std::optional<array>> array_at(object in, std::string_view key) {
    const std::optional<element> found = find(in, key);
    if (!found) return std::optional<array>();
    array out;
    if (found->get(out) != simdjson::SUCCESS) return wrong_type(key, "an array");
    return std::optional(out);
}

Result<std::string> text_of(element from, std::string_view place, std::size_t max) {
    std::string_view text;
    if (from.get(text) != simdjson::SUCCESS) return wrong_type(place, "a string");
    if (text.size() > max)
        return base::too_large("the string is longer than " + std::to_string(max) + " bytes").at(place);
    return std::string(text);
}

Result<std::string> text_at(object in, std::string_view key, std::size_t max) {
    const std::optional<element> found = find(in, key);
    return found ? text_of(*found, key, max) : std::string();
}

Result<std::optional<std::string>> optional_text_at(object in, std::string_view key, std::size_t max) {
    const std::optional<element> found = find(in, key);
    if (!found) return std::optional<std::string>();
    TRY_VALUE(std::string text, text_of(*found, key, max));
    return std::optional(std::move(text));
}

Result<bool> bool_at(object in, std::string_view key, bool otherwise) {
    const std::optional<element> found = find(in, key);
    if (found && found->get(otherwise) != simdjson::SUCCESS) return wrong_type(key, "true or false");
    return otherwise;
}

Result<double> number_at(object in, std::string_view key, double otherwise) {
    const std::optional<element> found = find(in, key);
    if (found && found->get(otherwise) != simdjson::SUCCESS) return wrong_type(key, "a number");
    return otherwise;
}

Result<base::TimePoint> time_at(object in, std::string_view key) {
    TRY_VALUE(const std::string text, text_at(in, key, 64));
    if (text.empty()) return base::TimePoint();
    auto time = base::parse_time(text);
    if (!time.ok()) return std::move(time).error().at(key);
    return time;
}

Result<std::string> id_at(object in, std::string_view key) {
    TRY_VALUE(std::string id, text_at(in, key, max_id));
    if (id.empty()) return base::invalid("the id is missing").at(key);
    if (!std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7F'; }))
        return base::invalid("the id holds a character that no id has").at(key);
    return id;
}

Result<std::vector<std::string>> texts_at(object in, std::string_view key, std::size_t max) {
    std::vector<std::string> out;
    TRY_VALUE(const std::optional<array> list, array_at(in, key));
    if (!list) return out;
    for (const element item : *list) {
        TRY_VALUE(std::string text, text_of(item, key, max));
        out.push_back(std::move(text));
    }
    return out;
}

std::string shortened(std::string_view text, std::size_t max) {
    if (text.size() > max) {
        while (max > 0 && (static_cast<unsigned char>(text[max]) & 0xC0) == 0x80)
            --max;
        text = text.substr(0, max);
    }
    return std::string(text);
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

Result<std::string> english_of(object in, std::string_view key) {
    TRY_VALUE(const std::optional<array> list, array_at(in, key));
    std::string_view best;
    bool any = false;
    if (!list) return std::string();
    for (const element item : *list) {
        TRY_VALUE(const object entry, object_of(item, key));
        std::string_view language;
        std::string_view value;
        if (entry.at_key("value").get(value) != simdjson::SUCCESS)
            return wrong_type(key, "a text with its value");
        const bool english =
            entry.at_key("lang").get(language) == simdjson::SUCCESS && lower(language.substr(0, 2)) == "en";
        if (english || !any) best = value;
        any = true;
        if (english) break;
    }
    return shortened(best, max_description);
}

bool is_weakness(std::string_view text) {
    return text.size() > 4 && text.size() < 12 && text.starts_with("CWE-") &&
           std::all_of(text.begin() + 4, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

} // namespace oakum::feeds
