// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/assessor.hpp>
#include <base/thread_annotations.hpp>
#include <fleet/core.hpp>
#include <ports/blobs.hpp>
#include <releases/intake.hpp>
#include <vendor_files/proofs.hpp>

#include <map>
#include <optional>

namespace oakum::server {

// Looks into artifacts and at what SBOMs say is in them. Blocking; any thread.
class ReleaseExaminer final : public releases::Examiner {
  public:
    ReleaseExaminer(const fleet::Core& core, const assessment::Assessor& assessor, ports::Blobs& blobs)
        : core_(core), assessor_(assessor), blobs_(blobs) {}

    intake::Found examine(device::TenantId tenant, const ports::ReleaseRow& draft,
                          const Asked& asked) const override;

    // What a release ends and brings, by index of the advisories.
    struct Effect {
        std::shared_ptr<const assessment::AssessedSet> made;
        std::string against; // "gateway 1.4.2", "what its models run"; empty: there is nothing
        std::vector<std::uint32_t> fixes, brings;
    };
    // Against the newest earlier release of its line that was published with an SBOM, or else what its models
    // run. Nothing: no SBOM, or no advisories.
    std::optional<Effect> effect(device::TenantId tenant, const ports::ReleaseRow& row) const;
    // That release; null: there is none.
    std::shared_ptr<const ports::ReleaseRow> previous(device::TenantId tenant,
                                                      const ports::ReleaseRow& row) const;

  private:
    // What a file is read for once in a while: its bytes do not change, certificates end.
    struct Kept {
        base::TimePoint at{};
        vendor_files::Seen seen;
    };
    static constexpr std::size_t kMostKept = 256;
    static constexpr base::Duration kKeptFor = std::chrono::minutes(10);

    void read(const ports::ReleaseRow& draft, const Asked& asked, intake::Found& found) const;
    vendor_files::Seen proofs(const ports::ReleaseRow& row, intake::FileKind kind, const Asked& asked) const
        EXCLUDES(mutex_);
    // The security counter of the newest published release of its line before it.
    void look_back(device::TenantId tenant, const ports::ReleaseRow& draft, intake::Found& found) const;

    const fleet::Core& core_;
    const assessment::Assessor& assessor_;
    ports::Blobs& blobs_;
    mutable base::Mutex mutex_;
    mutable std::map<std::string, Kept> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::server
