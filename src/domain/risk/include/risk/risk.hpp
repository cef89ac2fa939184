// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/file.hpp>
#include <advisory/match.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::risk {

enum class Criticality : std::uint8_t { low, medium, high, critical };
enum class Exposure : std::uint8_t { unknown, internal, controlled, open };
std::string_view to_string(Criticality criticality);
std::string_view to_string(Exposure exposure);

// What makes one device's findings weigh more than another's; devices that agree in it share their risk.
struct Context {
    Criticality criticality = Criticality::medium;
    Exposure exposure = Exposure::unknown; // counted as open, and said so
    bool safety_critical = false;
    auto operator<=>(const Context&) const = default;
    bool operator==(const Context&) const = default;
};

// The risk of one affected finding on one device, in points:
//
//   risk = 100 * threat * impact * exposure * criticality * safety * confidence
//
//   threat       1 when known to be exploited (1.1 with ransomware), else EPSS, else what is assumed by
//                severity
//   impact       CVSS base score / 10; 0.5 when nobody scored it
//   exposure     open 1, controlled 0.6, internal 0.35; unknown counts as open
//   criticality  low 0.5, medium 1, high 1.5, critical 2
//   safety       1.5 when people can be hurt, else 1
//   confidence   high 1, medium 0.8, low 0.5: how sure the match is
//
// Points add up over findings, components, devices. An unknown verdict adds nothing and is counted beside it.
struct RiskTerms {
    double threat = 0, impact = 0, exposure = 0, criticality = 0, safety = 0, confidence = 0;
    double points = 0;
    bool exploited = false, ransomware = false;
    bool threat_assumed = false;   // no EPSS
    bool impact_assumed = false;   // no CVSS
    bool exposure_assumed = false; // nobody stated it
    std::string sentence;          // all terms in words
};

RiskTerms risk_of(const advisory::AdvisoryView& advisory, advisory::Confidence confidence,
                  const Context& context);

// The points alone.
double points_of(const advisory::AdvisoryView& advisory, advisory::Confidence confidence,
                 const Context& context);

struct FindingRisk {
    std::uint32_t verdict = 0; // its place in the assessment
    double points = 0;
};
struct SetRisk {
    double points = 0;
    std::uint32_t findings = 0, exploited = 0, unknown = 0;
    std::vector<FindingRisk> by_finding; // largest first
};
SetRisk risk_of_set(const advisory::AdvisoryFile& file, const advisory::SetAssessment& assessment,
                    const Context& context);

} // namespace oakum::risk
