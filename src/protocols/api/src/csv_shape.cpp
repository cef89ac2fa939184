// SPDX-License-Identifier: Apache-2.0
#include "csv_shape.hpp"

#include "openapi.hpp"

#include <json/parse.hpp>

#include <map>

namespace oakum::api {
namespace {

constexpr std::string_view kSchemas = "#/components/schemas/";

// The schema behind a reference, or behind "this or null".
json::Value resolved(const json::Value& schemas, json::Value schema) {
    for (int depth = 0; depth < 8; ++depth) {
        if (const auto choices = schema.find("oneOf")) {
            for (const json::Value& choice : choices->items())
                if (choice.find("$ref")) schema = choice;
            if (schema.find("oneOf")) return schema; // a choice among what has no name
        }
        const auto reference = schema.find("$ref");
        if (!reference) return schema;
        const std::string name(reference->text().substr(kSchemas.size()));
        const auto target = schemas.find(name);
        if (!target) return schema;
        schema = *target;
    }
    return schema;
}

bool is_a(const json::Value& schema, std::string_view type) {
    const auto named = schema.find("type");
    if (!named) return false;
    if (named->is_string()) return named->text() == type;
    for (const json::Value& each : named->items())
        if (each.text() == type) return true;
    return false;
}

// Members of objects stand beside the others, two levels deep; lists of objects have tables of their own.
void add_columns(const json::Value& schemas, const json::Value& object, std::vector<std::string> path,
                 std::vector<CsvShape::Column>& columns) {
    const auto properties = object.find("properties");
    if (!properties) return;
    for (const json::Value& property : properties->items()) {
        const json::Value schema = resolved(schemas, property);
        std::vector<std::string> here = path;
        here.emplace_back(property.key());
        if (schema.find("properties")) {
            if (here.size() < 3) add_columns(schemas, schema, here, columns);
            continue;
        }
        if (is_a(schema, "array")) {
            const auto items = schema.find("items");
            if (!items || resolved(schemas, *items).find("properties")) continue;
        }
        std::string title;
        for (const std::string& part : here)
            title.append(title.empty() ? "" : ".").append(part);
        columns.push_back({std::move(title), std::move(here)});
    }
}

std::optional<CsvShape> shape_of(const json::Value& schemas, const json::Value& operation) {
    json::Value at = operation;
    for (const std::string_view step : {"responses", "200", "content", "application/json", "schema"}) {
        const auto next = at.find(step);
        if (!next) return std::nullopt;
        at = *next;
    }
    const auto properties = resolved(schemas, at).find("properties");
    if (!properties) return std::nullopt;
    for (const std::string_view member : {"items", "rows", "days"}) {
        const auto list = properties->find(member);
        if (!list || !is_a(*list, "array")) continue;
        const auto items = list->find("items");
        if (!items) continue;
        CsvShape shape{.rows = std::string(member), .columns = {}};
        add_columns(schemas, resolved(schemas, *items), {}, shape.columns);
        if (!shape.columns.empty()) return shape;
    }
    return std::nullopt;
}

std::map<std::string, CsvShape, std::less<>> all_shapes() {
    std::map<std::string, CsvShape, std::less<>> shapes;
    const auto document = json::parse(
        openapi_document(), {.max_bytes = 8 << 20, .max_depth = 64, .max_values = 1'000'000, .floats = true});
    if (!document.ok()) return shapes;
    const auto schemas = document->find("components")->find("schemas");
    for (const json::Value& path : document->find("paths")->items())
        if (const auto get = path.find("get"))
            if (auto shape = shape_of(*schemas, *get))
                shapes.emplace(std::string(path.key()), std::move(*shape));
    return shapes;
}

std::string text_of(const json::Value& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return std::string(value.text());
    if (!value.is_array() && !value.is_object()) return std::string(value.source());
    std::string text;
    for (const json::Value& each : value.items()) {
        text.append(text.empty() ? "" : "; ");
        if (value.is_object()) text.append(each.key()).append("=");
        text.append(text_of(each));
    }
    return text;
}

} // namespace

const CsvShape* csv_shape(std::string_view route_path) {
    static const auto kShapes = all_shapes();
    const auto found = kShapes.find(route_path);
    return found == kShapes.end() ? nullptr : &found->second;
}

std::vector<std::string> csv_titles(const CsvShape& shape) {
    std::vector<std::string> titles;
    for (const CsvShape::Column& column : shape.columns)
        titles.push_back(column.title);
    return titles;
}

std::vector<std::string> csv_fields(const CsvShape& shape, const json::Value& row) {
    std::vector<std::string> fields;
    for (const CsvShape::Column& column : shape.columns) {
        std::optional<json::Value> at = row;
        for (const std::string& member : column.path)
            at = at && at->is_object() ? at->find(member) : std::nullopt;
        fields.push_back(at ? text_of(*at) : std::string());
    }
    return fields;
}

} // namespace oakum::api
