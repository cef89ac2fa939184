// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

// Reading members of simdjson's DOM with errors that name the place. A missing member and null are the same.
namespace oakum::feeds {

using base::Error;
using base::Result;
using base::Status;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t max_id = 128;
constexpr std::size_t max_version = 1024;
constexpr std::size_t max_name = 2048;
constexpr std::size_t max_cpe = 2048;
constexpr std::size_t max_description = 4096; // the rest is cut off, not refused

std::optional<element> find(object in, std::string_view key);
Error wrong_type(std::string_view key, std::string_view wanted);

Result<object> object_of(element from, std::string_view place);
// Errors of the following: invalid (another type), too_large.
Result<std::optional<object>> object_at(object in, std::string_view key);
Result<std::optional<array>> array_at(object in, std::string_view key);
// "" when missing.
Result<std::string> text_at(object in, std::string_view key, std::size_t max);
Result<std::optional<std::string>> optional_text_at(object in, std::string_view key, std::size_t max);
Result<std::string> text_of(element from, std::string_view place, std::size_t max);
Result<bool> bool_at(object in, std::string_view key, bool otherwise);
Result<double> number_at(object in, std::string_view key, double otherwise);
// The epoch when missing.
Result<base::TimePoint> time_at(object in, std::string_view key);
// A present, non-empty id of printable ASCII without spaces.
Result<std::string> id_at(object in, std::string_view key);
// Every string of the array, none when it is missing.
Result<std::vector<std::string>> texts_at(object in, std::string_view key, std::size_t max);

// At most `max` bytes, cut between characters.
std::string shortened(std::string_view text, std::size_t max);
std::string lower(std::string_view text);
// The English one of [{lang, value}], else the first; shortened.
Result<std::string> english_of(object in, std::string_view key);
// "CWE-79", and nothing that is not one.
bool is_weakness(std::string_view text);

} // namespace oakum::feeds
