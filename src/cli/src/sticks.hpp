// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// Folders that people carry to devices that are not on the network, and back (docs/sticks.md).
namespace oakum::cli {

struct StickWish {
    std::string folder, query, release, why;
    int days = 0; // 0: as the server does without it
};
// Writes the folder; what an earlier export left in it is replaced, receipts stay.
base::Status export_stick(const Flow& flow, StickWish wish);
// Hands every receipt in the folder to the server. What is refused is told, and stops none of the others.
base::Status take_receipts(const Flow& flow, const std::string& folder);

} // namespace oakum::cli
