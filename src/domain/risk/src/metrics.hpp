// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace oakum::risk {

// The metrics of a CVSS vector, "AV:N/AC:L/...": names of up to 4 letters and short values, each once. The
// views are of the vector's text.
class Metrics {
  public:
    // Errors: invalid.
    static base::Result<Metrics> parse(std::string_view text);
    // The value of a metric, or 'X' when it is not there. Longer values give their first letter.
    char operator[](std::string_view name) const;

  private:
    std::array<std::pair<std::string_view, std::string_view>, 48> entries_{};
    std::size_t count_ = 0;
};

// One permitted letter of each metric that a version demands. Errors: invalid (names the metric).
struct Demand {
    std::string_view name, values;
};
template <std::size_t N> base::Status check(const Metrics& metrics, const std::array<Demand, N>& demands) {
    for (const auto& demand : demands)
        if (demand.values.find(metrics[demand.name]) == std::string_view::npos)
            return base::invalid("a CVSS vector whose metric " + std::string(demand.name) +
                                 " is missing or has no such value")
                .at(demand.name);
    return {};
}

base::Result<int> cvss2_tenths(const Metrics& metrics);
base::Result<int> cvss3_tenths(const Metrics& metrics);
base::Result<int> cvss4_tenths(const Metrics& metrics);

} // namespace oakum::risk
