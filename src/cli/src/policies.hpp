// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct PolicyWish {
    std::string policy, why;
    std::vector<std::string> days; // "others=90"
};
// Shows what it would change, and puts it in force as it was shown.
base::Status use_policy(const Flow& flow, const PolicyWish& wish);
// Replaces the own table of ends of support; an empty file takes it away.
base::Status import_support_ends(const Flow& flow, const std::string& file);
// A table of one's own.
base::Status add_policy(const Flow& flow, const std::string& file, const std::string& name);

} // namespace oakum::cli
