// SPDX-License-Identifier: Apache-2.0
#include "columns_memory.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::fleet {

using device_lists::How;

std::string columns_document(const std::string& heads) {
    return "import/columns/" + heads;
}

std::string columns_json(const device_lists::Layout& layout) {
    device_lists::Told told;
    for (const device_lists::Column& column : layout.columns)
        // What is about persons is asked for each time.
        if (!column.head.empty() && !column.about_a_person) told.try_emplace(column.head, column.fact);
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const auto& [head, fact] : told)
        writer.member(head, fact);
    writer.end_object();
    return text;
}

device_lists::Told remembered_columns(const std::string& body) {
    device_lists::Told told;
    if (body.empty()) return told;
    const auto document = json::parse(body);
    if (!document.ok() || !document->is_object()) return told;
    for (const json::Value& member : document->items())
        told.emplace(member.key(), member.text());
    return told;
}

} // namespace oakum::fleet
