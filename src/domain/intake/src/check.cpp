// SPDX-License-Identifier: Apache-2.0
#include <intake/check.hpp>

#include <array>

namespace oakum::intake {
namespace {

constexpr std::array<Rule, kCheckCount> kRules{{
    {.check = Check::artifact,
     .name = "artifact",
     .what = "its bytes are here, whole, under their SHA-256",
     .always = true},
    {.check = Check::type, .name = "type", .what = "it is the kind of file that its name says"},
    {.check = Check::hardware,
     .name = "hardware",
     .what = "it installs on the release's models, where the file itself says on which it does"},
    {.check = Check::version,
     .name = "version",
     .what = "its version is not older than what is published of its line, or of its series (1.5 of 1.5.9)",
     .overridable = true},
    {.check = Check::sbom,
     .name = "sbom",
     .what = "an SBOM says what is in it, and names these very bytes by their SHA-256",
     .asked = false},
    {.check = Check::exploited,
     .name = "exploited",
     .what = "it brings no vulnerability that is being exploited, where an SBOM says what is in it",
     .overridable = true},
    {.check = Check::signature,
     .name = "signature",
     .what = "its maker signed it, with a key that is trusted for its line",
     .asked = false},
    {.check = Check::provenance,
     .name = "provenance",
     .what = "a statement by a trusted builder says how these very bytes were built, as is expected",
     .asked = false},
    {.check = Check::approval,
     .name = "approval",
     .what = "somebody approved it who neither made it nor uploaded its artifact",
     .asked = false},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRules.size(); ++i)
        if (static_cast<std::size_t>(kRules[i].check) != i || (kRules[i].always && !kRules[i].asked))
            return false;
    return true;
}
static_assert(in_order(), "one row a check, in the order of the enum");

constexpr std::array<std::string_view, 6> kVerdicts{"passed", "overridden",  "failed",
                                                    "waits",  "cannot_tell", "not_asked"};

} // namespace

std::span<const Rule, kCheckCount> rules() {
    return kRules;
}

const Rule& rule_of(Check check) {
    return kRules[static_cast<std::size_t>(check)];
}

base::Result<Check> parse_check(std::string_view name) {
    std::string known;
    for (const Rule& rule : kRules) {
        if (rule.name == name) return rule.check;
        known += (known.empty() ? "" : ", ") + std::string(rule.name);
    }
    return base::invalid("that is no check; there are " + known);
}

std::string_view to_string(Verdict verdict) {
    return kVerdicts[static_cast<std::size_t>(verdict)];
}

base::Result<Verdict> parse_verdict(std::string_view text) {
    for (std::size_t i = 0; i < kVerdicts.size(); ++i)
        if (kVerdicts[i] == text) return static_cast<Verdict>(i);
    return base::invalid("that is no verdict of a check");
}

std::string what_stops(std::span<const Line> lines) {
    std::string text;
    std::size_t count = 0;
    for (const Line& line : lines)
        if (stops(line.verdict)) {
            ++count;
            text += " " + std::string(to_string(line.check)) + ": " + line.evidence;
        }
    if (count == 0) return "";
    return (count == 1 ? "1 check stops it." : std::to_string(count) + " checks stop it.") + text;
}

} // namespace oakum::intake
