// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/result.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// How a log is kept as documents.
namespace oakum::published {

inline constexpr std::string_view kHeadDocument = "log/head";

struct Head {
    struct Epoch {
        std::uint64_t epoch = 0, size = 0;
    };
    std::string name;
    std::vector<Epoch> epochs; // the present one last; none: there is no log
    // The audit record that went in last, and when.
    std::uint64_t audit = 0;
    base::TimePoint audit_at{};
};
std::string encode(const Head& head);
// Of an empty document: no log. Errors: corrupt.
base::Result<Head> read_head(const std::string& body);

std::string entry_document(std::uint64_t epoch, std::uint64_t index);

} // namespace oakum::published
