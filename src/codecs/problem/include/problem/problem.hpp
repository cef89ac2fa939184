// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::problem {

inline constexpr std::string_view kContentType = "application/problem+json";

// The one place where an ErrorKind becomes an HTTP status.
int status_of(base::ErrorKind kind);

struct Problem {
    int status = 500;
    base::Error error;
    std::string id; // stands in the log too
    // Of an advisory that the data does not hold: how new the data is, RFC 3339.
    std::optional<std::string> newest_record;
};

// RFC 9457 with kind, where and id.
std::string encode(const Problem& problem);
// The same error as a line for the log, under the same id and with everything that the peer is not told.
std::string log_line(const Problem& problem);

} // namespace oakum::problem
