// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <algorithm>
#include <cmath>

namespace oakum::risk {
namespace {

double loss(char value) {
    return value == 'H' ? 0.56 : value == 'L' ? 0.22 : 0;
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

} // namespace

// CVSS 3.0 and 3.1, section 7.1; their base formulas are one.
base::Result<int> cvss3_tenths(const Metrics& m) {
    TRY(check(m, std::array{Demand{"AV", "NALP"}, Demand{"AC", "LH"}, Demand{"PR", "NLH"}, Demand{"UI", "NR"},
                            Demand{"S", "UC"}, Demand{"C", "HLN"}, Demand{"I", "HLN"}, Demand{"A", "HLN"}}));
    const bool changed = m["S"] == 'C';
    const double sub = 1 - (1 - loss(m["C"])) * (1 - loss(m["I"])) * (1 - loss(m["A"]));
    const double impact = changed ? 7.52 * (sub - 0.029) - 3.25 * std::pow(sub - 0.02, 15) : 6.42 * sub;
    if (impact <= 0) return 0;
    const double exploitability = 8.22 * vector_weight(m["AV"]) * (m["AC"] == 'L' ? 0.77 : 0.44) *
                                  privileges(m["PR"], changed) * (m["UI"] == 'N' ? 0.85 : 0.62);
    return round_up_tenths(std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0));
}

} // namespace oakum::risk
