// SPDX-License-Identifier: Apache-2.0
#include "facts.hpp"

#include <algorithm>
#include <base/bytes.hpp>
#include <connector/connector.hpp>
#include <device/inheritance.hpp>
#include <fleet/uptake.hpp>
#include <json/writer.hpp>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMaxKey = 64, kMaxValue = 2048;

bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= kMaxKey && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    });
}

} // namespace

std::string value_of(const std::vector<device::Fact>& facts, std::string_view key) {
    const auto at =
        std::find_if(facts.begin(), facts.end(), [&](const device::Fact& fact) { return fact.key == key; });
    return at == facts.end() ? std::string() : at->value;
}

base::TimePoint minute_of(base::TimePoint at) {
    return base::from_unix_ms(base::unix_seconds(at) / 60 * 60'000);
}

bool learn(shard::Transaction& transaction, DeviceId device, device::Fact fact) {
    const auto held = transaction.fact(device, fact.key);
    if (held && (held->value == fact.value || !device::replaces(fact, *held))) return false;
    transaction.event(
        {device, transaction.now(), "fact", fact.key, held ? held->value : std::string(), fact.value,
         std::string(device::to_string(fact.source)) + (fact.detail.empty() ? "" : ": " + fact.detail)});
    transaction.put(ports::FactRow{device, std::move(fact)});
    return true;
}

std::string json_of(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    for (const auto& [key, value] : members)
        writer.member(key, value);
    writer.end_object();
    return text;
}

bool is_of_connectors(std::string_view key) {
    if (key == kConnectorKey || key.starts_with("x.steered_")) return true;
    return std::ranges::any_of(connector::kinds(), [&](connector::Kind kind) {
        return connector::about(kind).can_steer && connector::about(kind).id_key == key;
    });
}

base::Status check_fact(std::string_view key, std::string_view value) {
    if (is_of_connectors(key))
        return base::invalid("'" + std::string(key) +
                             "' is what connectors say, and nobody else: take another name for your own");
    return check_any_fact(key, value);
}

base::Status check_any_fact(std::string_view key, std::string_view value) {
    const bool own = key.starts_with("tag.") || key.starts_with("x.");
    if (!is_key(key) || (own && key.size() < 3))
        return base::invalid("a key has at most 64 of a-z, 0-9, '_', '.' and '-'");
    if (!own) {
        const auto known = device::parse_query("exists(" + std::string(key) + ")");
        const bool is_fact = known.ok() && known->terms.front().field == device::Field::fact;
        if (!is_fact)
            return base::invalid("there is no fact '" + std::string(key) +
                                 "'; your own begin with tag. or x.");
    }
    if (value.size() > kMaxValue)
        return base::invalid("the value of '" + std::string(key) + "' is longer than 2048 bytes");
    if (!base::is_utf8(value)) return base::invalid("the value of '" + std::string(key) + "' is not UTF-8");
    if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return base::invalid("the value of '" + std::string(key) + "' has a control character");
    if (value.empty()) return {};
    const device::ValueType type = device::type_of_key(key);
    const auto refuse = [&](std::string_view wanted) {
        return base::invalid("'" + std::string(value) + "' is not " + std::string(wanted))
            .at("/" + std::string(key));
    };
    if (type == device::ValueType::criticality && !device::rank_of(type, value))
        return refuse("low, medium, high or critical");
    if (type == device::ValueType::exposure && !device::rank_of(type, value))
        return refuse("isolated, internal or internet");
    if (type == device::ValueType::date || type == device::ValueType::number ||
        type == device::ValueType::boolean || type == device::ValueType::address) {
        // The language's own reading decides, so that what is stored can be asked for.
        const auto query = device::parse_query(std::string(key) + " = \"" + std::string(value) + "\"");
        if (!query.ok() || query->terms.front().values.front().prefix) return refuse("what this fact holds");
    }
    return {};
}

} // namespace oakum::fleet
