// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/digest.hpp>
#include <base/time.hpp>
#include <intake/policy.hpp>

#include <map>

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

// What of a draft changes; nothing: stays.
struct ReleaseChange {
    std::optional<base::Digest256> artifact;
    std::optional<device::SetId> sbom;
    std::optional<std::string> notes;
};

struct ReleaseFilter {
    std::optional<ReleaseState> state; // nothing: in any
    bool awaits_approval = false;      // those alone
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
    bool awaits_approval = false; // a check asks for one, and nobody decided about it as it is
    std::uint64_t devices_running = 0;
    base::TimePoint created{};
    std::optional<base::TimePoint> published;
};

// A signature or a statement beside an artifact.
struct Attachment {
    std::string name;
    intake::SignatureKind kind = intake::SignatureKind::minisign;
    std::string by;
    base::TimePoint at{};
    std::uint64_t length = 0;
    base::Digest256 sha256;
};

enum class ReleaseAction : std::uint8_t { publish, withdraw, approve, refuse, let_through, change };
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
        intake::Verdict verdict = intake::Verdict::not_asked;
        std::string sentence;
        bool overridable = false; // an administrator may let it through
    };
    struct Decision {
        bool approved = false; // or refused
        std::string by, why;
        base::TimePoint at{};
        bool current = false; // about the draft as it is now
    };
    std::string sentence, notes;
    std::optional<std::string> compared_with; // against what `fixes` and `brings` are told
    std::vector<std::string> makers;          // who made it or uploaded its artifact, and do not approve it
    std::optional<Decision> decision;
    std::uint64_t counter = 0;
    std::optional<std::string> floor; // the version that devices which verified it do not go below
    std::optional<std::string> target_path;
    std::optional<std::vector<AdvisoryRef>> fixes, brings; // at most 500 each
    std::optional<SbomDiff> sbom_diff;
    std::vector<Adoption> adoption;
    std::vector<Path> paths; // the most devices first, at most 200
    std::uint64_t paths_left_out = 0;
    std::vector<Check> checks;
    bool has_summary = false; // the server vouches for it with a verification summary
    std::vector<ReleaseAction> actions;
    std::uint64_t row_version = 0; // for the ETag
};

class ReleasesService {
  public:
    virtual ~ReleasesService() = default;
    virtual void list(const access::Actor& actor, ReleaseFilter filter, PageRequest page,
                      Answer<Page<ReleaseSummary>> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, rollout::ReleaseId id, Answer<Release> answer) = 0;
    // Errors: invalid (with its place), not_found (artifact, SBOM), conflict (name and version exist).
    virtual void create(const access::Actor& actor, ReleaseNew release, Answer<Release> answer) = 0;
    // Errors: as create; also conflict (it is no draft).
    virtual void change(const access::Actor& actor, rollout::ReleaseId id, ReleaseChange change,
                        Answer<Release> answer) = 0;
    // An administrator lets a failed check pass, for this draft as it is. Errors: not_found, denied, invalid,
    // conflict.
    virtual void let_through(const access::Actor& actor, rollout::ReleaseId id, intake::Check check,
                             std::string why, Answer<Release> answer) = 0;
    // What this server signs of a published release: a verification summary in a DSSE envelope, as JSON.
    // Errors: not_found, conflict (it is not published, or was by a version that kept too little).
    virtual void verification_summary(const access::Actor& actor, rollout::ReleaseId id,
                                      Answer<std::string> answer) = 0;
    // Which checks are asked of every release. Errors: denied.
    virtual void intake_policy(const access::Actor& actor, Answer<intake::Policy> answer) = 0;
    // Errors: denied, invalid at the check.
    virtual void set_intake_policy(const access::Actor& actor, std::map<intake::Check, bool> changes,
                                   std::string why, Answer<intake::Policy> answer) = 0;
    // Whose signatures count. Errors: denied, invalid at the field, conflict (too many), not_found.
    virtual void trust(const access::Actor& actor, intake::Signer signer, std::string why,
                       Answer<intake::Policy> answer) = 0;
    virtual void distrust(const access::Actor& actor, std::string name, std::string why,
                          Answer<intake::Policy> answer) = 0;
    // Beside an artifact. Errors: not_found, invalid, too_large, conflict (too many).
    virtual void attachments(const access::Actor& actor, base::Digest256 artifact,
                             Answer<std::vector<Attachment>> answer) = 0;
    virtual void attach(const access::Actor& actor, base::Digest256 artifact, std::string name,
                        std::string text, Answer<std::vector<Attachment>> answer) = 0;
    virtual void detach(const access::Actor& actor, base::Digest256 artifact, std::string name,
                        Answer<std::vector<Attachment>> answer) = 0;
    // All but let_through and change. Errors: not_found, conflict (its state, a check that stops it), denied
    // (approving what one made), unavailable (offline keys are not here).
    virtual void act(const access::Actor& actor, rollout::ReleaseId id, ReleaseAction action, std::string why,
                     Answer<Release> answer) = 0;
};

} // namespace oakum::api
