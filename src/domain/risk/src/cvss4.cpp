// SPDX-License-Identifier: Apache-2.0
#include "cvss40_table.hpp"
#include "metrics.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

// CVSS 4.0, section 8. The base score counts threat and environment as not defined; the overall score
// (CVSS-BT, -BE or -BTE) takes them in. The worst vectors of each macrovector are the specification's tables
// 24 to 30.
namespace oakum::risk {
namespace {

using enum MetricRule::Group;
constexpr std::array rules{MetricRule{"AV", "N A L P"},
                           MetricRule{"AC", "L H"},
                           MetricRule{"AT", "N P"},
                           MetricRule{"PR", "N L H"},
                           MetricRule{"UI", "N P A"},
                           MetricRule{"VC", "H L N"},
                           MetricRule{"VI", "H L N"},
                           MetricRule{"VA", "H L N"},
                           MetricRule{"SC", "H L N"},
                           MetricRule{"SI", "H L N"},
                           MetricRule{"SA", "H L N"},
                           MetricRule{"E", "X A P U", other},
                           MetricRule{"CR", "X H M L", other},
                           MetricRule{"IR", "X H M L", other},
                           MetricRule{"AR", "X H M L", other},
                           MetricRule{"MAV", "X N A L P", other},
                           MetricRule{"MAC", "X L H", other},
                           MetricRule{"MAT", "X N P", other},
                           MetricRule{"MPR", "X N L H", other},
                           MetricRule{"MUI", "X N P A", other},
                           MetricRule{"MVC", "X H L N", other},
                           MetricRule{"MVI", "X H L N", other},
                           MetricRule{"MVA", "X H L N", other},
                           MetricRule{"MSC", "X H L N", other},
                           MetricRule{"MSI", "X S H L N", other},
                           MetricRule{"MSA", "X S H L N", other},
                           MetricRule{"S", "X N P", supplemental},
                           MetricRule{"AU", "X N Y", supplemental},
                           MetricRule{"R", "X A U I", supplemental},
                           MetricRule{"V", "X D C", supplemental},
                           MetricRule{"RE", "X L M H", supplemental},
                           MetricRule{"U", "X Clear Green Amber Red", supplemental}};

// What counts: the base metrics alone, or each as it was modified. A threat or a requirement that is not
// defined counts as the worst.
struct Effective {
    const Metrics& metrics;
    bool base_only;

