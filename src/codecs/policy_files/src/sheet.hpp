// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <csv/reader.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oakum::policy_files {

inline constexpr std::size_t kMaxTold = 10;

// The rows of a small table without its remarks, the first of which names the columns.
struct Sheet {
    csv::Row head;
    std::vector<csv::Row> rows;
};
// Errors: invalid, too_large.
base::Result<Sheet> read_sheet(std::string_view text, std::size_t max_bytes);

// Without spaces around and in small letters.
std::string plain(std::string_view cell);

// What is wrong, line by line.
class Complaints {
  public:
    void add(std::uint64_t line, std::string_view column, std::string_view what);
    bool none() const { return count_ == 0; }
    base::Error error() const;

  private:
    std::size_t count_ = 0;
    std::string text_;
    std::string where_;
};

} // namespace oakum::policy_files
