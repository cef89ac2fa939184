// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oakum::rollout {

// What a release says of the devices that it is for.
struct Target {
    std::string version;
    std::vector<std::string> models, hw_revisions; // no revision: all of them
    std::string min_from; // the oldest version that it can be installed on; empty: any
};

// As queries: who has one of these models (for none: nobody), and who of the devices that the plan's query
// names would be asked by a rollout that began now: enrolled, active, not on hold, of a fitting revision and
// version. Of a device that runs what is no version a query cannot tell; it is left out.
std::string of_models(const std::vector<std::string>& models);
std::string asked(std::string_view query, const Target& target);

} // namespace oakum::rollout
