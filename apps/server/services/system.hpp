// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exposure.hpp"

#include <api/system_service.hpp>
#include <functional>
#include <shard/clock_watch.hpp>

namespace oakum::server {

struct SystemFacts {
    std::string version, ca_fingerprint, ca_pem, how_to_trust;
    std::function<std::string()> address; // known once the server listens
};

class SystemService final : public api::SystemService {
  public:
    using Metrics = std::function<std::string()>;
    // Queues a backup of that name, with artifacts and feeds or without. Errors: denied, invalid, conflict.
    using BackUp = std::function<void(const access::Actor&, const std::string& name, bool with_files,
                                      shard::Completion<std::string> id)>;

    SystemService(Context context, fleet::Registry& registry, assessment::Assessor& assessor,
                  releases::Repository& repository, shard::ClockWatch& watch, SystemFacts facts,
                  Metrics metrics, BackUp back_up)
        : context_(context), registry_(registry), assessor_(assessor), repository_(repository), watch_(watch),
          facts_(std::move(facts)), metrics_(std::move(metrics)), back_up_(std::move(back_up)) {}

    void system(const access::Actor& actor, api::Answer<api::System> answer) override;
    void backup(const access::Actor& actor, api::BackupRequest request,
                api::Answer<api::Job> answer) override;
    api::Health readiness() override;
    std::string metrics() override { return metrics_(); }

  private:
    std::vector<std::string> damaged_artifacts(device::TenantId tenant) const;
    std::uint64_t count(const access::Actor& actor, std::string_view query) const;

    Context context_;
    fleet::Registry& registry_;
    assessment::Assessor& assessor_;
    releases::Repository& repository_;
    shard::ClockWatch& watch_;
    SystemFacts facts_;
    Metrics metrics_;
    BackUp back_up_;
};

} // namespace oakum::server
