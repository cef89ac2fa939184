// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <rollout/evidence.hpp>
#include <string>

using namespace oakum::rollout;

TEST_CASE("a release is halted at the counts of the published table") {
    // Tolerated 1 %, halted falsely at most once in a hundred.
    const Tolerance tolerance{.tolerated = 0.01, .halt_error = 0.01};
    struct Row {
        std::uint64_t devices, failures;
    };
    for (const Row& row : {Row{2, 2}, Row{5, 2}, Row{10, 3}, Row{20, 4}, Row{30, 4}, Row{50, 5}, Row{100, 7},
                           Row{200, 9}, Row{300, 11}, Row{500, 15}, Row{1000, 23}, Row{2000, 38}}) {
        CAPTURE(row.devices);
        CHECK(failures_that_halt(row.devices, tolerance) == row.failures);
        CHECK(shown_above(row.devices, row.failures, tolerance));
        CHECK_FALSE(shown_above(row.devices, row.failures - 1, tolerance));
    }
    CHECK(failures_that_halt(0, tolerance) == 1);
    CHECK_FALSE(failures_that_prove(69, {.tolerated = 0.05, .proceed_error = 0.05}).has_value());
    CHECK(failures_that_halt(1, tolerance) == 2);
}

TEST_CASE("a release is proven at the counts of the published table") {
    const std::uint64_t five[] = {70, 124, 168, 208, 244, 279, 313};
    const std::uint64_t two[] = {178, 314, 425, 524, 616, 704, 788};
    for (std::uint64_t failures = 0; failures < 7; ++failures) {
        CAPTURE(failures);
        CHECK(devices_that_prove(failures, {.tolerated = 0.05, .proceed_error = 0.05}) == five[failures]);
        CHECK(devices_that_prove(failures, {.tolerated = 0.02, .proceed_error = 0.05}) == two[failures]);
        CHECK(failures_that_prove(five[failures], {.tolerated = 0.05, .proceed_error = 0.05}) == failures);
    }
}

TEST_CASE("evidence begins at nothing, and no release is shown to be both") {
    for (const double tolerated : {0.0005, 0.001, 0.01, 0.02, 0.05, 0.2, 0.5, 0.9}) {
        CAPTURE(tolerated);
        CHECK(log_evidence_above(0, 0, tolerated) == doctest::Approx(0));
        CHECK(log_evidence_below(0, 0, tolerated) == doctest::Approx(0));
        const Tolerance tolerance{.tolerated = tolerated};
        for (std::uint64_t devices = 1; devices <= 3000; devices += devices < 50 ? 1 : 37) {
            const std::uint64_t halts = failures_that_halt(devices, tolerance);
            if (halts > 0 && halts <= devices) CHECK_FALSE(shown_below(devices, halts, tolerance));
            if (halts > 1) CHECK(halts - 1 <= devices);
        }
    }
}

TEST_CASE("evidence is a fair game at the tolerated rate: its mean stays one") {
    // Sum over all outcomes of n devices of P(k failures) x evidence(n, k).
    for (const double rate : {0.01, 0.05, 0.3}) {
        for (const int n : {1, 5, 40, 200}) {
            double above = 0;
            double below = 0;
            for (int k = 0; k <= n; ++k) {
                const double log_chance = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                                          k * std::log(rate) + (n - k) * std::log1p(-rate);
                above += std::exp(log_chance + log_evidence_above(n, k, rate));
                below += std::exp(log_chance + log_evidence_below(n, k, rate));
            }
            CAPTURE(rate);
            CAPTURE(n);
            CHECK(above == doctest::Approx(1).epsilon(1e-9));
            CHECK(below == doctest::Approx(1).epsilon(1e-9));
        }
    }
}

TEST_CASE("counts of any size are decided without overflow") {
    const Tolerance tolerance;
    CHECK(shown_above(10'000'000, 10'000'000, tolerance));
    CHECK(shown_below(10'000'000, 0, tolerance));
    CHECK(std::isfinite(log_evidence_above(4'000'000'000ULL, 4'000'000'000ULL, 0.0001)));
    CHECK(std::isfinite(log_evidence_below(4'000'000'000ULL, 4'000'000'000ULL, 0.0001)));
}
