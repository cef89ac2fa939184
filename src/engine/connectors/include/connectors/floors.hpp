// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/connectors.hpp>

#include <connector/floor.hpp>
#include <management_pages/floors.hpp>

#include <string>

namespace oakum::connectors {

// What a floor means for a connector's devices, and what would bring it about. Nothing of it is sent.
struct FloorPlan {
    std::string words;          // "iOS 26.4"
    std::string devices, below; // queries: whom it is about, and who falls short
    std::uint64_t total = 0, short_of_it = 0, cannot_tell = 0;
    std::uint64_t personal_short = 0; // of those that fall short, a person's own
    management_pages::FloorCalls would;
};
// Of devices that the actor may see. Errors: denied, not_found, invalid (with its place).
base::Result<FloorPlan> plan_floor(const fleet::Core& core, const Connectors& connectors,
                                   const access::Actor& actor, const std::string& name,
                                   const connector::Floor& floor);

} // namespace oakum::connectors
