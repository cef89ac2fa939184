// SPDX-License-Identifier: Apache-2.0
#include <ports/http.hpp>

namespace oakum::ports {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string* find(const Pairs& pairs, std::string_view name) {
    for (const auto& [key, value] : pairs) {
        if (key == name) return &value;
    }
    return nullptr;
}

} // namespace

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
    const std::string* value = find(headers, lower_case_name);
    return value == nullptr ? std::string_view{} : std::string_view(*value);
}

std::optional<std::string_view> HttpRequest::parameter(std::string_view name) const {
    const std::string* value = find(query, name);
    if (value == nullptr) return std::nullopt;
    return std::string_view(*value);
}

std::string_view ClientResponse::header(std::string_view lower_case_name) const {
    const std::string* value = find(headers, lower_case_name);
    return value == nullptr ? std::string_view{} : std::string_view(*value);
}

} // namespace oakum::ports
