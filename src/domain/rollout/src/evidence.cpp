// SPDX-License-Identifier: Apache-2.0
#include <rollout/evidence.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace oakum::rollout {
namespace {

// The odds of 2, 3, 5, 10, 20 and 50 % over those of 1 %.
constexpr std::array kOddsAbove{198.0 / 98, 297.0 / 97, 495.0 / 95, 11.0, 24.75, 99.0};
constexpr std::array kShareBelow{0.02, 0.1, 0.25, 0.5};

// ln of the mean of the likelihood ratios, without overflow.
template <std::size_t N>
double log_mixture(std::uint64_t devices, std::uint64_t failures, double tolerated,
                   const std::array<double, N>& alternatives) {
    const auto bad = static_cast<double>(failures);
    const auto good = static_cast<double>(devices - failures);
    std::array<double, N> terms{};
    for (std::size_t i = 0; i < N; ++i)
        terms[i] = bad * std::log(alternatives[i] / tolerated) +
                   good * (std::log1p(-alternatives[i]) - std::log1p(-tolerated));
    const double highest = *std::max_element(terms.begin(), terms.end());
    double sum = 0;
    for (const double term : terms)
        sum += std::exp(term - highest);
    return highest + std::log(sum / static_cast<double>(N));
}

} // namespace

double log_evidence_above(std::uint64_t devices, std::uint64_t failures, double tolerated) {
    std::array<double, kOddsAbove.size()> alternatives{};
    const double odds = tolerated / (1 - tolerated);
    for (std::size_t i = 0; i < alternatives.size(); ++i)
        alternatives[i] = odds * kOddsAbove[i] / (1 + odds * kOddsAbove[i]);
    return log_mixture(devices, failures, tolerated, alternatives);
}

double log_evidence_below(std::uint64_t devices, std::uint64_t failures, double tolerated) {
    std::array<double, kShareBelow.size()> alternatives{};
    for (std::size_t i = 0; i < alternatives.size(); ++i)
        alternatives[i] = kShareBelow[i] * tolerated;
    return log_mixture(devices, failures, tolerated, alternatives);
}

bool shown_above(std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance) {
    return log_evidence_above(devices, failures, tolerance.tolerated) >= -std::log(tolerance.halt_error);
}

bool shown_below(std::uint64_t devices, std::uint64_t failures, const Tolerance& tolerance) {
    return log_evidence_below(devices, failures, tolerance.tolerated) >= -std::log(tolerance.proceed_error);
}

namespace {

// The least of low .. high for which `holds`, which holds from some number on, at `high` at the latest.
template <class Holds> std::uint64_t least(std::uint64_t low, std::uint64_t high, Holds holds) {
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (holds(middle))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

} // namespace

std::uint64_t failures_that_halt(std::uint64_t devices, const Tolerance& tolerance) {
    // The evidence grows with each failure among as many devices.
    return least(0, devices + 1,
                 [&](std::uint64_t failures) { return shown_above(devices, failures, tolerance); });
}

std::optional<std::uint64_t> failures_that_prove(std::uint64_t devices, const Tolerance& tolerance) {
    // The evidence falls with each failure among as many devices.
    const std::uint64_t too_many = least(
        0, devices + 1, [&](std::uint64_t failures) { return !shown_below(devices, failures, tolerance); });
    return too_many == 0 ? std::nullopt : std::optional(too_many - 1);
}

std::uint64_t devices_that_prove(std::uint64_t failures, const Tolerance& tolerance) {
    // The evidence grows with each good device; without end, so that there is an answer.
    std::uint64_t high = std::max<std::uint64_t>(failures, 1);
    while (!shown_below(high, failures, tolerance))
        high *= 2;
    return least(failures, high,
                 [&](std::uint64_t devices) { return shown_below(devices, failures, tolerance); });
}

} // namespace oakum::rollout
