// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "decode.hpp"
#include "routes.hpp"

// What the handlers of exceptions and own advisories share.
namespace oakum::api {

constexpr std::size_t kDecisionBody = 131'072;

// A list of texts; none when the member is missing. Errors: invalid, too_large.
inline base::Result<std::vector<std::string>> texts_at(const json::Value& body, std::string_view name,
                                                       std::size_t most) {
    std::vector<std::string> texts;
    TRY_VALUE(const auto list, body.optional_array_at(name, most));
    if (list)
        for (const json::Value& each : list->items()) {
            TRY_VALUE(std::string text, each.as_string(4096));
            texts.push_back(std::move(text));
        }
    return texts;
}

// Null instead of an empty text.
inline std::optional<std::string> some(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(std::string(text));
}

// The reason of an action, whose body may be missing.
inline base::Result<std::string> decision_why(const Call& call) {
    if (call.request.body.empty()) return std::string();
    TRY_VALUE(const json::Value body, json_body(call, kDecisionBody));
    return decode_why(body, WhyIs::optional);
}

} // namespace oakum::api
