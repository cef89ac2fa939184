// SPDX-License-Identifier: Apache-2.0
#include <risk/epss_history.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace oakum::risk {

using base::TimePoint;

namespace {

constexpr std::uint16_t kNothing = 0xFFFF;
constexpr double kMost = 0xFFFE;
constexpr std::string_view kMagic = "oakum epss 1\n";
constexpr base::Duration kDay = std::chrono::hours(24);
constexpr std::int32_t kRecent = 35, kWeek = 7, kStep = 30; // days
constexpr std::size_t kMostCves = 20'000'000, kMostColumns = 2'000;
constexpr double kRise = 0.1;

std::int32_t day_of(TimePoint at) {
    return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(at).time_since_epoch().count());
}
TimePoint time_of(std::int32_t day) {
    return TimePoint(kDay * day);
}

// Small scores differ by little: what is kept is their root.
std::uint16_t packed(float probability) {
    const double value = std::clamp(static_cast<double>(probability), 0.0, 1.0);
    return static_cast<std::uint16_t>(std::lround(std::sqrt(value) * kMost));
}
double unpacked(std::uint16_t score) {
    const double root = score / kMost;
    return root * root;
}

// "CVE-2024-6387" as a number whose order is by year.
std::optional<std::uint64_t> number_of(std::string_view cve) {
    if (!cve.starts_with("CVE-") || cve.size() < 10 || cve[8] != '-') return std::nullopt;
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
    };
    const auto year = number(cve.substr(4, 4)), rest = number(cve.substr(9));
    if (!year || !rest || *rest >= std::uint64_t{1} << 40) return std::nullopt;
    return *year << 40 | *rest;
}

void put(base::Bytes& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i)
        to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
std::uint64_t little(base::ByteView bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8 | bytes[at + i];
    return value;
}

} // namespace

void EpssHistory::add(TimePoint day, const std::vector<Said>& scores) {
    std::vector<std::pair<std::uint64_t, std::uint16_t>> said;
    said.reserve(scores.size());
    for (const Said& each : scores)
        if (const auto cve = number_of(each.cve)) said.emplace_back(*cve, packed(each.probability));
    std::ranges::sort(said);
    said.erase(std::unique(said.begin(), said.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; }),
               said.end());
    std::vector<std::uint64_t> all;
    all.reserve(cves_.size() + said.size());
    std::vector<std::uint64_t> news;
    news.reserve(said.size());
    for (const auto& [cve, score] : said)
        news.push_back(cve);
    std::ranges::set_union(cves_, news, std::back_inserter(all));
    // New ones stand between the old ones: each column is laid out anew.
    if (all.size() != cves_.size())
        for (Column& column : columns_) {
            std::vector<std::uint16_t> wider(all.size(), kNothing);
            std::size_t at = 0;
            for (std::size_t i = 0; i < cves_.size(); ++i) {
                while (all[at] != cves_[i])
                    ++at;
                wider[at] = column.scores[i];
            }
            column.scores = std::move(wider);
        }
    cves_ = std::move(all);
    Column column{day_of(day), std::vector<std::uint16_t>(cves_.size(), kNothing)};
    std::size_t at = 0;
    for (const auto& [cve, score] : said) {
        while (cves_[at] != cve)
            ++at;
        column.scores[at] = score;
    }
    const auto place = std::ranges::lower_bound(columns_, column.day, {}, &Column::day);
    if (place != columns_.end() && place->day == column.day)
        *place = std::move(column);
    else
        columns_.insert(place, std::move(column));
    let_go();
}

// The first of each week and of each thirty days is kept, so that a day that stays is not let go of later for
// another.
void EpssHistory::let_go() {
    const std::int32_t newest = columns_.back().day;
    std::set<std::pair<bool, std::int32_t>> filled;
    std::erase_if(columns_, [&](const Column& column) {
        if (column.day == newest) return false;
        const bool recent = newest - column.day <= kRecent;
        // A day is kept as the first of its thirty also while it is recent.
        const bool first_of_step = filled.insert({false, column.day / kStep}).second;
        const bool first_of_week = recent && filled.insert({true, column.day / kWeek}).second;
        return !first_of_step && !first_of_week;
    });
}

