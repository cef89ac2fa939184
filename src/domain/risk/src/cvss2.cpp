// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <cmath>

namespace oakum::risk {
namespace {

double weigh(char value, std::string_view letters, std::array<double, 3> weights) {
    return weights[letters.find(value)];
}

} // namespace

// CVSS 2.0, section 3.2.1.
base::Result<int> cvss2_tenths(const Metrics& m) {
    TRY(check(m, std::array{Demand{"AV", "LAN"}, Demand{"AC", "HML"}, Demand{"Au", "MSN"}, Demand{"C", "NPC"},
                            Demand{"I", "NPC"}, Demand{"A", "NPC"}}));
    const auto loss = [&](std::string_view name) { return 1 - weigh(m[name], "NPC", {0, 0.275, 0.660}); };
    const double impact = 10.41 * (1 - loss("C") * loss("I") * loss("A"));
    const double exploitability = 20 * weigh(m["AV"], "LAN", {0.395, 0.646, 1.0}) *
                                  weigh(m["AC"], "HML", {0.35, 0.61, 0.71}) *
                                  weigh(m["Au"], "MSN", {0.45, 0.56, 0.704});
    const double score = (0.6 * impact + 0.4 * exploitability - 1.5) * (impact == 0 ? 0 : 1.176);
    return static_cast<int>(std::lround(score * 10));
}

} // namespace oakum::risk
