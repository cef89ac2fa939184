// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connector/connector.hpp>
#include <connector/floor.hpp>

#include <string>
#include <vector>

namespace oakum::management_pages {

// A request that would bring a floor about, as it would go over the wire.
struct FloorCall {
    std::string method, url, body;
    std::string what; // what it does there, in a sentence
};
struct FloorCalls {
    std::vector<FloorCall> calls;
    std::vector<std::string> cannot; // what the system cannot do of it, and why, in sentences
};
// `policies`: those of the devices that the floor is about, by name, where the system's devices have one.
FloorCalls floor_calls(const connector::Connector& connector, const connector::Floor& floor,
                       const std::vector<std::string>& policies);

} // namespace oakum::management_pages
