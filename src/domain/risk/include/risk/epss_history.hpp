// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/bytes.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace oakum::risk {

// What EPSS said on earlier days, of every CVE: of the last five weeks one day a week and the newest, before
// that one day in thirty. A day costs two bytes a CVE, and each CVE eight more.
class EpssHistory {
  public:
    struct Score {
        base::TimePoint day{}; // its midnight, UTC
        double probability = 0;
        bool operator==(const Score&) const = default;
    };
    struct Said {
        std::string_view cve;
        float probability = 0;
    };

    // The same day again takes the place of what was said of it. Other ids than of CVEs are left out.
    void add(base::TimePoint day, const std::vector<Said>& scores);
    // Oldest first.
    std::vector<Score> of(std::string_view cve) const;
    std::vector<base::TimePoint> days() const;
    bool empty() const { return columns_.empty(); }

    base::Bytes write() const;
    // Errors: corrupt.
    static base::Result<EpssHistory> read(base::ByteView bytes);

    bool operator==(const EpssHistory&) const = default;

  private:
    struct Column {
        std::int32_t day = 0;              // since 1970
        std::vector<std::uint16_t> scores; // of each of cves_
        bool operator==(const Column&) const = default;
    };
    void let_go();
    std::vector<std::uint64_t> cves_; // year and number, sorted
    std::vector<Column> columns_;     // by day
};

// The probability that it was exploited at some time since EPSS first scored it, at least: LEV, NIST CSWP 41
// (equation 1): 1 - product over steps of 30 days of (1 - score at its begin, weighted by how much of it has
// passed). Nothing with less than a day between the first score and the newest.
struct Lev {
    double probability = 0;
    base::TimePoint since{}; // the first score that is known here
};
std::optional<Lev> lev(const std::vector<EpssHistory::Score>& scores);

// From what it was a month ago (or first, when it is younger): it is at least 0.1, and at least 0.1 more than
// then.
struct Rise {
    double from = 0, to = 0;
    base::TimePoint since{};
};
std::optional<Rise> rise(const std::vector<EpssHistory::Score>& scores);

} // namespace oakum::risk
