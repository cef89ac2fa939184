// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/blobs.hpp>
#include <releases/intake.hpp>
#include <releases/repository.hpp>

namespace oakum::releases {

struct NewRelease {
    std::string name, version;
    base::Digest256 artifact;
    std::vector<std::string> models, hw_revisions;
    std::string min_from; // empty: any
    device::SetId sbom;   // zero: none
    std::string notes;
    // The oldest version of this line that devices still accept once they verified this release, not below
    // what published ones asked for; empty: that.
    std::string floor;
};

// What of a draft may change; nothing: stays.
struct DraftChange {
    std::optional<base::Digest256> artifact;
    std::optional<device::SetId> sbom;
    std::optional<std::string> notes;
};

// Releases and the artifacts that they consist of. Reading is the control tables' matter. Errors: denied,
// invalid with the field as place, not_found, conflict, unavailable.
class Releases {
  public:
    Releases(fleet::Core& core, Repository& repository, Intake& intake, ports::Blobs& blobs,
             ports::Executor& background, base::LogSink& log)
        : core_(core), repository_(repository), intake_(intake), blobs_(blobs), background_(background),
          log_(log) {}

    // An upload was finished under this digest.
    void add_artifact(access::Actor actor, base::Digest256 digest, std::uint64_t length, std::string name,
                      std::function<void(base::Status)> done);
    void create(access::Actor actor, NewRelease release, shard::Completion<ports::ReleaseId> done);
    // Who approved it before has approved something else then. Errors: also conflict (it is no draft).
    void change(access::Actor actor, ports::ReleaseId id, DraftChange wish,
                std::function<void(base::Status)> done);
    // The counter that devices do not go below once they verified it; 0: none. Any thread.
    std::uint64_t floor(device::TenantId tenant, ports::ReleaseId id) const;
    // Signs it into the targets once no check stops it (Intake); afterwards it can be rolled out and never
    // changed.
    void publish(access::Actor actor, ports::ReleaseId id, std::string why,
                 std::function<void(base::Status)> done);
    // Takes it out of the signed targets: no device installs it from then on.
    void withdraw(access::Actor actor, ports::ReleaseId id, std::string why,
                  std::function<void(base::Status)> done);

    // What publishing a draft would have signed, for people whose keys are elsewhere. Errors: not_found,
    // conflict.
    base::Result<metadata::Ceremony> prepare(device::TenantId tenant, ports::ReleaseId id) const;
    // Takes what came back signed. Releases that it lists are published by that, those that it no longer
    // lists withdrawn; anything else that it lists is refused, whoever signed it, and so is a draft that a
    // check stops. `by` is for the audit log. Errors also: those of Repository::adopt.
    void adopt(device::TenantId tenant, std::string by, metadata::Ceremony ceremony,
               std::function<void(base::Status)> done);

    // Reads the artifact that was not checked for the longest time once more, in the background; a damaged
    // one is marked and not served. Called each few minutes on the writer's executor.
    void rehash_one();

  private:
    base::Status publish_now(shard::Transaction& transaction, const access::Actor& actor, ports::ReleaseId id,
                             const std::string& why, const Intake::Looked& looked) const;
    std::vector<ports::ReleaseRow> drafts_in(device::TenantId tenant,
                                             const metadata::Ceremony& ceremony) const;
    base::Status adopt_now(shard::Transaction& transaction, const std::string& by,
                           const metadata::Ceremony& ceremony, const Intake::Looked& looked) const;

    fleet::Core& core_;
    Repository& repository_;
    Intake& intake_;
    ports::Blobs& blobs_;
    ports::Executor& background_;
    base::LogSink& log_;
};

} // namespace oakum::releases
