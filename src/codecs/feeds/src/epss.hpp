// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <advisory/record.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace oakum::feeds {

// "CVE-2024-6387,0.5,0.98". Errors: invalid.
base::Result<advisory::EpssScore> read_epss(std::string_view line);

// The lines of FIRST's file: a comment with model and date, a line of names, one score a line.
class EpssLines {
  public:
    struct Output {
        std::function<base::Status(advisory::EpssScore&&)> score;
        std::function<void(std::string where, std::string reason)> rejected;
    };
    explicit EpssLines(Output output) : output_(std::move(output)) {}

    base::Status feed(std::string_view text);
    base::Status finish();
    // "v2025.03.14, 2026-08-16"; empty before the comment was read.
    const std::string& edition() const { return edition_; }

  private:
    static constexpr std::size_t max_line = 4096;
    base::Status line(std::string_view text);

    Output output_;
    std::string rest_; // of a line whose end has not come
    bool too_long_ = false;
    std::uint64_t number_ = 0;
    std::string edition_;
};

} // namespace oakum::feeds
