// SPDX-License-Identifier: Apache-2.0
#include <risk/cvss.hpp>
#include <risk/deadline.hpp>
#include <risk/ssvc.hpp>

#include <algorithm>
#include <array>

namespace oakum::risk {

std::string_view to_string(Timeline timeline) {
    switch (timeline) {
    case Timeline::on_upgrade:
        return "with the next upgrade";
    case Timeline::sixty_days:
        return "60 days";
    case Timeline::fourteen_days:
        return "14 days";
    case Timeline::three_days:
        return "3 days";
    case Timeline::three_days_forensic:
        return "3 days, and forensic triage";
    }
    return "?";
}

std::optional<int> days(Timeline timeline) {
    switch (timeline) {
    case Timeline::on_upgrade:
        return std::nullopt;
    case Timeline::sixty_days:
        return 60;
    case Timeline::fourteen_days:
        return 14;
    case Timeline::three_days:
    case Timeline::three_days_forensic:
        return 3;
    }
    return std::nullopt;
}

Timeline timeline(const DeadlineInputs& inputs) {
    const std::array<std::size_t, 4> answers{inputs.known_exploited, inputs.publicly_exposed,
                                             inputs.automatable, inputs.total_impact};
    const DecisionTable& table = bod_26_04();
    const auto outcome = std::ranges::find(table.outcomes, table.decide(answers));
    return static_cast<Timeline>(outcome - table.outcomes.begin());
}

namespace {

// Weaknesses by which foreign code commonly comes to run: injection, unsafe deserialisation, memory
// corruption, upload.
bool lets_code_run(const advisory::AdvisoryView& advisory) {
    static constexpr std::array<std::string_view, 13> list{
        "CWE-74",  "CWE-77",  "CWE-78",  "CWE-94",  "CWE-95",  "CWE-119", "CWE-120",
        "CWE-121", "CWE-122", "CWE-416", "CWE-434", "CWE-502", "CWE-787"};
    return std::any_of(advisory.weaknesses.begin(), advisory.weaknesses.end(), [](std::string_view weakness) {
        return std::find(list.begin(), list.end(), weakness) != list.end();
    });
}

bool derived_total(const advisory::AdvisoryView& advisory) {
    const bool confidentiality = advisory.confidentiality == advisory::Loss::total;
    const bool integrity = advisory.integrity == advisory::Loss::total;
    return (confidentiality && integrity) || ((confidentiality || integrity) && lets_code_run(advisory));
}

bool derived_automatable(const advisory::AdvisoryView& advisory) {
    for (const auto& view : advisory.cvss)
        if (const auto cvss = Cvss::parse(view.vector); cvss.ok())
            return cvss->network && cvss->low_complexity && cvss->no_privileges && cvss->no_interaction;
    return false;
}

std::string sentence_of(const Deadline& deadline) {
    const auto& in = deadline.inputs;
    std::string text = "Fix ";
    if (deadline.timeline != Timeline::on_upgrade) text += "within ";
    text += to_string(deadline.timeline);
    text += ": ";
    text += in.known_exploited ? "it is known to be exploited" : "it is not known to be exploited";
    text += in.publicly_exposed ? ", the device is publicly exposed" : ", the device is not publicly exposed";
    text += deadline.exposure_assumed ? " (assumed)" : "";
    text += in.automatable ? ", attacks can be automated" : ", attacks cannot be automated";
    text += deadline.automatable_derived ? " (derived)" : "";
    text += in.total_impact ? ", and control is lost wholly" : ", and control is lost in part";
    text += deadline.impact_derived ? " (derived)" : "";
    return text + " (CISA BOD 26-04).";
}

} // namespace

Deadline deadline(const advisory::AdvisoryView& advisory, const Context& context) {
    Deadline out;
    out.inputs.known_exploited =
        advisory.exploited || advisory.exploitation == advisory::Exploitation::active;
    out.inputs.publicly_exposed = context.exposure == Exposure::open;
    out.exposure_assumed = context.exposure == Exposure::unknown;
    out.automatable_derived = advisory.automatable == advisory::Answer::not_stated;
    out.inputs.automatable = out.automatable_derived ? derived_automatable(advisory)
                                                     : advisory.automatable == advisory::Answer::yes;
    out.impact_derived = advisory.technical_impact == advisory::TechnicalImpact::not_stated;
    out.inputs.total_impact = out.impact_derived
                                  ? derived_total(advisory)
                                  : advisory.technical_impact == advisory::TechnicalImpact::total;
    out.timeline = timeline(out.inputs);
    out.sentence = sentence_of(out);
    return out;
}

std::optional<Term> term(const advisory::AdvisoryView& advisory, const Context& context) {
    const Deadline deadline = risk::deadline(advisory, context);
    const auto given = days(deadline.timeline);
    if (!given) return std::nullopt;
    Term out{*given, advisory.published};
    if (deadline.inputs.known_exploited && advisory.kev) out.from = std::max(out.from, advisory.kev->added);
    return out;
}

} // namespace oakum::risk
