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

// id: text that somebody copies, so it is never cut.
enum class Format { text, id, integer, number, time, flag, percent, list };
struct Column {
    std::string_view title;
    std::string_view pointer; // "/group/name" inside an item
    Format format = Format::text;
    int spare = 0; // above zero: left out of a terminal that is too narrow, the highest first
};
// In place of `spare`: a line that is left out when there is nothing to say.
inline constexpr int kOnlyWhenThere = -1;

// words: positional, and sent as a parameter. body_id: the id of what `resolves` names, or that thing's name.
// body_pairs: KEY=VALUE, as often as wished.
enum class Place { path, query, words, body, body_id, body_integer, body_flag, body_list, body_pairs };
struct Option {
    std::string_view name; // "query" becomes --query; a path option is positional
    Place place = Place::query;
    std::string_view member; // parameter or body member
    std::string_view help;
    bool required = false;
    std::string_view resolves = {}; // the noun whose id or name it takes
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
    std::string_view rows = {};  // of an object: the member with the rows of a table below it
    std::vector<Column> row_columns = {};
};

// What a noun is about, for the help.
std::string_view about(std::string_view noun);

// Explicit and in the order of the help.
const std::vector<Verb>& verbs();

} // namespace oakum::cli
