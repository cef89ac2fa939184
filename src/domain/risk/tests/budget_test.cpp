// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/budget.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace oakum::risk;

namespace {

double removed_by(const std::vector<UpdateOption>& options, unsigned chosen) {
    std::vector<double> best(16);
    for (std::size_t i = 0; i < options.size(); ++i)
        if ((chosen >> i & 1U) != 0)
            for (const auto& share : options[i].shares)
                best[share.kind] = std::max(best[share.kind], share.removed);
    double sum = 0;
    for (const double each : best)
        sum += each;
    return sum;
}

bool fits(const std::vector<UpdateOption>& options, unsigned chosen, const Budget& budget) {
    std::uint64_t windows = 0, restarts = 0;
    for (std::size_t i = 0; i < options.size(); ++i)
        if ((chosen >> i & 1U) != 0) {
            windows += options[i].windows;
            restarts += options[i].restarts;
        }
    return (!budget.windows || windows <= *budget.windows) &&
           (!budget.restarts || restarts <= *budget.restarts);
}

// By trying all of them.
double best_possible(const std::vector<UpdateOption>& options, const Budget& budget) {
    double best = 0;
    for (unsigned chosen = 0; chosen < 1U << options.size(); ++chosen)
        if (fits(options, chosen, budget)) best = std::max(best, removed_by(options, chosen));
    return best;
}

std::vector<UpdateOption> drawn(std::mt19937& random, bool unit_cost) {
    std::vector<UpdateOption> options(1 + random() % 8);
    for (UpdateOption& option : options) {
        option.restarts = 1 + random() % 50;
        option.windows = unit_cost ? 1 : static_cast<std::uint32_t>(1 + random() % 3);
        for (std::uint32_t kind = 0; kind < 6; ++kind)
            if (random() % 3 == 0) option.shares.push_back({kind, static_cast<double>(random() % 1'000)});
    }
    return options;
}

} // namespace

TEST_CASE("two windows take the two updates that remove most together, not the two largest") {
    // The second is nearly as good as the first for the same devices.
    const std::vector<UpdateOption> options{{10, 1, {{0, 100}}}, {10, 1, {{0, 95}}}, {5, 1, {{1, 30}}}};
    const Choice choice = choose(options, {2, {}});
    REQUIRE(choice.steps.size() == 2);
    CHECK(choice.steps[0].option == 0);
    CHECK(choice.steps[1].option == 2);
    CHECK(choice.removed == doctest::Approx(130));
    CHECK(choice.exact);
    CHECK(choose(options, {0, {}}).steps.empty());
    CHECK(choose(options, {{}, 9}).removed == doctest::Approx(30));
    CHECK(choose({}, {2, {}}).removed == 0);
}

TEST_CASE("the greedy choice keeps its bound, and says truly what is possible, against every choice") {
    std::mt19937 random(20261126);
    std::size_t worse = 0;
    for (int round = 0; round < 2'000; ++round) {
        const bool unit_cost = round % 2 == 0;
        const auto options = drawn(random, unit_cost);
        Budget budget;
        budget.windows = static_cast<std::uint32_t>(1 + random() % 4);
        if (!unit_cost && random() % 2 == 0) {
            budget.restarts = 1 + random() % 80;
            if (random() % 2 == 0) budget.windows.reset();
        }
        const bool both = budget.windows && budget.restarts;
        const double best = best_possible(options, budget);
        const Choice greedy = choose_greedily(options, budget);
        INFO(round);
        const double share = unit_cost ? 1 - std::exp(-1.0) : (1 - std::exp(-1.0)) / 2;
        if (!both) CHECK(greedy.removed >= share * best - 1e-9);
        CHECK(greedy.removed <= best + 1e-9);
        CHECK(greedy.at_most >= best - 1e-9);
        worse += greedy.removed < best - 1e-9 ? 1 : 0;
        if (greedy.exact) CHECK(greedy.removed == doctest::Approx(best));
        const Choice whole = choose(options, budget);
        CHECK(whole.exact);
        CHECK(whole.removed == doctest::Approx(best));
        unsigned chosen = 0;
        for (const auto& step : whole.steps)
            chosen |= 1U << step.option;
        CHECK(fits(options, chosen, budget));
        CHECK(removed_by(options, chosen) == doctest::Approx(whole.removed));
    }
    CHECK(worse > 0); // the search finds what greed misses
}
