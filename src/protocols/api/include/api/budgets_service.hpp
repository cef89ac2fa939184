// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <budget/budget.hpp>

namespace oakum::api {

// A disruption budget, and what it means for the devices that it is for.
struct Budget {
    struct Group {
        std::string group; // in words
        std::uint64_t devices = 0, out = 0, allowed = 0;
    };
    budget::Budget budget;
    std::string sentence;
    std::uint64_t devices = 0, groups = 0, full = 0;
    std::vector<Group> tightest; // the least room first
    std::vector<std::string> warnings;
};
struct Budgets {
    std::vector<Budget> items;
};

class BudgetsService {
  public:
    virtual ~BudgetsService() = default;
    virtual void list(const access::Actor& actor, Answer<Budgets> answer) = 0;
    // Errors: invalid.
    virtual void preview(const access::Actor& actor, budget::Budget budget, Answer<Budget> answer) = 0;
    // Errors: invalid, too_large (how many there may be).
    virtual void put(const access::Actor& actor, budget::Budget budget, Answer<Budget> answer) = 0;
    // Errors: not_found.
    virtual void remove(const access::Actor& actor, std::string name, Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
