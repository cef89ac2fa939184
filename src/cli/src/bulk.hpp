// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// Changes of many devices, and their undoing.
namespace oakum::cli {

struct NewBulk {
    std::string query, part, fix, group, why;
    std::vector<std::string> devices; // ids, serials or names; then there is no query
    std::vector<std::string> facts;   // KEY=VALUE, KEY= takes back
    bool by_query = false, move = false, hold = false, release = false, retire = false, re_enrol = false;
    bool yes = false;
};
// Shows what it would do; with `yes` does exactly that, and waits for its end.
base::Status change_devices(const Flow& flow, const NewBulk& bulk);
struct NewReplacement {
    std::string old, fresh, why;
    bool yes = false;
};
// The same for one device that takes another's place.
base::Status replace_device(const Flow& flow, const NewReplacement& replacement);
// An edit, of whatever kind, as it is once it has ended; on a terminal a bar shows how far it is.
base::Result<json::Value> wait_for_end(const Flow& flow, json::Value edit, std::string_view what);
base::Status undo_edit(const Flow& flow, const std::string& id, const std::string& why);

} // namespace oakum::cli
