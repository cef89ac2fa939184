// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"
#include "evidence_key.hpp"

#include <api/evidence_service.hpp>
#include <governance/retention.hpp>
#include <ports/http.hpp>
#include <shard/jobs.hpp>

#include <filesystem>

namespace oakum::server {

// What an auditor can take along: the answers of this server's own lists over a period, with what they mean,
// in one archive whose list of digests is signed. Made as a job, with the rights of who asked. Kept in a
// folder until somebody removes them.
class EvidenceService final : public api::EvidenceService, public governance::Reports {
  public:
    // Asks the API on behalf of somebody; nothing while there is no API yet.
    using Ask =
        std::function<bool(access::Actor, ports::HttpRequest, std::function<void(ports::HttpResponse)>)>;
    EvidenceService(Context context, fleet::Registry& registry, shard::Jobs& jobs, EvidenceKey key,
                    std::filesystem::path folder, Ask ask)
        : context_(context), registry_(registry), jobs_(jobs), key_(key), folder_(std::move(folder)),
          ask_(std::move(ask)) {}

    // Before the jobs are taken up.
    void register_jobs();

    void make(const access::Actor& actor, api::EvidenceWish wish, api::Answer<api::Job> answer) override;
    void list(const access::Actor& actor, api::PageRequest page,
              api::Answer<api::Page<api::EvidencePack>> answer) override;
    void file(const access::Actor& actor, std::string name, api::Answer<File> answer) override;
    void remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) override;
    void key(const access::Actor& actor, api::Answer<api::EvidenceKey> answer) override;
    std::vector<api::EvidenceStandard> standards() const override;

    std::uint64_t older(base::TimePoint before) const override;
    base::Result<std::uint64_t> remove_older(base::TimePoint before) override;

  private:
    class Work;
    std::vector<std::filesystem::path> made_before(base::TimePoint before) const;

    Context context_;
    fleet::Registry& registry_;
    shard::Jobs& jobs_;
    const EvidenceKey key_;
    const std::filesystem::path folder_;
    const Ask ask_;
};

} // namespace oakum::server
