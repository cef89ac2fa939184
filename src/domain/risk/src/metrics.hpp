// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace oakum::risk {

// One metric of a version of CVSS: its permitted values, separated by spaces, as its specification spells
// them.
struct MetricRule {
    enum class Group : std::uint8_t { base, other, supplemental };
    std::string_view name, values;
    Group group = Group::base; // those of the base group are all required
};

// The metrics of a CVSS vector, "AV:N/AC:L/...", each once. The views are of the vector's text.
class Metrics {
  public:
    // Errors: invalid.
    static base::Result<Metrics> parse(std::string_view text);
    // The value of a metric; empty when it is not there.
    std::string_view value(std::string_view name) const;
    // The first letter of a value, 'X' when it is not there: for metrics whose values are letters.
    char operator[](std::string_view name) const;
    // Every base metric is there, and each has a name and a value of its version. Errors: invalid (names the
    // metric).
    base::Status check(std::span<const MetricRule> rules) const;
    // Whether a threat, temporal or environmental metric is there.
    bool beyond_base(std::span<const MetricRule> rules) const;

  private:
    std::array<std::pair<std::string_view, std::string_view>, 48> entries_{};
    std::size_t count_ = 0;
};

// In tenths of a point.
struct Scores {
    int base = 0;
    std::optional<int> overall; // when a metric beyond the base group is there
};

base::Result<Scores> cvss2(const Metrics& metrics);
base::Result<Scores> cvss3(const Metrics& metrics, bool minor_1);
base::Result<Scores> cvss4(const Metrics& metrics);

} // namespace oakum::risk
