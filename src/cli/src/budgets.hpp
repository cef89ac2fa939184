// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

// A disruption budget as it is given on the command line.
struct NewBudget {
    std::string name, query, most, yields_to, why; // most: "1" or "10%"
    std::vector<std::string> by;
};
base::Status list_budgets(const Flow& flow);
// Says what it would mean; with --dry-run that is all.
base::Status add_budget(const Flow& flow, const NewBudget& budget);

} // namespace oakum::cli
