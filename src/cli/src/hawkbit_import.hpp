// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

namespace oakum::cli {

struct HawkbitImport {
    std::string url;
    std::string credentials; // a file with USER:PASSWORD; empty: OAKUM_HAWKBIT_CREDENTIALS
    std::string folder;      // what was read, to go on from
    std::string authorities; // certificates that are trusted beside the machine's
    bool own_addresses = false;
    std::vector<std::string> models; // of sets that no target has
};
// Takes a fleet over: targets with their attributes as devices, filters as groups by query, distribution sets
// of one file as releases (drafts). What cannot be taken is named. May be run again.
base::Status import_hawkbit(const Flow& flow, const HawkbitImport& wish);

} // namespace oakum::cli
