// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <risk/risk.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace oakum::risk {

// A CVSS vector as it is on one device: the requirements for confidentiality, integrity and availability from
// its criticality, the attack vector from its exposure. It is shown beside the base score and takes no part
// in points and deadlines, which count criticality and exposure by themselves.
struct Environmental {
    std::string vector; // with the metrics that the device gives
    double base_score = 0, score = 0;
    // What was filled in: "CR:H/IR:H/AR:H" by the device's criticality; "MAV:A" by its exposure.
    std::string by_criticality, by_exposure;
};

// What the vector states of these metrics already is replaced. The attack vector changes for an isolated
// device only, and from network to adjacent only: the specification keeps "network" for whoever can be
// reached from beyond the own administrative domain, a firewall between or not. Version 2 has no such metric.
// Nothing when the vector cannot be read.
std::optional<Environmental> environmental(std::string_view vector, const Context& context);

} // namespace oakum::risk
