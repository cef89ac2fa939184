// SPDX-License-Identifier: Apache-2.0
// RFC 8428, as far as resources need it: names and values; times and units are passed over.
#include "forms.hpp"

#include <cbor/json.hpp>
#include <json/parse.hpp>

namespace oakum::lwm2m_data {
namespace {

constexpr std::size_t kLongest = 64 * 1024, kLongestName = 128;

struct Labels {
    std::string_view base_name, name, number, text, truth, octets;
};
constexpr Labels kJson{"bn", "n", "v", "vs", "vb", "vd"};
constexpr Labels kCbor{"-2", "0", "2", "3", "4", "8"}; // table 4

base::Result<std::optional<Value>> value_of(const json::Value& record, const Labels& labels) {
    if (const auto text = record.find(labels.text)) {
        TRY_VALUE(std::string said, text->as_string());
        return std::optional<Value>(std::move(said));
    }
    if (const auto truth = record.find(labels.truth)) {
        TRY_VALUE(const bool said, truth->as_bool());
        return std::optional<Value>(said);
    }
    if (const auto octets = record.find(labels.octets)) {
        TRY_VALUE(const std::string said, octets->as_string());
        TRY_VALUE(const base::Bytes bytes, base::from_base64(said));
        return std::optional<Value>(Raw{std::string(base::as_text(bytes))});
    }
    const auto number = record.find(labels.number);
    if (!number) return std::optional<Value>();
    if (const auto whole = number->as_int(); whole.ok()) return std::optional<Value>(*whole);
    // A decimal fraction of CBOR and the like: no resource that is asked for here is one.
    if (number->is_array()) return std::optional<Value>();
    TRY_VALUE(const double real, number->as_double());
    return std::optional<Value>(real);
}

base::Result<std::vector<Record>> read(std::string_view text, const Path& asked, const Labels& labels) {
    TRY_VALUE(const json::Value pack, json::parse(text, {.max_bytes = 4 * kLongest,
                                                         .max_depth = 4,
                                                         .max_values = 16 * kMostRecords,
                                                         .floats = true}));
    if (!pack.is_array()) return base::invalid("SenML is a list");
    if (pack.size() > kMostRecords) return base::too_large("too many values");
    std::vector<Record> records;
    std::string base_name;
    for (const json::Value& each : pack.items()) {
        if (!each.is_object()) return base::invalid("a record of SenML is an object");
        for (const json::Value& member : each.items())
            if (member.key().ends_with('_'))
                return base::invalid("SenML has a label that has to be understood and is not");
        if (const auto base = each.find(labels.base_name)) {
            TRY_VALUE(base_name, base->as_string(kLongestName));
        }
        TRY_VALUE(const auto name, each.optional_string_at(labels.name, kLongestName));
        TRY_VALUE(auto value, value_of(each, labels));
        if (!value) continue;
        const auto path = Path::parse(base_name + name.value_or(""));
        if (path.ok() && path->depth() > 2 && path->is_below_or_same(asked))
            records.push_back({*path, *std::move(value)});
    }
    return records;
}

} // namespace

base::Result<std::vector<Record>> read_senml_json(std::string_view text, const Path& asked) {
    if (text.size() > kLongest) return base::too_large("too long");
    return read(text, asked, kJson);
}

base::Result<std::vector<Record>> read_senml_cbor(std::string_view bytes, const Path& asked) {
    if (bytes.size() > kLongest) return base::too_large("too long");
    TRY_VALUE(const std::string text,
              cbor::to_json(bytes, {.max_bytes = 4 * kLongest, .max_depth = 4, .wider = true}));
    return read(text, asked, kCbor);
}

} // namespace oakum::lwm2m_data
