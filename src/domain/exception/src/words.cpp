// SPDX-License-Identifier: Apache-2.0
#include <exception/exception.hpp>

#include <array>

namespace oakum::exception {
namespace {

constexpr std::array<std::string_view, kKindCount> kKinds{"accept", "mitigate", "not_affected", "suppress"};
constexpr std::array<std::string_view, 5> kStates{"asked", "approved", "refused", "withdrawn", "expired"};
constexpr std::array<std::string_view, 6> kJustifications{"",
                                                          "component_not_present",
                                                          "vulnerable_code_not_present",
                                                          "vulnerable_code_not_in_execute_path",
                                                          "vulnerable_code_cannot_be_controlled_by_adversary",
                                                          "inline_mitigations_already_exist"};

template <class Enum, std::size_t N>
base::Result<Enum> find(const std::array<std::string_view, N>& names, std::string_view text,
                        std::string_view noun, std::size_t first = 0) {
    std::string known;
    for (std::size_t i = first; i < N; ++i) {
        if (names[i] == text) return static_cast<Enum>(i);
        known += (known.empty() ? "" : ", ") + std::string(names[i]);
    }
    return base::invalid("that is no " + std::string(noun) + "; there are " + known);
}

} // namespace

std::string_view to_string(Kind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}
base::Result<Kind> parse_kind(std::string_view text) {
    return find<Kind>(kKinds, text, "kind of exception");
}

std::string_view to_string(State state) {
    return kStates[static_cast<std::size_t>(state)];
}
base::Result<State> parse_state(std::string_view text) {
    return find<State>(kStates, text, "state of an exception");
}

std::string_view to_string(Justification justification) {
    return kJustifications[static_cast<std::size_t>(justification)];
}
base::Result<Justification> parse_justification(std::string_view text) {
    return find<Justification>(kJustifications, text, "justification", 1);
}

} // namespace oakum::exception
