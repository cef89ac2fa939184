// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::api {

// How the rows of a route's answer become those of a table: read from the document, so that each list has its
// CSV and none is forgotten.
struct CsvShape {
    struct Column {
        std::string title;             // "group.name"
        std::vector<std::string> path; // members, from the row down
    };
    std::string rows; // the member that holds them
    std::vector<Column> columns;
};

// Nothing: the route's answer is no table.
const CsvShape* csv_shape(std::string_view route_path);
std::vector<std::string> csv_titles(const CsvShape& shape);
std::vector<std::string> csv_fields(const CsvShape& shape, const json::Value& row);

} // namespace oakum::api
