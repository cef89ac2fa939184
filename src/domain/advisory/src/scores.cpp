// SPDX-License-Identifier: Apache-2.0
#include "scores.hpp"

#include "names.hpp"

#include <cmath>

namespace oakum::advisory {
namespace {

Loss loss_of(std::string_view vector, std::string_view old_name, std::string_view new_name) {
    while (!vector.empty()) {
        const auto slash = vector.find('/');
        const auto metric = vector.substr(0, slash);
        const auto colon = metric.find(':');
        const auto name = metric.substr(0, colon);
        if ((name == old_name || name == new_name) && colon != std::string_view::npos) {
            const auto value = metric.substr(colon + 1);
            if (value == "N") return Loss::none;
            if (value == "L" || value == "P") return Loss::partial;
            if (value == "H" || value == "C") return Loss::total;
        }
        vector = slash == std::string_view::npos ? std::string_view() : vector.substr(slash + 1);
    }
    return Loss::not_stated;
}

} // namespace

int rank_of(std::string_view source, std::string_view vector) {
    const int who = source == "cna"                                ? 0
                    : source == "cisa-adp"                         ? 1
                    : source.find("nist.gov") != std::string::npos ? 2
                                                                   : 3;
    const int which = vector.starts_with("CVSS:3.1") ? 0
                      : vector.starts_with("CVSS:4") ? 1
                      : vector.starts_with("CVSS:3") ? 2
                                                     : 3;
    return (which == 3 ? 100 : 0) + who * 10 + which;
}

std::uint8_t score_tenths(const CvssVector& vector, BaseScore score) {
    double value = vector.base_score;
    if (value <= 0 && score != nullptr) value = score(vector.vector).value_or(0);
    return value > 0 && value <= 10 ? static_cast<std::uint8_t>(std::lround(value * 10)) : std::uint8_t{0};
}

void set_losses(std::string_view vector, layout::Group& group) {
    group.confidentiality = static_cast<std::uint8_t>(loss_of(vector, "C", "VC"));
    group.integrity = static_cast<std::uint8_t>(loss_of(vector, "I", "VI"));
    group.availability = static_cast<std::uint8_t>(loss_of(vector, "A", "VA"));
}

void set_ssvc(const SsvcPoints& points, layout::Group& group) {
    const auto exploitation = lower(points.exploitation);
    const auto automatable = lower(points.automatable);
    const auto impact = lower(points.technical_impact);
    const auto set = [](std::uint8_t& to, auto value) { to = static_cast<std::uint8_t>(value); };
    if (exploitation == "none" || exploitation == "poc" || exploitation == "active")
        set(group.exploitation, exploitation == "none"  ? Exploitation::none
                                : exploitation == "poc" ? Exploitation::poc
                                                        : Exploitation::active);
    if (automatable == "no" || automatable == "yes")
        set(group.automatable, automatable == "yes" ? Answer::yes : Answer::no);
    if (impact == "partial" || impact == "total")
        set(group.technical_impact, impact == "total" ? TechnicalImpact::total : TechnicalImpact::partial);
}

} // namespace oakum::advisory
