// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <algorithm>
#include <cmath>
#include <string>

// CVSS 3.0 and 3.1, section 7: the base, temporal and environmental equations. The versions differ in the
// impact of a changed scope with modified metrics (7.3).
namespace oakum::risk {
namespace {

using enum MetricRule::Group;
constexpr std::array rules{MetricRule{"AV", "N A L P"},
                           MetricRule{"AC", "L H"},
                           MetricRule{"PR", "N L H"},
                           MetricRule{"UI", "N R"},
                           MetricRule{"S", "U C"},
                           MetricRule{"C", "H L N"},
                           MetricRule{"I", "H L N"},
                           MetricRule{"A", "H L N"},
                           MetricRule{"E", "X H F P U", other},
                           MetricRule{"RL", "X U W T O", other},
                           MetricRule{"RC", "X C R U", other},
                           MetricRule{"CR", "X H M L", other},
                           MetricRule{"IR", "X H M L", other},
                           MetricRule{"AR", "X H M L", other},
                           MetricRule{"MAV", "X N A L P", other},
                           MetricRule{"MAC", "X L H", other},
                           MetricRule{"MPR", "X N L H", other},
                           MetricRule{"MUI", "X N R", other},
                           MetricRule{"MS", "X U C", other},
                           MetricRule{"MC", "X H L N", other},
                           MetricRule{"MI", "X H L N", other},
                           MetricRule{"MA", "X H L N", other}};

double loss(char value) {
    return value == 'H' ? 0.56 : value == 'L' ? 0.22 : 0;
}

double requirement(char value) {
    return value == 'H' ? 1.5 : value == 'L' ? 0.5 : 1;
}

double vector_weight(char value) {
    return value == 'N' ? 0.85 : value == 'A' ? 0.62 : value == 'L' ? 0.55 : 0.2;
}

double privileges(char value, bool changed) {
    if (value == 'N') return 0.85;
    return value == 'L' ? (changed ? 0.68 : 0.62) : (changed ? 0.5 : 0.27);
}

// CVSS 3.1, appendix A: up to the next tenth, without the accidents of binary fractions.
int round_up_tenths(double score) {
    const long scaled = std::lround(score * 100000);
    return static_cast<int>(scaled % 10000 == 0 ? scaled / 10000 : scaled / 10000 + 1);
}

double exploitability(char av, char ac, char pr, char ui, bool changed) {
    return 8.22 * vector_weight(av) * (ac == 'L' ? 0.77 : 0.44) * privileges(pr, changed) *
           (ui == 'N' ? 0.85 : 0.62);
}

int sum_tenths(double impact, double exploitability, bool changed) {
    return impact <= 0 ? 0
                       : round_up_tenths(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

int unmodified(const Metrics& m) {
    const bool changed = m["S"] == 'C';
    const double sub = 1 - (1 - loss(m["C"])) * (1 - loss(m["I"])) * (1 - loss(m["A"]));
    const double impact = changed ? 7.52 * (sub - 0.029) - 3.25 * std::pow(sub - 0.02, 15) : 6.42 * sub;
    return sum_tenths(impact, exploitability(m["AV"], m["AC"], m["PR"], m["UI"], changed), changed);
}

int modified(const Metrics& m, bool minor_1) {
    const auto of = [&m](std::string_view name) {
        const char changed = m["M" + std::string(name)];
        return changed == 'X' ? m[name] : changed;
    };
    const bool changed = of("S") == 'C';
    const double sub =
        std::min(1 - (1 - loss(of("C")) * requirement(m["CR"])) * (1 - loss(of("I")) * requirement(m["IR"])) *
                         (1 - loss(of("A")) * requirement(m["AR"])),
                 0.915);
    const double tail = minor_1 ? std::pow(sub * 0.9731 - 0.02, 13) : std::pow(sub - 0.02, 15);
    const double impact = changed ? 7.52 * (sub - 0.029) - 3.25 * tail : 6.42 * sub;
    return sum_tenths(impact, exploitability(of("AV"), of("AC"), of("PR"), of("UI"), changed), changed);
}

int temporal(const Metrics& m, int tenths) {
    const char e = m["E"];
    const char level = m["RL"];
    const char confidence = m["RC"];
    const double factor = (e == 'F'   ? 0.97
                           : e == 'P' ? 0.94
                           : e == 'U' ? 0.91
                                      : 1) *
                          (level == 'W'   ? 0.97
                           : level == 'T' ? 0.96
                           : level == 'O' ? 0.95
                                          : 1) *
                          (confidence == 'R'   ? 0.96
                           : confidence == 'U' ? 0.92
                                               : 1);
    return round_up_tenths(tenths / 10.0 * factor);
}

} // namespace

base::Result<Scores> cvss3(const Metrics& m, bool minor_1) {
    TRY(m.check(rules));
    Scores out{unmodified(m), {}};
    // Without an environmental metric the modified score is the base score, in both versions but for the
    // changed scope of 3.1, whose equation differs: it counts only when it was asked for.
    const bool environment =
        std::ranges::any_of(rules.begin() + 11, rules.end(), [&](const MetricRule& rule) {
            return !m.value(rule.name).empty() && m[rule.name] != 'X';
        });
    if (m.beyond_base(rules)) out.overall = temporal(m, environment ? modified(m, minor_1) : out.base);
    return out;
}

} // namespace oakum::risk
