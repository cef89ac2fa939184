// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// How long things are kept, and people who left.
namespace oakum::cli {

struct RetentionWish {
    std::vector<std::string> periods; // "audit=400", "history=forever"
    std::string why;
    bool yes = false;
};
base::Status show_retention(const Flow& flow);
// Shows what that would remove; with `yes` sets it.
base::Status set_retention(const Flow& flow, const RetentionWish& wish);

struct ForgetWish {
    std::string user, why;
    bool yes = false;
};
// Shows what would go and what would stay; with `yes` forgets.
base::Status forget_user(const Flow& flow, const ForgetWish& wish);

} // namespace oakum::cli
