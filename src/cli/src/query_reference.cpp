// SPDX-License-Identifier: Apache-2.0
#include "query_reference.hpp"

#include "topics.hpp"

#include <device/query_fields.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <set>

namespace oakum::cli {
namespace {

using device::Truth;

std::string_view word_of(Truth truth) {
    return truth == Truth::yes ? "yes" : truth == Truth::no ? "no" : "unknown";
}
constexpr std::array kTruths{Truth::yes, Truth::no, Truth::unknown};

void write_fields(json::Writer& writer) {
    writer.key("fields").begin_array();
    for (const device::QueryField& field : device::query_fields()) {
        writer.begin_object()
            .member("name", field.name)
            .member("type", device::to_string(field.type))
            .member("operators", device::has_order(field.type) ? "=, !=, <, <=, >, >=, in" : "=, !=, in")
            .key("words")
            .begin_array();
        for (const std::string_view word : field.words)
            writer.value(word);
        writer.end_array()
            .member("exists", field.exists)
            .member("alone", field.flag)
            .member("what", field.what)
            .member("example", field.example)
            .end_object();
    }
    writer.end_array();
}

void write_types(json::Writer& writer) {
    writer.key("types").begin_array();
    std::set<std::string_view> told; // both scales are one
    for (const device::ValueType type : device::kValueTypes)
        if (told.insert(device::to_string(type)).second)
            writer.begin_object()
                .member("name", device::to_string(type))
                .member("ordered", device::has_order(type))
                .member("meaning", device::meaning(type))
                .end_object();
    writer.end_array();
}

template <class Join> void write_join(json::Writer& writer, std::string_view name, Join join) {
    writer.key(name).begin_array();
    for (const Truth a : kTruths)
        for (const Truth b : kTruths)
            writer.begin_array().value(word_of(a)).value(word_of(b)).value(word_of(join(a, b))).end_array();
    writer.end_array();
}

void write_logic(json::Writer& writer) {
    writer.key("logic").begin_object().key("not").begin_array();
    for (const Truth a : kTruths)
        writer.begin_array().value(word_of(a)).value(word_of(device::opposite(a))).end_array();
    writer.end_array();
    write_join(writer, "and", device::both);
    write_join(writer, "or", device::either);
    writer.end_object();
}

} // namespace

base::Status show_query_fields(const Shown& shown) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    write_fields(writer);
    write_types(writer);
    write_logic(writer);
    writer.key("limits")
        .begin_object()
        .member("characters", device::kMaxQuerySent)
        .member("conditions", device::kMaxQueryTerms)
        .member("levels", device::kMaxQueryDepth)
        .end_object()
        .end_object();
    TRY_VALUE(const json::Value whole, json::parse(text));
    if (shown.output == Output::json) {
        shown.console->out(text + "\n");
        return {};
    }
    std::vector<json::Value> fields;
    for (const json::Value& field : whole.find("fields")->items())
        fields.push_back(field);
    shown.page({{"FIELD", "/name", Format::id},
                {"TYPE", "/type"},
                {"WHAT", "/what", Format::text, 1},
                {"EXAMPLE", "/example", Format::id}},
               fields, "");
    if (shown.output == Output::table) shown.sentence("How they are used: " + see("query") + ".");
    return {};
}

} // namespace oakum::cli
