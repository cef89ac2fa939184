// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/deadlines.hpp>

namespace oakum::assessment {

// The document that holds the choice of policies: what is written and read again.
inline constexpr const char* kDeadlinesDocument = "setting/deadlines";

struct KeptTable {
    std::string id, name, text, by;
    base::TimePoint at{};
    bool removed = false; // kept for what was decided by it
};
struct KeptUse {
    base::TimePoint from{};
    std::string policy;
    std::vector<risk::DeadlinePolicy::Days> days;
    std::string by, why;
    bool operator==(const KeptUse&) const = default;
};
struct DeadlinesDocument {
    std::vector<KeptTable> tables;
    std::vector<KeptUse> uses; // the oldest first
};

// An empty text is an empty document. Errors: corrupt.
base::Result<DeadlinesDocument> read_deadlines(std::string_view text);
std::string write_deadlines(const DeadlinesDocument& document);

} // namespace oakum::assessment
