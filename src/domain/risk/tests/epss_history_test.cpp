// SPDX-License-Identifier: Apache-2.0
#include <risk/epss_history.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::risk;
using Score = EpssHistory::Score;

namespace {

base::TimePoint day(int number) {
    return base::parse_time("2026-01-01").value() + std::chrono::hours(24 * number);
}
std::vector<Score> scores(std::initializer_list<std::pair<int, double>> list) {
    std::vector<Score> all;
    for (const auto& [at, probability] : list)
        all.push_back({day(at), probability});
    return all;
}

} // namespace

TEST_CASE("what EPSS said of each CVE is kept by day, as exactly as scores differ") {
    EpssHistory history;
    history.add(day(0), {{"CVE-2024-6387", 0.25F}, {"CVE-1999-0001", 0.00042F}, {"GHSA-x", 0.5F}});
    history.add(day(40), {{"CVE-2024-6387", 0.94F}, {"CVE-2026-1234567", 1.0F}, {"CVE-2000-0002", 0.0F}});
    const auto of = history.of("CVE-2024-6387");
    REQUIRE(of.size() == 2);
    CHECK(of[0].day == day(0));
    CHECK(of[0].probability == doctest::Approx(0.25).epsilon(0.001));
    CHECK(of[1].probability == doctest::Approx(0.94).epsilon(0.001));
    CHECK(history.of("CVE-1999-0001").at(0).probability == doctest::Approx(0.00042).epsilon(0.01));
    CHECK(history.of("CVE-2026-1234567").at(0).probability == 1.0);
    CHECK(history.of("CVE-2000-0002").at(0).probability == 0.0);
    CHECK(history.of("CVE-2024-6388").empty());
    CHECK(history.of("GHSA-x").empty());
    // The same day again.
    history.add(day(40), {{"CVE-2024-6387", 0.5F}});
    CHECK(history.of("CVE-2024-6387").back().probability == doctest::Approx(0.5).epsilon(0.001));
    CHECK(history.of("CVE-2026-1234567").empty());
}

TEST_CASE("of the last five weeks a day a week is kept, before that a day in thirty, whatever the order they "
          "come in") {
    EpssHistory daily, behind;
    for (int at = 0; at < 400; ++at)
        daily.add(day(at), {{"CVE-2024-1000", 0.1F}});
    const auto days = daily.days();
    CHECK(days.size() <= 14 + 6 + 1);
    CHECK(days.size() >= 13 + 5);
    CHECK(days.back() == day(399));
    for (std::size_t i = 1; i < days.size(); ++i)
        CHECK(days[i] - days[i - 1] <= std::chrono::hours(24 * 60));
    behind.add(day(399), {{"CVE-2024-1000", 0.1F}});
    for (int at = 0; at < 400; at += 10)
        behind.add(day(at), {{"CVE-2024-1000", 0.1F}});
    CHECK(behind.days().size() <= 22);
    CHECK(behind.days().front() == day(0));
}

TEST_CASE("a history reads back as it was written, and a damaged one is no history") {
    EpssHistory history;
    CHECK(EpssHistory::read(history.write()).value() == history);
    history.add(day(0), {{"CVE-2024-6387", 0.25F}, {"CVE-1999-0001", 0.00042F}});
    history.add(day(90), {{"CVE-2026-1234", 0.25F}});
    const base::Bytes bytes = history.write();
    CHECK(EpssHistory::read(bytes).value() == history);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK_FALSE(EpssHistory::read(base::ByteView(bytes).first(size)).ok());
    base::Bytes more = bytes;
    more.push_back(0);
    CHECK_FALSE(EpssHistory::read(more).ok());
    base::Bytes turned = bytes;
    std::swap_ranges(turned.begin() + 29, turned.begin() + 37, turned.begin() + 37); // two CVEs
    CHECK_FALSE(EpssHistory::read(turned).ok());
}

TEST_CASE("LEV is one minus the product over steps of thirty days, the last by how much of it has passed") {
    CHECK_FALSE(lev({}));
    CHECK_FALSE(lev(scores({{0, 0.5}})));
    CHECK(lev(scores({{0, 0.5}, {30, 0.9}}))->probability == doctest::Approx(0.5));
    CHECK(lev(scores({{0, 0.5}, {15, 0.9}}))->probability == doctest::Approx(0.25));
    CHECK(lev(scores({{0, 0.1}, {30, 0.2}, {60, 0.3}}))->probability == doctest::Approx(1 - 0.9 * 0.8));
    // A step begins with what was known by then.
    CHECK(lev(scores({{0, 0.1}, {20, 0.4}, {75, 0.3}}))->probability ==
          doctest::Approx(1 - (1 - 0.1) * (1 - 0.4) * (1 - 0.4 * 0.5)));
    CHECK(lev(scores({{0, 0.1}, {30, 0.2}}))->since == day(0));
    CHECK(lev(scores({{0, 0}, {300, 0}}))->probability == 0);
    CHECK(lev(scores({{0, 1}, {300, 1}}))->probability == 1);
}

TEST_CASE("a score has risen when it is a tenth or more, and a tenth more than a month ago") {
    CHECK_FALSE(rise({}));
    CHECK_FALSE(rise(scores({{0, 0.9}})));
    CHECK_FALSE(rise(scores({{0, 0.01}, {30, 0.09}})));
    CHECK_FALSE(rise(scores({{0, 0.5}, {30, 0.55}})));
    CHECK_FALSE(rise(scores({{0, 0.9}, {30, 0.1}})));
    CHECK(rise(scores({{0, 0.01}, {30, 0.12}}))->to == 0.12);
    // Against a month ago, not against what it was before.
    CHECK_FALSE(rise(scores({{0, 0.01}, {60, 0.5}, {100, 0.55}})));
    CHECK(rise(scores({{0, 0.4}, {60, 0.01}, {100, 0.55}}))->from == 0.01);
    // Younger than a month: against the first.
    CHECK(rise(scores({{0, 0.01}, {3, 0.5}}))->since == day(0));
}
