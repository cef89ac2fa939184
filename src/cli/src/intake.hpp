// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "flows.hpp"

// What a release has to show before it is published.
namespace oakum::cli {

struct IntakeWish {
    std::vector<std::string> checks; // "approval=on"
    std::string why;
};
base::Status set_intake(const Flow& flow, const IntakeWish& wish);

struct ReleaseChangeWish {
    std::string release; // id, or NAME@VERSION
    std::string artifact_file, artifact, sbom_file, notes;
    bool has_notes = false;
};
// A draft gets another artifact, SBOM or notes.
base::Status change_release(const Flow& flow, const ReleaseChangeWish& wish);

// The set that an SBOM becomes for each model of this version. Errors: as of the request.
base::Result<std::string> attach_sbom_of(const Flow& flow, const std::string& file, const std::string& text,
                                         const std::vector<std::string>& models, const std::string& version);

} // namespace oakum::cli
