// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <floor/policy.hpp>
#include <json/value.hpp>
#include <json/writer.hpp>

namespace oakum::floor_files {

// As people set one, over the API and in files. Errors: invalid, with its place.
base::Result<floor::Policy> read_policy(const json::Value& value);
void write_policy(json::Writer& writer, const floor::Policy& policy);

// As it is kept.
base::Result<floor::Floor> read_floor(std::string_view text);
std::string write_floor(const floor::Floor& floor);

// "22:00-05:00". Errors: invalid.
base::Result<floor::Hours> parse_hours(std::string_view text);
std::string to_text(const floor::Hours& hours);

} // namespace oakum::floor_files
