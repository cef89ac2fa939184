// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"
#include "evidence_key.hpp"
#include "release_examiner.hpp"

#include <api/releases_service.hpp>

namespace oakum::server {

class ReleasesService final : public api::ReleasesService {
  public:
    ReleasesService(Context context, releases::Releases& releases, releases::Repository& repository,
                    releases::Intake& intake, const ReleaseExaminer& examiner, ports::Blobs& blobs,
                    EvidenceKey key)
        : context_(context), releases_(releases), repository_(repository), intake_(intake),
          examiner_(examiner), blobs_(blobs), key_(key) {}
    void list(const access::Actor& actor, api::ReleaseFilter filter, api::PageRequest page,
              api::Answer<api::Page<api::ReleaseSummary>> answer) override;
    void get(const access::Actor& actor, rollout::ReleaseId id, api::Answer<api::Release> answer) override;
    void create(const access::Actor& actor, api::ReleaseNew release,
                api::Answer<api::Release> answer) override;
    void change(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseChange change,
                api::Answer<api::Release> answer) override;
    void let_through(const access::Actor& actor, rollout::ReleaseId id, intake::Check check, std::string why,
                     api::Answer<api::Release> answer) override;
    void intake_policy(const access::Actor& actor, api::Answer<intake::Policy> answer) override;
    void set_intake_policy(const access::Actor& actor, std::map<intake::Check, bool> changes, std::string why,
                           api::Answer<intake::Policy> answer) override;
    void trust(const access::Actor& actor, intake::Signer signer, std::string why,
               api::Answer<intake::Policy> answer) override;
    void distrust(const access::Actor& actor, std::string name, std::string why,
                  api::Answer<intake::Policy> answer) override;
    void attachments(const access::Actor& actor, base::Digest256 artifact,
                     api::Answer<std::vector<api::Attachment>> answer) override;
    void attach(const access::Actor& actor, base::Digest256 artifact, std::string name, std::string text,
                api::Answer<std::vector<api::Attachment>> answer) override;
    void detach(const access::Actor& actor, base::Digest256 artifact, std::string name,
                api::Answer<std::vector<api::Attachment>> answer) override;
    void verification_summary(const access::Actor& actor, rollout::ReleaseId id,
                              api::Answer<std::string> answer) override;
    void act(const access::Actor& actor, rollout::ReleaseId id, api::ReleaseAction action, std::string why,
             api::Answer<api::Release> answer) override;

  private:
    api::ReleaseSummary summary(device::TenantId tenant, const ports::ReleaseRow& row) const;
    void add_intake(api::Release& view, device::TenantId tenant, const ports::ReleaseRow& row) const;
    base::Result<api::Release> whole(device::TenantId tenant, rollout::ReleaseId id) const;
    void answer_whole(device::TenantId tenant, rollout::ReleaseId id,
                      const api::Answer<api::Release>& answer) const;
    std::function<void(base::Status)>
    answer_attachments(const access::Actor& actor, const base::Digest256& artifact,
                       api::Answer<std::vector<api::Attachment>> answer) const;
    base::Result<std::string> needs_of(const releases::NewRelease& wish) const;
    void keep_needs(const access::Actor& actor, const base::Digest256& artifact, const std::string& needs,
                    std::string notes, std::function<void(base::Status, std::string notes)> done) const;

    Context context_;
    releases::Releases& releases_;
    releases::Repository& repository_;
    releases::Intake& intake_;
    const ReleaseExaminer& examiner_;
    ports::Blobs& blobs_;
    const EvidenceKey key_;
};

} // namespace oakum::server
