// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/evidence_service.hpp>

#include <span>
#include <string_view>

namespace oakum::server {

// A file of a pack: what it is, and which question of the interface answers it.
struct EvidencePart {
    std::string_view file, path, says;
    bool table = true;      // as CSV; else JSON
    bool by_query = false;  // only for the devices of the pack
    bool to_end = false;    // as it was at the end of the period
    bool by_period = false; // only what happened in it
};
std::span<const EvidencePart> evidence_parts();

struct EvidenceControl {
    std::string_view standard, control, asks, files;
};
std::span<const EvidenceControl> evidence_controls();
std::span<const api::EvidenceStandard> evidence_standards();

// How to check it and what each figure means; the same for every pack.
extern const std::string_view kEvidenceReadme, kEvidenceDefinitions;

} // namespace oakum::server
