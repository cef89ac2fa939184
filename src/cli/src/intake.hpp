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

// Whose signatures count from then on.
struct TrustWish {
    std::string name, kind, key_file, builder, build_type, why;
    std::vector<std::string> lines, parameters; // parameters: NAME=VALUE
};
base::Status trust_signer(const Flow& flow, const TrustWish& wish);

// Signatures and statements beside an artifact: what holds them is its SHA-256.
struct AttachWish {
    std::string artifact; // SHA-256
    std::vector<std::string> files;
    std::string name;
};
base::Status attach_files(const Flow& flow, const AttachWish& wish);
base::Status detach_file(const Flow& flow, const AttachWish& wish);
// Read before anything is sent.
struct AttachedFile {
    std::string name, text;
};
base::Result<std::vector<AttachedFile>> read_attachments(const std::vector<std::string>& files);
base::Status attach_all(const Flow& flow, const std::string& artifact,
                        const std::vector<AttachedFile>& files);

struct ReleaseChangeWish {
    std::string release; // id, or NAME@VERSION
    std::string artifact_file, artifact, sbom_file, notes;
    std::vector<std::string> attached;
    bool has_notes = false;
};
// A draft gets another artifact, SBOM or notes, or something beside its artifact.
base::Status change_release(const Flow& flow, const ReleaseChangeWish& wish);

// The set that an SBOM becomes for each model of this version. Errors: as of the request.
base::Result<std::string> attach_sbom_of(const Flow& flow, const std::string& file, const std::string& text,
                                         const std::vector<std::string>& models, const std::string& version);

} // namespace oakum::cli
