// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <device/query.hpp>

#include <span>
#include <string_view>

namespace oakum::device {

// Of what people send; what the server makes of it may be longer, up to kMaxQueryLength.
inline constexpr std::size_t kMaxQuerySent = 4 << 10;

// What a query can ask about: one row a field, for the parser and for the reference that people read.
struct QueryField {
    std::string_view name; // "tag.*": every key that begins so
    Field field = Field::fact;
    ValueType type = ValueType::text;
    bool exists = true;                      // exists(name) asks whether it is known
    bool flag = false;                       // the name alone is a condition
    std::span<const std::string_view> words; // of a scale in its order; of a closed list; empty: any
    std::string_view what;                   // a sentence's rest
    std::string_view example;
};
std::span<const QueryField> query_fields();
// By its name in lower case, or as a key of the user's own; null: there is none.
const QueryField* find_query_field(std::string_view name);

std::string_view to_string(ValueType type);
// Whether <, <=, > and >= can be asked of such values; =, != and in always can.
constexpr bool has_order(ValueType type) {
    return type != ValueType::text && type != ValueType::boolean && type != ValueType::address;
}
// How values of the type are written and compared.
std::string_view meaning(ValueType type);
inline constexpr std::array kValueTypes{ValueType::text,     ValueType::version, ValueType::date,
                                        ValueType::number,   ValueType::boolean, ValueType::criticality,
                                        ValueType::exposure, ValueType::address, ValueType::open};

} // namespace oakum::device
