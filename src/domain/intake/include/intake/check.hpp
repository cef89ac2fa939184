// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::intake {

// In the order in which people are shown them: the cheapest and the most telling first.
enum class Check : std::uint8_t {
    artifact,   // its bytes are here, whole, under their digest
    type,       // it is what its name says
    hardware,   // it is for the models of the release, as far as it says so itself
    version,    // it does not fall behind what is published
    sbom,       // what is in it is stated, of these very bytes
    exploited,  // it brings nothing that is being exploited
    signature,  // its maker signed it, with a key that is trusted for its line
    provenance, // a trusted builder says how it was built, as expected
    approval    // somebody else looked at it
};
inline constexpr std::size_t kCheckCount = static_cast<std::size_t>(Check::approval) + 1;

enum class Verdict : std::uint8_t {
    passed,
    overridden,  // failed, and an administrator let it through
    failed,      // stops the release
    waits,       // for a person; stops the release
    cannot_tell, // nothing to look at; does not stop it
    not_asked
};
std::string_view to_string(Verdict verdict); // "cannot_tell"
base::Result<Verdict> parse_verdict(std::string_view text);
constexpr bool stops(Verdict verdict) {
    return verdict == Verdict::failed || verdict == Verdict::waits;
}

struct Rule {
    Check check = Check::artifact;
    std::string_view name;    // as in the API and on the command line
    std::string_view what;    // a phrase for people who decide about it
    bool asked = true;        // when nobody decided
    bool always = false;      // cannot be switched off
    bool overridable = false; // an administrator may let a release through
};
std::span<const Rule, kCheckCount> rules();
const Rule& rule_of(Check check);
inline std::string_view to_string(Check check) {
    return rule_of(check).name;
}
base::Result<Check> parse_check(std::string_view name);

// What a check came to.
struct Line {
    Check check = Check::artifact;
    Verdict verdict = Verdict::not_asked;
    std::string evidence; // sentences
    bool operator==(const Line&) const = default;
};

// The lines that stop a release, in a sentence that begins with their number; empty: none does.
std::string what_stops(std::span<const Line> lines);

} // namespace oakum::intake
