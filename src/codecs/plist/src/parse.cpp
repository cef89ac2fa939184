// SPDX-License-Identifier: Apache-2.0
#include "forms.hpp"

namespace oakum::plist {

base::Result<Value> parse(std::string_view document, const Limits& limits) {
    if (document.size() > limits.max_bytes)
        return base::too_large("a property list of more than " + std::to_string(limits.max_bytes) + " bytes");
    auto value = document.starts_with(kBinary) ? parse_binary(document, limits) : parse_xml(document, limits);
    if (!value.ok()) return std::move(value).error().wrap("reading a property list");
    return value;
}

} // namespace oakum::plist
