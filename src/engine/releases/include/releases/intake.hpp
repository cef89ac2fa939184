// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <intake/judge.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace oakum::releases {

// Reads artifacts and assesses what is in them.
class Examiner {
  public:
    virtual ~Examiner() = default;
    // Blocking; any thread. What cannot be read is said in what was found.
    virtual intake::Found examine(device::TenantId tenant, const ports::ReleaseRow& draft) const = 0;
};

// What a release has to show before it is published, and what people decide about it (domain/intake). The
// policy is the document "setting/intake", what people did with a release "intake/ID". Every decision is
// audited.
class Intake {
  public:
    static constexpr const char* kPolicy = "setting/intake";

    Intake(fleet::Core& core, const Examiner& examiner, ports::Executor& background)
        : core_(core), examiner_(examiner), background_(background) {}

    // A policy that cannot be read asks for everything. Errors: denied.
    base::Result<intake::Policy> policy(const access::Actor& actor) const;
    // Errors: denied, invalid at the check.
    void set_policy(const access::Actor& actor, std::map<intake::Check, bool> changes, std::string why,
                    shard::Completion<intake::Policy> done);

    struct View {
        std::vector<intake::Line> lines; // of a draft as they stand now; else as it was published
        intake::Record record;
        base::Digest256 content; // as it is now
    };
    // Blocking: reads the artifact. Any thread.
    View view(device::TenantId tenant, const ports::ReleaseRow& release) const;
    // Whether a person is all, or part of, what it waits for. Any thread.
    bool awaits_approval(device::TenantId tenant, const ports::ReleaseRow& release) const;

    // About the draft as it is. Nobody approves what they made, or whose artifact they uploaded. Errors:
    // denied, not_found, conflict (no draft), invalid.
    enum class Deed : bool { refuse, approve };
    void decide(const access::Actor& actor, ports::ReleaseId id, Deed deed, std::string why,
                std::function<void(base::Status)> done);
    // An administrator lets a failed check of this draft pass. Errors: also conflict (it stops nothing).
    void let_through(const access::Actor& actor, ports::ReleaseId id, intake::Check check, std::string why,
                     std::function<void(base::Status)> done);

    // An SBOM that made this set says that it describes files of these SHA-256 (hex). Durable before `done`.
    void note_sbom(device::TenantId tenant, device::SetId set, std::vector<std::string> files,
                   std::function<void(base::Status)> done);

    // Looks at drafts in the background, then calls, there.
    using Looked = std::map<ports::ReleaseId, intake::Found>;
    void look(device::TenantId tenant, std::vector<ports::ReleaseRow> drafts,
              std::function<void(Looked)> then);

    // Within commands. Who made or changed the draft, who uploaded the artifact. Errors: conflict.
    static base::Status note_maker(shard::Transaction& transaction, const access::Actor& actor,
                                   ports::ReleaseId id);
    static base::Status note_uploader(shard::Transaction& transaction, const access::Actor& actor,
                                      const base::Digest256& artifact);
    // Lets it go, and keeps the lines by which it went. Errors: conflict, with what stops it.
    static base::Status admit(shard::Transaction& transaction, const ports::ReleaseRow& draft,
                              const Looked& looked);

  private:
    fleet::Core& core_;
    const Examiner& examiner_;
    ports::Executor& background_;
};

} // namespace oakum::releases
