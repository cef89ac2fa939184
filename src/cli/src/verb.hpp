// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/http.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

// The command line as a table: most verbs are one request whose answer is one table. What needs more is in
// flows.hpp.
namespace oakum::cli {

enum class Format { text, integer, number, time, flag, percent, list };
struct Column {
    std::string_view title;
    std::string_view pointer; // "/group/name" inside an item
    Format format = Format::text;
};

enum class Place { path, query, body, body_integer, body_flag, body_list, body_ppm };
struct Option {
    std::string_view name; // "query" becomes --query; a path option is positional
    Place place = Place::query;
    std::string_view member; // parameter or body member
    std::string_view help;
    bool required = false;
};

enum class Shape { page, object, nothing };
struct Verb {
    std::string_view noun, name;
    ports::Method method = ports::Method::get;
    std::string_view path; // "{id}" is replaced by the positional option
    Shape shape = Shape::page;
    std::string_view help;
    std::vector<Option> options;
    std::vector<Column> columns; // of an item, or the lines of an object
};

// Explicit and in the order of the help.
const std::vector<Verb>& verbs();

} // namespace oakum::cli
