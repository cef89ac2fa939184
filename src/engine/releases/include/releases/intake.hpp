// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <attestations/summary.hpp>
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
    // What is trusted, and the texts beside the artifact.
    struct Asked {
        intake::Policy policy;
        std::vector<std::string> attached;
    };
    // Blocking; any thread. What cannot be read is said in what was found.
    virtual intake::Found examine(device::TenantId tenant, const ports::ReleaseRow& draft,
                                  const Asked& asked) const = 0;
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

    // Whose signatures count; takes the place of the one of its name. Errors: denied, invalid at the field,
    // conflict (too many); not_found.
    void trust(const access::Actor& actor, intake::Signer signer, std::string why,
               shard::Completion<intake::Policy> done);
    void distrust(const access::Actor& actor, std::string name, std::string why,
                  shard::Completion<intake::Policy> done);

    // A signature or a statement beside an artifact; takes the place of the one of its name. Errors: denied,
    // not_found, invalid, too_large, conflict (too many).
    void attach(const access::Actor& actor, const base::Digest256& artifact, std::string name,
                std::string text, std::function<void(base::Status)> done);
    void detach(const access::Actor& actor, const base::Digest256& artifact, std::string name,
                std::function<void(base::Status)> done);
    std::vector<intake::Attachment> attachments(device::TenantId tenant,
                                                const base::Digest256& artifact) const;

    struct View {
        std::vector<intake::Line> lines; // of a draft as they stand now; else as it was published
        intake::Record record;
        base::Digest256 content; // as it is now
    };
    // Blocking: reads the artifact. Any thread.
    View view(device::TenantId tenant, const ports::ReleaseRow& release) const;
    // That it passed, for who trusts this server; `verifier` is to be filled in by who signs it. Any thread.
    // Errors: conflict (it is no published release, or one of a version that did not keep what it takes).
    base::Result<attestations::Summary> summary(device::TenantId tenant,
                                                const ports::ReleaseRow& release) const;
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
    using Edit = std::function<base::Result<intake::Policy>(const intake::Policy&)>;
    void change_policy(const access::Actor& actor, std::string deed, Edit edit, std::string why,
                       shard::Completion<intake::Policy> done);
    intake::Found examine(device::TenantId tenant, const ports::ReleaseRow& release) const;

    fleet::Core& core_;
    const Examiner& examiner_;
    ports::Executor& background_;
};

} // namespace oakum::releases
