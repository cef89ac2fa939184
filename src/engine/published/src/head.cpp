// SPDX-License-Identifier: Apache-2.0
#include "head.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

namespace oakum::published {

std::string encode(const Head& head) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("name", head.name).key("epochs").begin_array();
    for (const Head::Epoch& each : head.epochs)
        out.begin_object().member("epoch", each.epoch).member("size", each.size).end_object();
    out.end_array().member("audit", head.audit).member("audit_at", base::unix_ms(head.audit_at)).end_object();
    return text;
}

namespace {

base::Result<Head> read(const std::string& body) {
    Head head;
    TRY_VALUE(const json::Value value, json::parse(body));
    TRY_VALUE(head.name, value.string_at("name"));
    TRY_VALUE(const json::Value epochs, value.array_at("epochs"));
    for (const json::Value& each : epochs.items()) {
        Head::Epoch epoch;
        TRY_VALUE(epoch.epoch, each.uint_at("epoch"));
        TRY_VALUE(epoch.size, each.uint_at("size"));
        head.epochs.push_back(epoch);
    }
    TRY_VALUE(head.audit, value.uint_at("audit"));
    TRY_VALUE(const std::int64_t at, value.int_at("audit_at"));
    head.audit_at = base::from_unix_ms(at);
    return head;
}

} // namespace

base::Result<Head> read_head(const std::string& body) {
    if (body.empty()) return Head{};
    auto head = read(body);
    if (!head.ok())
        return base::corrupt("the log of what was published cannot be read: " + head.error().message +
                             "; restore a backup");
    return head;
}

std::string entry_document(std::uint64_t epoch, std::uint64_t index) {
    std::string number = std::to_string(index);
    number.insert(0, number.size() < 10 ? 10 - number.size() : 0, '0');
    return "log/" + std::to_string(epoch) + "/" + number;
}

} // namespace oakum::published
