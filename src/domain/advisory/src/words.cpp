// SPDX-License-Identifier: Apache-2.0
#include <advisory/file.hpp>
#include <advisory/match.hpp>

#include <array>

namespace oakum::advisory {
namespace {

template <class Enum, std::size_t N>
std::string_view word(const std::array<std::string_view, N>& words, Enum value) {
    const auto index = static_cast<std::size_t>(value);
    return index < N ? words[index] : std::string_view("?");
}

} // namespace

std::string_view to_string(Source source) {
    return word(std::array<std::string_view, 10>{"nvd", "cve5", "osv", "apple", "debian", "alpine", "csaf",
                                                 "openvex", "cyclonedx", "own notice"},
                source);
}

std::string_view to_string(Severity severity) {
    return word(std::array<std::string_view, 6>{"not scored", "none", "low", "medium", "high", "critical"},
                severity);
}

std::string_view to_string(Loss loss) {
    return word(std::array<std::string_view, 4>{"not stated", "none", "partial", "total"}, loss);
}

std::string_view to_string(Verdict verdict) {
    return word(std::array<std::string_view, 4>{"affected", "not affected", "fixed", "unknown"}, verdict);
}

std::string_view to_string(Confidence confidence) {
    return word(std::array<std::string_view, 3>{"low", "medium", "high"}, confidence);
}

std::string_view to_string(Reason reason) {
    static constexpr std::array<std::string_view, 23> words{
        "the version is in the affected range",
        "the version is listed as affected",
        "every version that the record does not exempt is affected",
        "the maker of the software says that it is affected",
        "the version is outside the affected ranges",
        "the version is above every range that the record lists",
        "the advisory needs another platform than this one",
        "the maker of the software says that it is not affected",
        "the version has the fix",
        "the security patch level has the fix",
        "the maker of the software says that it is fixed",
        "the component's version cannot be ordered",
        "the component's version or patch level is not known",
        "the record's versions cannot be ordered",
        "the record does not speak of this version",
        "the advisory needs a platform that is not declared",
        "the advisory is about an edition or target that the component does not state",
        "it is fixed in a newer branch, and nothing is said about this one",
        "it depends on the chipset",
        "the maker of the software is looking into it",
        "the kernel was built without the code that has the fault",
        "its source says that no version of it has the fault",
        "its source has not determined whether it is affected"};
    return word(words, reason);
}

Severity severity_of_score(double score) {
    if (score <= 0) return Severity::none;
    return score < 4   ? Severity::low
           : score < 7 ? Severity::medium
           : score < 9 ? Severity::high
                       : Severity::critical;
}

} // namespace oakum::advisory
