// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <budget/budget.hpp>
#include <device/query.hpp>

#include <optional>
#include <string>
#include <vector>

namespace oakum::budget {

// A group of a budget: a hash of its name and of the values of its facts, as the query language compares
// them. Two that fall together by chance are one, which is stricter and nothing else.
using GroupKey = std::uint64_t;

// The budgets of a tenant with their queries parsed. Immutable.
class Rules {
  public:
    explicit Rules(std::vector<Budget> budgets);
    const std::vector<Budget>& budgets() const { return budgets_; }
    // Whether the budget counts the device. A query that is unknown for it counts it: no limit is missed for
    // lack of a fact.
    bool counts(std::size_t budget, const device::DeviceView& device) const;
    // Allocates nothing.
    GroupKey group(std::size_t budget, const device::DeviceView& device) const;
    // Those of all budgets that count it.
    std::vector<GroupKey> groups(const device::DeviceView& device) const;
    // "site Kiel and tag.role gateway"; without facts "its devices".
    std::string words(std::size_t budget, const device::DeviceView& device) const;
    bool rest_on_size() const;

  private:
    std::vector<Budget> budgets_;
    std::vector<std::optional<device::Query>> queries_; // nothing: cannot be read any more, and counts all
};

} // namespace oakum::budget
