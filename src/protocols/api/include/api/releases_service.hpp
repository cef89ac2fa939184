// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>

namespace oakum::api {

enum class ReleaseState : std::uint8_t { draft, published, withdrawn };
std::string_view to_string(ReleaseState state);

struct ReleaseNew {
    std::string name, version;
    base::Digest256 artifact;
    std::vector<std::string> models, hw_revisions;
    std::string min_from; // empty: any
    std::optional<device::SetId> sbom;
    std::string notes;
    std::string floor; // a version of the line; empty: as before
};

struct ReleaseSummary {
    rollout::ReleaseId id;
    std::string name, version;
    ReleaseState state = ReleaseState::draft;
    struct {
        base::Digest256 sha256;
        std::uint64_t length = 0;
        std::string name;
    } artifact;
    std::vector<std::string> models, hw_revisions;
    std::optional<std::string> min_from;
    bool has_sbom = false;
    std::optional<std::uint64_t> fixes_count, brings_count;
    std::uint64_t devices_running = 0;
    base::TimePoint created{};
    std::optional<base::TimePoint> published;
};

enum class ReleaseAction : std::uint8_t { publish, withdraw };
std::string_view to_string(ReleaseAction action);

struct Release : ReleaseSummary {
    struct Changed {
        std::string name, before, after;
    };
    struct SbomDiff {
        ReleaseRef against;
        std::vector<component::Component> added, removed;
        std::vector<Changed> changed;
    };
    struct Adoption {
        std::string model;
        std::optional<std::string> version;
        std::uint64_t devices = 0;
    };
    struct Path {
        std::string model;
        std::optional<std::string> version;
        std::uint64_t devices = 0;
        bool can = false;
        std::optional<std::string> through, why;
        std::string query;
    };
    struct Check {
        std::string name;
        bool ok = false;
        std::string sentence;
    };
    std::string sentence, notes;
    std::uint64_t counter = 0;
    std::optional<std::string> floor; // the version that devices which verified it do not go below
    std::optional<std::string> target_path;
    std::optional<std::vector<AdvisoryRef>> fixes, brings; // at most 500 each
    std::optional<SbomDiff> sbom_diff;
    std::vector<Adoption> adoption;
    std::vector<Path> paths; // the most devices first, at most 200
    std::uint64_t paths_left_out = 0;
    std::vector<Check> checks;
    std::vector<ReleaseAction> actions;
    std::uint64_t row_version = 0; // for the ETag
};

class ReleasesService {
  public:
    virtual ~ReleasesService() = default;
    // Nothing: in any state.
    virtual void list(const access::Actor& actor, std::optional<ReleaseState> state, PageRequest page,
                      Answer<Page<ReleaseSummary>> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, rollout::ReleaseId id, Answer<Release> answer) = 0;
    // Errors: invalid (with its place), not_found (artifact, SBOM), conflict (name and version exist).
    virtual void create(const access::Actor& actor, ReleaseNew release, Answer<Release> answer) = 0;
    // Errors: not_found, conflict (its state), unavailable (offline keys are not here).
    virtual void act(const access::Actor& actor, rollout::ReleaseId id, ReleaseAction action, std::string why,
                     Answer<Release> answer) = 0;
};

} // namespace oakum::api
