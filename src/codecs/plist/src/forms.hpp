// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plist/parse.hpp>

// The two forms, and what both count.
namespace oakum::plist {

inline constexpr std::string_view kBinary = "bplist00";

class Budget {
  public:
    explicit Budget(const Limits& limits) : limits_(limits) {}
    // One more value, which holds so many bytes. Errors: too_large.
    base::Status spend(std::size_t depth, std::size_t bytes = 0) {
        if (depth > limits_.max_depth)
            return base::too_large("it is nested deeper than " + std::to_string(limits_.max_depth));
        if (++values_ > limits_.max_values)
            return base::too_large("it has more than " + std::to_string(limits_.max_values) + " values");
        bytes_ += bytes;
        if (bytes_ > limits_.max_bytes)
            return base::too_large("what it holds is more than " + std::to_string(limits_.max_bytes) +
                                   " bytes");
        return {};
    }

  private:
    const Limits& limits_;
    std::size_t values_ = 0, bytes_ = 0;
};

base::Result<Value> parse_binary(std::string_view document, const Limits& limits);
base::Result<Value> parse_xml(std::string_view document, const Limits& limits);

} // namespace oakum::plist
