// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct DeviceFile {
    std::string file, group;
    std::vector<std::string> columns; // "Head=fact", as often as wished; "Head=" leaves it out
    bool with_persons = false;
    std::string dates;   // "", "day-first", "month-first"
    std::string refused; // file that gets every line that was refused; empty: none
};
// Shows what each column was taken for, what changes, and which lines are refused and why; a bar while a long
// one goes on.
base::Status import_devices(const Flow& flow, const DeviceFile& import);

} // namespace oakum::cli
