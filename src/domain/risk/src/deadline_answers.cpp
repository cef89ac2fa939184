// SPDX-License-Identifier: Apache-2.0
#include <risk/cvss.hpp>
#include <risk/deadline_policy.hpp>
#include <risk/ssvc.hpp>

#include <algorithm>
#include <array>

namespace oakum::risk {
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

// Total when confidentiality and integrity are both lost wholly, or one of them by a weakness that lets code
// run.
bool derived_total(const advisory::AdvisoryView& advisory) {
    const bool confidentiality = advisory.confidentiality == advisory::Loss::total;
    const bool integrity = advisory.integrity == advisory::Loss::total;
    return (confidentiality && integrity) || ((confidentiality || integrity) && lets_code_run(advisory));
}

// What a vector of version 4 states; else when it needs neither nearness, luck, rights nor a person.
bool derived_automatable(const advisory::AdvisoryView& advisory) {
    for (const auto& view : advisory.cvss)
        if (const auto cvss = Cvss::parse(view.vector); cvss.ok())
            return cvss->automatable.value_or(cvss->network && cvss->low_complexity && cvss->no_privileges &&
                                              cvss->no_interaction);
    return false;
}

std::uint8_t human_impact(const Context& context) {
    static const DecisionTable& table = **decision_table("human-impact");
    const std::array<std::size_t, 2> points{context.safety_critical ? 2U : 0U, // critical, or negligible
                                            static_cast<std::size_t>(context.criticality)};
    return static_cast<std::uint8_t>(std::ranges::find(table.outcomes, table.decide(points)) -
                                     table.outcomes.begin());
}

} // namespace

Answers answers(const advisory::AdvisoryView& advisory, const Context& context) {
    Answers out;
    const auto answer = [&](Point point, std::size_t value, bool derived = false, bool assumed = false) {
        out.of[static_cast<std::size_t>(point)] = static_cast<std::uint8_t>(value);
        out.derived |= static_cast<std::uint16_t>(derived ? 1U << static_cast<unsigned>(point) : 0U);
        out.assumed |= static_cast<std::uint16_t>(assumed ? 1U << static_cast<unsigned>(point) : 0U);
    };
    const bool exploited = advisory.exploited || advisory.exploitation == advisory::Exploitation::active;
    answer(Point::known_exploited, exploited ? 1 : 0);
    answer(Point::ransomware, advisory.kev && advisory.kev->ransomware ? 1 : 0);
    answer(Point::exploitation,
           exploited                                              ? 2
           : advisory.exploitation == advisory::Exploitation::poc ? 1
                                                                  : 0,
           !exploited && advisory.exploitation == advisory::Exploitation::not_stated);

    const bool assumed = context.exposure == Exposure::unknown;
    const bool open = assumed || context.exposure == Exposure::open;
    answer(Point::exposed, open ? 1 : 0, false, assumed);
    answer(Point::exposure, open ? 2 : context.exposure == Exposure::controlled ? 1 : 0, false, assumed);

    const bool automatable_derived = advisory.automatable == advisory::Answer::not_stated;
    answer(Point::automatable,
           automatable_derived ? derived_automatable(advisory)
                               : advisory.automatable == advisory::Answer::yes,
           automatable_derived);
    const bool impact_derived = advisory.technical_impact == advisory::TechnicalImpact::not_stated;
    answer(Point::technical_impact,
           impact_derived ? derived_total(advisory)
                          : advisory.technical_impact == advisory::TechnicalImpact::total,
           impact_derived);

    answer(Point::human_impact, human_impact(context), true);
    answer(Point::severity, static_cast<std::size_t>(advisory.severity));
    answer(Point::criticality, static_cast<std::size_t>(context.criticality));
    answer(Point::safety_critical, context.safety_critical ? 1 : 0);
    return out;
}

} // namespace oakum::risk