std::vector<EpssHistory::Score> EpssHistory::of(std::string_view cve) const {
    std::vector<Score> scores;
    const auto number = number_of(cve);
    if (!number) return scores;
    const auto found = std::ranges::lower_bound(cves_, *number);
    if (found == cves_.end() || *found != *number) return scores;
    const auto at = static_cast<std::size_t>(found - cves_.begin());
    for (const Column& column : columns_)
        if (column.scores[at] != kNothing)
            scores.push_back({time_of(column.day), unpacked(column.scores[at])});
    return scores;
}

std::vector<TimePoint> EpssHistory::days() const {
    std::vector<TimePoint> days;
    for (const Column& column : columns_)
        days.push_back(time_of(column.day));
    return days;
}

base::Bytes EpssHistory::write() const {
    base::Bytes out(kMagic.begin(), kMagic.end());
    out.reserve(kMagic.size() + 16 + cves_.size() * (8 + 2 * columns_.size()) + columns_.size() * 4);
    put(out, cves_.size(), 8);
    put(out, columns_.size(), 8);
    for (const std::uint64_t cve : cves_)
        put(out, cve, 8);
    for (const Column& column : columns_) {
        put(out, static_cast<std::uint32_t>(column.day), 4);
        for (const std::uint16_t score : column.scores)
            put(out, score, 2);
    }
    return out;
}

base::Result<EpssHistory> EpssHistory::read(base::ByteView bytes) {
    const auto damaged = [] { return base::corrupt("the history of EPSS scores is damaged"); };
    if (!base::as_text(bytes).starts_with(kMagic)) return damaged();
    bytes = bytes.subspan(kMagic.size());
    if (bytes.size() < 16) return damaged();
    const std::uint64_t cves = little(bytes, 0, 8), columns = little(bytes, 8, 8);
    bytes = bytes.subspan(16);
    if (cves > kMostCves || columns > kMostColumns || bytes.size() != cves * 8 + columns * (4 + cves * 2))
        return damaged();
    EpssHistory history;
    history.cves_.reserve(cves);
    for (std::uint64_t i = 0; i < cves; ++i)
        history.cves_.push_back(little(bytes, i * 8, 8));
    bytes = bytes.subspan(cves * 8);
    for (std::uint64_t c = 0; c < columns; ++c) {
        Column column{static_cast<std::int32_t>(static_cast<std::uint32_t>(little(bytes, 0, 4))), {}};
        column.scores.reserve(cves);
        for (std::uint64_t i = 0; i < cves; ++i)
            column.scores.push_back(static_cast<std::uint16_t>(little(bytes, 4 + i * 2, 2)));
        bytes = bytes.subspan(4 + cves * 2);
        history.columns_.push_back(std::move(column));
    }
    const auto rising = [](const auto& range, auto of) {
        return std::ranges::adjacent_find(range, std::ranges::greater_equal{}, of) == range.end();
    };
    if (!rising(history.cves_, std::identity{}) || !rising(history.columns_, &Column::day)) return damaged();
    return history;
}

std::optional<Lev> lev(const std::vector<EpssHistory::Score>& scores) {
    if (scores.size() < 2 || scores.back().day - scores.front().day < kDay) return std::nullopt;
    const TimePoint first = scores.front().day, last = scores.back().day;
    constexpr base::Duration kWindow = kDay * kStep;
    double not_exploited = 1;
    std::size_t at = 0;
    for (TimePoint begin = first; begin < last; begin += kWindow) {
        while (at + 1 < scores.size() && scores[at + 1].day <= begin)
            ++at;
        const double passed = static_cast<double>(std::min(kWindow, last - begin).count()) /
                              static_cast<double>(kWindow.count());
        not_exploited *= 1 - scores[at].probability * passed;
    }
    return Lev{1 - not_exploited, first};
}

std::optional<Rise> rise(const std::vector<EpssHistory::Score>& scores) {
    if (scores.size() < 2) return std::nullopt;
    const EpssHistory::Score& now = scores.back();
    const EpssHistory::Score* before = &scores.front();
    for (const EpssHistory::Score& each : scores)
        if (now.day - each.day >= kDay * kStep) before = &each;
    if (now.probability < kRise || now.probability - before->probability < kRise) return std::nullopt;
    return Rise{before->probability, now.probability, before->day};
}

} // namespace oakum::risk