    char operator[](std::string_view name) const {
        const bool threat = name == "E";
        if (threat || name == "CR" || name == "IR" || name == "AR") {
            const char given = base_only ? 'X' : metrics[name];
            return given != 'X' ? given : threat ? 'A' : 'H';
        }
        const char modified = base_only ? 'X' : metrics["M" + std::string(name)];
        return modified == 'X' ? metrics[name] : modified;
    }
};

struct Classes {
    int eq1 = 0, eq2 = 0, eq3 = 0, eq4 = 0, eq5 = 0, eq6 = 0;
};

Classes classes_of(const Effective& m) {
    Classes c;
    const bool network = m["AV"] == 'N';
    const bool no_privileges = m["PR"] == 'N';
    const bool no_interaction = m["UI"] == 'N';
    if (network && no_privileges && no_interaction)
        c.eq1 = 0;
    else
        c.eq1 = (network || no_privileges || no_interaction) && m["AV"] != 'P' ? 1 : 2;
    c.eq2 = m["AC"] == 'L' && m["AT"] == 'N' ? 0 : 1;
    const bool c_high = m["VC"] == 'H';
    const bool i_high = m["VI"] == 'H';
    const bool a_high = m["VA"] == 'H';
    c.eq3 = c_high && i_high ? 0 : c_high || i_high || a_high ? 1 : 2;
    const bool subsequent_high = m["SC"] == 'H' || m["SI"] == 'H' || m["SA"] == 'H';
    c.eq4 = m["SI"] == 'S' || m["SA"] == 'S' ? 0 : subsequent_high ? 1 : 2;
    c.eq5 = m["E"] == 'A' ? 0 : m["E"] == 'P' ? 1 : 2;
    c.eq6 = (c_high && m["CR"] == 'H') || (i_high && m["IR"] == 'H') || (a_high && m["AR"] == 'H') ? 0 : 1;
    return c;
}

std::optional<int> look_up(const Classes& c) {
    const auto wanted = static_cast<std::uint32_t>(c.eq1 * 100000 + c.eq2 * 10000 + c.eq3 * 1000 +
                                                   c.eq4 * 100 + c.eq5 * 10 + c.eq6);
    const auto found = std::lower_bound(
        cvss40_scores.begin(), cvss40_scores.end(), wanted,
        [](const MacroVectorScore& row, std::uint32_t value) { return row.macro_vector < value; });
    if (found == cvss40_scores.end() || found->macro_vector != wanted) return std::nullopt;
    return found->tenths;
}

// Steps from the worst value of a metric, in the order of its letters.
int level(char value, std::string_view order) {
    return static_cast<int>(order.find(value));
}

struct Metric {
    std::string_view name, order;
};
constexpr std::array exploit_metrics{Metric{"AV", "NALP"}, Metric{"PR", "NLH"}, Metric{"UI", "NPA"}};
constexpr std::array complexity_metrics{Metric{"AC", "LH"}, Metric{"AT", "NP"}};
constexpr std::array vulnerable_metrics{Metric{"VC", "HLN"}, Metric{"VI", "HLN"}, Metric{"VA", "HLN"},
                                        Metric{"CR", "HML"}, Metric{"IR", "HML"}, Metric{"AR", "HML"}};
constexpr std::array subsequent_metrics{Metric{"SC", "HLN"}, Metric{"SI", "SHLN"}, Metric{"SA", "SHLN"}};

// How many steps below a worst vector of the class; the first such vector that is at least as bad in every
// metric.
int distance(const Effective& m, std::span<const Metric> metrics, std::span<const std::string_view> worst) {
    for (const auto& vector : worst) {
        int sum = 0;
        bool covers = true;
        for (std::size_t i = 0; i < metrics.size(); ++i) {
            const int steps =
                level(m[metrics[i].name], metrics[i].order) - level(vector[i], metrics[i].order);
            covers = covers && steps >= 0;
            sum += steps;
        }
        if (covers) return sum;
    }
    return 0;
}

int distance_eq1(const Effective& m, int eq1) {
    static constexpr std::array<std::string_view, 1> a{"NNN"};
    static constexpr std::array<std::string_view, 3> b{"ANN", "NLN", "NNP"};
    static constexpr std::array<std::string_view, 2> c{"PNN", "ALP"};
    return eq1 == 0   ? distance(m, exploit_metrics, a)
           : eq1 == 1 ? distance(m, exploit_metrics, b)
                      : distance(m, exploit_metrics, c);
}

int distance_eq2(const Effective& m, int eq2) {
    static constexpr std::array<std::string_view, 1> a{"LN"};
    static constexpr std::array<std::string_view, 2> b{"HN", "LP"};
    return eq2 == 0 ? distance(m, complexity_metrics, a) : distance(m, complexity_metrics, b);
}

// EQ3 and EQ6 together: the vulnerable system's impact, then its requirements.
int distance_eq3(const Effective& m, const Classes& c) {
    static constexpr std::array<std::string_view, 1> both_highest{"HHHHHH"};
    static constexpr std::array<std::string_view, 2> both_not_required{"HHLMMH", "HHHMMM"};
    static constexpr std::array<std::string_view, 2> one_highest{"LHHHHH", "HLHHHH"};
    static constexpr std::array<std::string_view, 5> one_not_required{"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH",
                                                                      "LLHHHM"};
    static constexpr std::array<std::string_view, 1> none{"LLLHHH"};
    if (c.eq3 == 2) return distance(m, vulnerable_metrics, none);
    if (c.eq3 == 1)
        return c.eq6 == 0 ? distance(m, vulnerable_metrics, one_highest)
                          : distance(m, vulnerable_metrics, one_not_required);
    return c.eq6 == 0 ? distance(m, vulnerable_metrics, both_highest)
                      : distance(m, vulnerable_metrics, both_not_required);
}

int distance_eq4(const Effective& m, int eq4) {
    static constexpr std::array<std::string_view, 1> safety{"HSS"};
    static constexpr std::array<std::string_view, 1> high{"HHH"};
    static constexpr std::array<std::string_view, 1> low{"LLL"};
    return eq4 == 0   ? distance(m, subsequent_metrics, safety)
           : eq4 == 1 ? distance(m, subsequent_metrics, high)
                      : distance(m, subsequent_metrics, low);
}

std::optional<int> next_eq3(Classes c) {
    if (c.eq3 == 0 && c.eq6 == 0) { // either of the two can be the next lower: the higher score counts
        auto left = c;
        left.eq6 = 1;
        auto right = c;
        right.eq3 = 1;
        const auto a = look_up(left);
        const auto b = look_up(right);
        return a && b ? std::max(*a, *b) : a ? a : b;
    }
    if (c.eq6 == 0)
        c.eq6 = 1;
    else
        ++c.eq3;
    return look_up(c);
}

int tenths(const Effective& m) {
    bool harmless = true;
    for (std::string_view name : {"VC", "VI", "VA", "SC", "SI", "SA"})
        harmless = harmless && m[name] == 'N';
    if (harmless) return 0;
    const auto c = classes_of(m);
    const int value = look_up(c).value_or(0);

    // Each class that has a next lower one takes away its share of the way there. In units of a tenth of a
    // point; the depth of a class is the specification's "max severity".
    struct Step {
        std::optional<int> lower;
        int distance, depth;
    };
    auto eq1 = c;
    ++eq1.eq1;
    auto eq2 = c;
    ++eq2.eq2;
    auto eq4 = c;
    ++eq4.eq4;
    auto eq5 = c;
    ++eq5.eq5;
    const std::array depth_eq1{1, 4, 5};
    const std::array depth_eq2{1, 2};
    const std::array depth_eq4{6, 5, 4};
    const int depth_eq3 = c.eq3 == 0 ? (c.eq6 == 0 ? 7 : 6) : c.eq3 == 1 ? 8 : 10;
    const std::array steps{
        Step{look_up(eq1), distance_eq1(m, c.eq1), depth_eq1[static_cast<std::size_t>(c.eq1)]},
        Step{look_up(eq2), distance_eq2(m, c.eq2), depth_eq2[static_cast<std::size_t>(c.eq2)]},
        Step{next_eq3(c), distance_eq3(m, c), depth_eq3},
        Step{look_up(eq4), distance_eq4(m, c.eq4), depth_eq4[static_cast<std::size_t>(c.eq4)]},
        Step{look_up(eq5), 0, 1}};
    // The mean is over all classes that have a lower one. 840 is divisible by every depth, so that the sum is
    // exact.
    constexpr int unit = 840;
    int count = 0;
    int sum = 0;
    for (const auto& step : steps) {
        if (!step.lower) continue;
        ++count;
        sum += (value - *step.lower) * step.distance * unit / step.depth;
    }
    if (count == 0) return value;
    const int scaled = value * unit * count - sum; // tenths * unit * count, rounded half up
    return std::clamp((2 * scaled + unit * count) / (2 * unit * count), 0, 100);
}

} // namespace

base::Result<Scores> cvss4(const Metrics& m) {
    TRY(m.check(rules));
    Scores out{tenths({m, true}), {}};
    if (m.beyond_base(rules)) out.overall = tenths({m, false});
    return out;
}

} // namespace oakum::risk
