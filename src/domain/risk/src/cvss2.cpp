// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <algorithm>
#include <cmath>

// CVSS 2.0, section 3.2: the base, temporal and environmental equations.
namespace oakum::risk {
namespace {

using enum MetricRule::Group;
constexpr std::array rules{MetricRule{"AV", "L A N"},
                           MetricRule{"AC", "H M L"},
                           MetricRule{"Au", "M S N"},
                           MetricRule{"C", "N P C"},
                           MetricRule{"I", "N P C"},
                           MetricRule{"A", "N P C"},
                           MetricRule{"E", "U POC F H ND", other},
                           MetricRule{"RL", "OF TF W U ND", other},
                           MetricRule{"RC", "UC UR C ND", other},
                           MetricRule{"CDP", "N L LM MH H ND", other},
                           MetricRule{"TD", "N L M H ND", other},
                           MetricRule{"CR", "L M H ND", other},
                           MetricRule{"IR", "L M H ND", other},
                           MetricRule{"AR", "L M H ND", other}};

struct Weight {
    std::string_view value;
    double weight;
};

// A metric that is not there, or "ND", has the weight of not defined.
template <std::size_t N>
double weigh(std::string_view value, const std::array<Weight, N>& weights, double not_defined = 1.0) {
    for (const Weight& each : weights)
        if (each.value == value) return each.weight;
    return not_defined;
}

double loss(char value) {
    return value == 'C' ? 0.660 : value == 'P' ? 0.275 : 0;
}

double requirement(std::string_view value) {
    return weigh(value, std::array{Weight{"L", 0.5}, Weight{"M", 1.0}, Weight{"H", 1.51}});
}

// To the nearest tenth; the equations' exact halves are lost in binary fractions without the small addend.
int nearest_tenths(double score) {
    return static_cast<int>(std::floor(score * 10 + 0.5 + 1e-9));
}

int score(const Metrics& m, double impact) {
    const double exploitability =
        20 * weigh(m.value("AV"), std::array{Weight{"L", 0.395}, Weight{"A", 0.646}, Weight{"N", 1.0}}) *
        weigh(m.value("AC"), std::array{Weight{"H", 0.35}, Weight{"M", 0.61}, Weight{"L", 0.71}}) *
        weigh(m.value("Au"), std::array{Weight{"M", 0.45}, Weight{"S", 0.56}, Weight{"N", 0.704}});
    return nearest_tenths((0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176));
}

int temporal(const Metrics& m, int base_tenths) {
    const double factor =
        weigh(m.value("E"), std::array{Weight{"U", 0.85}, Weight{"POC", 0.9}, Weight{"F", 0.95}}) *
        weigh(m.value("RL"), std::array{Weight{"OF", 0.87}, Weight{"TF", 0.90}, Weight{"W", 0.95}}) *
        weigh(m.value("RC"), std::array{Weight{"UC", 0.90}, Weight{"UR", 0.95}});
    return nearest_tenths(base_tenths / 10.0 * factor);
}

int environmental(const Metrics& m) {
    const double adjusted_impact =
        std::min(10.0, 10.41 * (1 - (1 - loss(m["C"]) * requirement(m.value("CR"))) *
                                        (1 - loss(m["I"]) * requirement(m.value("IR"))) *
                                        (1 - loss(m["A"]) * requirement(m.value("AR")))));
    const double adjusted = temporal(m, score(m, adjusted_impact)) / 10.0;
    const double damage =
        weigh(m.value("CDP"),
              std::array{Weight{"L", 0.1}, Weight{"LM", 0.3}, Weight{"MH", 0.4}, Weight{"H", 0.5}}, 0);
    const double targets =
        weigh(m.value("TD"), std::array{Weight{"N", 0}, Weight{"L", 0.25}, Weight{"M", 0.75}});
    return nearest_tenths((adjusted + (10 - adjusted) * damage) * targets);
}

bool defines_environment(const Metrics& m) {
    return std::ranges::any_of(rules.begin() + 9, rules.end(), [&m](const MetricRule& rule) {
        const std::string_view given = m.value(rule.name);
        return !given.empty() && given != "ND";
    });
}

} // namespace

base::Result<Scores> cvss2(const Metrics& m) {
    TRY(m.check(rules));
    const double impact = 10.41 * (1 - (1 - loss(m["C"])) * (1 - loss(m["I"])) * (1 - loss(m["A"])));
    Scores out{score(m, impact), {}};
    if (defines_environment(m))
        out.overall = environmental(m);
    else if (m.beyond_base(rules))
        out.overall = temporal(m, out.base);
    return out;
}

} // namespace oakum::risk
