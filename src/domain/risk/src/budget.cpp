// SPDX-License-Identifier: Apache-2.0
#include <risk/budget.hpp>

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace oakum::risk {
namespace {

using Removed = std::unordered_map<std::uint32_t, double>; // by kind, by the best so far

double gain_of(const UpdateOption& option, const Removed& removed) {
    double gain = 0;
    for (const UpdateOption::Share& share : option.shares) {
        const auto known = removed.find(share.kind);
        gain += std::max(0.0, share.removed - (known == removed.end() ? 0.0 : known->second));
    }
    return gain;
}

void take(const UpdateOption& option, Removed& removed) {
    for (const UpdateOption::Share& share : option.shares) {
        double& best = removed[share.kind];
        best = std::max(best, share.removed);
    }
}

struct Spent {
    std::uint64_t windows = 0, restarts = 0;
    Spent plus(const UpdateOption& option) const {
        return {windows + option.windows, restarts + option.restarts};
    }
    bool within(const Budget& budget) const {
        return (!budget.windows || windows <= *budget.windows) &&
               (!budget.restarts || restarts <= *budget.restarts);
    }
};

// The largest part of what is limited that the option takes.
double cost_of(const UpdateOption& option, const Budget& budget) {
    double cost = 0;
    if (budget.windows) cost = std::max(cost, option.windows / std::max(1.0, double(*budget.windows)));
    if (budget.restarts)
        cost = std::max(cost, static_cast<double>(option.restarts) /
                                  std::max(1.0, static_cast<double>(*budget.restarts)));
    return cost;
}

// What could be gained at most beyond `removed` within a whole budget: each option's gain stays or shrinks as
// others are taken, so that the best mixture of parts of options is above every choice.
double fractional(std::span<const UpdateOption> options, const std::vector<std::uint32_t>& fitting,
                  const Removed& removed, double room, const auto& weight_of) {
    std::vector<std::pair<double, double>> gains; // gain, weight
    for (const std::uint32_t i : fitting)
        gains.emplace_back(gain_of(options[i], removed), weight_of(options[i]));
    std::sort(gains.begin(), gains.end(),
              [](const auto& a, const auto& b) { return a.first * b.second > b.first * a.second; });
    double sum = 0;
    for (const auto& [gain, weight] : gains) {
        if (weight <= room) {
            sum += gain;
            room -= weight;
        } else {
            return sum + gain * (room / weight);
        }
    }
    return sum;
}

double bound(std::span<const UpdateOption> options, const std::vector<std::uint32_t>& fitting,
             const Removed& removed, const Budget& budget) {
    double most = 0;
    for (const std::uint32_t i : fitting)
        most += gain_of(options[i], removed);
    if (budget.windows)
        most = std::min(most, fractional(options, fitting, removed, double(*budget.windows),
                                         [](const UpdateOption& option) { return double(option.windows); }));
    if (budget.restarts)
        most = std::min(most, fractional(options, fitting, removed, static_cast<double>(*budget.restarts),
                                         [](const UpdateOption& option) {
                                             return static_cast<double>(option.restarts);
                                         }));
    return most;
}

std::vector<std::uint32_t> that_fit(std::span<const UpdateOption> options, const Budget& budget) {
    std::vector<std::uint32_t> fitting;
    for (std::uint32_t i = 0; i < options.size(); ++i)
        if (Spent().plus(options[i]).within(budget) && gain_of(options[i], {}) > 0) fitting.push_back(i);
    return fitting;
}

// Gains in the order of choosing: the most for its cost first.
Choice in_order(std::span<const UpdateOption> options, std::vector<std::uint32_t> chosen,
                const Budget& budget) {
    Choice out;
    Removed removed;
    while (!chosen.empty()) {
        const auto next =
            std::max_element(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
                return gain_of(options[a], removed) * cost_of(options[b], budget) <
                       gain_of(options[b], removed) * cost_of(options[a], budget);
            });
        out.steps.push_back({*next, gain_of(options[*next], removed)});
        out.removed += out.steps.back().gain;
        take(options[*next], removed);
        chosen.erase(next);
    }
    return out;
}

// Depth first, with the bound cutting what cannot be better.
struct Search {
    std::span<const UpdateOption> options;
    const std::vector<std::uint32_t>& fitting;
    const Budget& budget;
    std::vector<std::uint32_t> chosen, best;
    double best_removed = -1;

    void go(std::size_t at, const Removed& removed, double sum, Spent spent) {
        if (sum > best_removed) {
            best_removed = sum;
            best = chosen;
        }
        if (at == fitting.size()) return;
        double rest = 0;
        for (std::size_t i = at; i < fitting.size(); ++i)
            rest += gain_of(options[fitting[i]], removed);
        if (sum + rest <= best_removed) return;
        const UpdateOption& option = options[fitting[at]];
        if (const Spent with = spent.plus(option); with.within(budget)) {
            Removed after = removed;
            take(option, after);
            chosen.push_back(fitting[at]);
            go(at + 1, after, sum + gain_of(option, removed), with);
            chosen.pop_back();
        }
        go(at + 1, removed, sum, spent);
    }
};

} // namespace

Choice choose_greedily(std::span<const UpdateOption> options, const Budget& budget) {
    const std::vector<std::uint32_t> fitting = that_fit(options, budget);
    std::vector<std::uint32_t> left = fitting, chosen;
    Removed removed;
    double at_most = bound(options, fitting, removed, budget);
    double sum = 0;
    Spent spent;
    while (!left.empty()) {
        std::erase_if(left, [&](std::uint32_t i) {
            return !spent.plus(options[i]).within(budget) || gain_of(options[i], removed) <= 0;
        });
        if (left.empty()) break;
        const auto next = std::max_element(left.begin(), left.end(), [&](std::uint32_t a, std::uint32_t b) {
            const double gain_a = gain_of(options[a], removed), gain_b = gain_of(options[b], removed);
            const double cost_a = cost_of(options[a], budget), cost_b = cost_of(options[b], budget);
            return gain_a * cost_b != gain_b * cost_a ? gain_a * cost_b < gain_b * cost_a : gain_a < gain_b;
        });
        sum += gain_of(options[*next], removed);
        take(options[*next], removed);
        spent = spent.plus(options[*next]);
        chosen.push_back(*next);
        left.erase(next);
        at_most = std::min(at_most, sum + bound(options, fitting, removed, budget));
    }
    const auto best = std::max_element(fitting.begin(), fitting.end(), [&](std::uint32_t a, std::uint32_t b) {
        return gain_of(options[a], {}) < gain_of(options[b], {});
    });
    if (best != fitting.end() && gain_of(options[*best], {}) > sum) chosen = {*best};
    Choice out = in_order(options, std::move(chosen), budget);
    out.at_most = std::max(at_most, out.removed);
    out.exact = out.removed >= at_most * (1 - 1e-12);
    return out;
}

Choice choose(std::span<const UpdateOption> options, const Budget& budget) {
    const std::vector<std::uint32_t> fitting = that_fit(options, budget);
    if (fitting.size() > kSearchedWhole) return choose_greedily(options, budget);
    Search search{options, fitting, budget, {}, {}, -1};
    search.go(0, {}, 0, {});
    Choice out = in_order(options, std::move(search.best), budget);
    out.at_most = out.removed;
    out.exact = true;
    return out;
}

} // namespace oakum::risk
