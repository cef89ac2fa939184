// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hawkbit_import.hpp"
#include "hawkbit_reader.hpp"

#include <map>
#include <string>
#include <vector>

namespace oakum::cli {

// What a hawkBit has, and what becomes of it here.
struct TakenDevice {
    std::string serial;
    std::map<std::string, std::string> facts;
};
struct PlannedRelease {
    std::string set; // as hawkBit calls it
    std::string name, version;
    std::vector<std::string> models;
    hawkbit_pages::Artifact artifact;
    std::string module;
    std::string hindered; // why it is not taken; empty: it is
};
struct PlannedGroup {
    std::string name, query;
    std::vector<std::string> notes;
    std::string hindered;
};
struct HawkbitPlan {
    std::vector<TakenDevice> devices;
    std::vector<PlannedRelease> releases;
    std::vector<PlannedGroup> groups;
    std::vector<std::string> unreadable;
};

// Asks for all of it; what takes a request each is kept in the folder of `wish`, to go on from. Errors: the
// reader's, invalid (the folder cannot be written).
base::Status read_plan(const Flow& flow, HawkbitReader& hawkbit, const HawkbitImport& wish,
                       HawkbitPlan& plan);

// As a name of ours, or a file's, may be written.
std::string plain_name(std::string name);

} // namespace oakum::cli
