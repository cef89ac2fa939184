// SPDX-License-Identifier: Apache-2.0
#include <schedule/priority.hpp>

#include <array>
#include <utility>

namespace oakum::schedule {
namespace {

constexpr std::array<std::pair<Priority, std::string_view>, 3> kWords{
    {{Priority::normal, "normal"}, {Priority::urgent, "urgent"}, {Priority::emergency, "emergency"}}};

} // namespace

std::string_view to_string(Priority priority) {
    for (const auto& [value, word] : kWords)
        if (value == priority) return word;
    return "normal";
}

base::Result<Priority> parse_priority(std::string_view text) {
    for (const auto& [value, word] : kWords)
        if (word == text) return value;
    return base::invalid("a priority is \"normal\", \"urgent\" or \"emergency\", not \"" +
                         std::string(text.substr(0, 40)) + "\"");
}

} // namespace oakum::schedule
