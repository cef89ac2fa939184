// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "show.hpp"

#include <base/digest.hpp>

// Verbs that are more than one request.
namespace oakum::cli {

struct Flow {
    Api& api;
    const Shown& shown;
    Console& console;
    bool dry_run = false;
};

// A bar on a terminal, drawn anew with each call; nothing elsewhere.
void progress(const Console& console, std::string_view what, std::uint64_t done, std::uint64_t total);
// What a dry run ends with.
base::Status changed_nothing(const Flow& flow, const std::string& would);
// The job once it has ended well. Errors: what it says when it did not.
base::Result<json::Value> wait_for_job(const Flow& flow, const std::string& id, std::string_view what);

base::Status show_status(const Flow& flow, const std::string& query);
base::Status search_all(const Flow& flow, const std::string& text);
base::Status show_advisory(const Flow& flow, const std::string& id, const std::string& query);
base::Status attach_sbom(const Flow& flow, const std::string& file, const std::string& model,
                         const std::string& version, std::string device);
base::Status state_of_sbom(const Flow& flow, const std::string& file, const std::string& model,
                           const std::string& version);

// Errors: not_found.
base::Result<base::Digest256> digest_of(const std::string& path);
// In pieces; what the server holds already (an earlier, broken upload of the same bytes) is not sent again.
// Its digest.
base::Result<std::string> upload(const Flow& flow, const std::string& path);
// Goes on where an earlier, broken upload of the same bytes stopped.
base::Status upload_artifact(const Flow& flow, const std::string& file);

struct NewRelease {
    std::string name, version, artifact_file, artifact, sbom_file, min_from, floor, notes;
    std::vector<std::string> models, hw_revisions;
    std::vector<std::string> attached; // signatures and statements beside the artifact
    bool publish = false;
};
base::Status create_release(const Flow& flow, const NewRelease& release);

// Of every wave; what is not given is what the plan's care says.
struct NewGate {
    int minimum = -1, hard_stop = -1;
    double tolerated_percent = -1;
    std::string unproven; // ask, open
    bool given() const {
        return minimum >= 0 || hard_stop >= 0 || tolerated_percent >= 0 || !unproven.empty();
    }
};
struct NewRollout {
    std::string name, release, floor, query, care, priority;
    std::string first;              // a query
    std::string at;                 // when it starts by itself
    std::vector<std::string> waves; // "canary=5", "lab=tag.ring = lab", "Kiel=5 of site = Kiel"
    int soak_seconds = -1, step_timeout_seconds = -1;
    std::int64_t max_in_flight = 0, per_minute = 0; // of each wave; 0: no such limit
    NewGate gate;
    bool start = false;
    std::string why;
};
base::Status create_rollout(const Flow& flow, NewRollout rollout);
base::Status watch_rollout(const Flow& flow, const std::string& id);

} // namespace oakum::cli
