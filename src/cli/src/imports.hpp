// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct DeviceTable {
    std::string file, group;
    std::vector<std::string> columns; // "Head=fact", as often as wished; "Head=" leaves it out
    bool with_persons = false;
    std::string dates;   // "", "day-first", "month-first"
    std::string refused; // file that gets every line that was refused; empty: none
};
// Reads the table here, shows what each column was taken for, and sends what was taken and nothing else; then
// shows what changed, and which lines were refused and why.
base::Status import_devices(const Flow& flow, const DeviceTable& import);

} // namespace oakum::cli
