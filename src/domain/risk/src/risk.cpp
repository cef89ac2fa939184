// SPDX-License-Identifier: Apache-2.0
#include "factors.hpp"

#include <risk/risk.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace oakum::risk {

using advisory::AdvisoryView;
using advisory::Confidence;
using advisory::Severity;

std::string_view to_string(Criticality criticality) {
    switch (criticality) {
    case Criticality::low:
        return "low";
    case Criticality::medium:
        return "medium";
    case Criticality::high:
        return "high";
    case Criticality::critical:
        return "critical";
    }
    return "?";
}

std::string_view to_string(Exposure exposure) {
    switch (exposure) {
    case Exposure::unknown:
        return "unknown";
    case Exposure::internal:
        return "internal";
    case Exposure::controlled:
        return "controlled";
    case Exposure::open:
        return "open";
    }
    return "?";
}

Factor threat_of(const AdvisoryView& advisory) {
    const bool ransomware = advisory.kev && advisory.kev->ransomware;
    if (advisory.exploited || advisory.exploitation == advisory::Exploitation::active)
        return {ransomware ? 1.1 : 1.0, false, true, ransomware};
    Factor factor;
    if (advisory.epss) {
        const double probability = advisory.epss->probability;
        factor.value = probability >= 0 && probability <= 1 ? probability : 0;
    } else {
        factor.assumed = true;
        factor.value = advisory.severity == Severity::critical ? 0.03
                       : advisory.severity == Severity::high   ? 0.02
                       : advisory.severity == Severity::low    ? 0.005
                                                               : 0.01;
    }
    if (advisory.exploitation == advisory::Exploitation::poc) factor.value = std::max(factor.value, 0.05);
    return factor;
}

Factor impact_of(const AdvisoryView& advisory) {
    if (advisory.base_score > 0) return {std::min(advisory.base_score, 10.0) / 10, false, false, false};
    return {0.5, true, false, false};
}

double exposure_factor(Exposure exposure) {
    switch (exposure) {
    case Exposure::open:
    case Exposure::unknown:
        return 1;
    case Exposure::internal:
        return 0.35;
    case Exposure::controlled:
        return 0.6;
    }
    return 1;
}

double criticality_factor(Criticality criticality) {
    switch (criticality) {
    case Criticality::low:
        return 0.5;
    case Criticality::medium:
        return 1;
    case Criticality::high:
        return 1.5;
    case Criticality::critical:
        return 2;
    }
    return 1;
}

double safety_factor(bool safety_critical) {
    return safety_critical ? 1.5 : 1;
}

double confidence_factor(Confidence confidence) {
    return confidence == Confidence::high ? 1 : confidence == Confidence::medium ? 0.8 : 0.5;
}

namespace {

// "36.0", "0.04": enough digits to add up by eye.
std::string number(double value, int decimals) {
    const double scale = std::pow(10, decimals);
    const auto scaled = static_cast<long long>(std::llround(value * scale));
    auto text = std::to_string(scaled / static_cast<long long>(scale));
    if (decimals > 0) {
        auto rest = std::to_string(scaled % static_cast<long long>(scale));
        text += "." + std::string(static_cast<std::size_t>(decimals) - rest.size(), '0') + rest;
    }
    return text;
}

std::string threat_words(const RiskTerms& terms, const AdvisoryView& advisory) {
    if (terms.exploited)
        return terms.ransomware ? "it is exploited, also by ransomware" : "it is known to be exploited";
    std::string words =
        terms.threat_assumed
            ? "no one has estimated its exploitation, taken as " + number(terms.threat * 100, 1) + " %"
            : "its exploitation within 30 days is " + number(terms.threat * 100, 1) + " % likely";
    if (advisory.exploitation == advisory::Exploitation::poc) words += " with a public proof of concept";
    return words;
}

std::string sentence_of(const RiskTerms& terms, const AdvisoryView& advisory, Confidence confidence,
                        const Context& context) {
    std::string text(advisory.id);
    text += " weighs " + number(terms.points, 1) + " points: " + threat_words(terms, advisory) + ", ";
    text += terms.impact_assumed ? "its impact is not scored (5.0 of 10 taken)"
                                 : "its impact is " + number(terms.impact * 10, 1) + " of 10";
    text += ", the device's exposure is ";
    text += terms.exposure_assumed ? "not stated (open taken)" : std::string(to_string(context.exposure));
    text += ", its criticality ";
    text += to_string(context.criticality);
    if (context.safety_critical) text += ", people can be hurt";
    if (confidence != Confidence::high)
        text += std::string(", and the match is of ") + std::string(advisory::to_string(confidence)) +
                " confidence";
    return text + ".";
}

RiskTerms terms_of(const AdvisoryView& advisory, Confidence confidence, const Context& context) {
    const auto threat = threat_of(advisory);
    const auto impact = impact_of(advisory);
    RiskTerms terms;
    terms.threat = threat.value;
    terms.impact = impact.value;
    terms.exposure = exposure_factor(context.exposure);
    terms.criticality = criticality_factor(context.criticality);
    terms.safety = safety_factor(context.safety_critical);
    terms.confidence = confidence_factor(confidence);
    terms.points = 100 * terms.threat * terms.impact * terms.exposure * terms.criticality * terms.safety *
                   terms.confidence;
    terms.exploited = threat.exploited;
    terms.ransomware = threat.ransomware;
    terms.threat_assumed = threat.assumed;
    terms.impact_assumed = impact.assumed;
    terms.exposure_assumed = context.exposure == Exposure::unknown;
    return terms;
}

} // namespace

RiskTerms risk_of(const AdvisoryView& advisory, Confidence confidence, const Context& context) {
    auto terms = terms_of(advisory, confidence, context);
    terms.sentence = sentence_of(terms, advisory, confidence, context);
    return terms;
}

double points_of(const AdvisoryView& advisory, Confidence confidence, const Context& context) {
    return terms_of(advisory, confidence, context).points;
}

SetRisk risk_of_set(const advisory::AdvisoryFile& file, const advisory::SetAssessment& assessment,
                    const Context& context) {
    SetRisk risk;
    risk.unknown = assessment.unknown;
    for (std::uint32_t i = 0; i < assessment.verdicts.size(); ++i) {
        const auto& verdict = assessment.verdicts[i].verdict;
        if (verdict.verdict != advisory::Verdict::affected) continue;
        const auto terms = terms_of(file.brief(verdict.advisory), verdict.confidence, context);
        ++risk.findings;
        risk.exploited += terms.exploited ? 1 : 0;
        risk.points += terms.points;
        risk.by_finding.push_back({i, terms.points});
    }
    std::stable_sort(risk.by_finding.begin(), risk.by_finding.end(),
                     [](const FindingRisk& a, const FindingRisk& b) { return a.points > b.points; });
    return risk;
}

} // namespace oakum::risk
