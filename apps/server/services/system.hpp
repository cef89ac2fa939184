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
    std::function<std::optional<base::TimePoint>()> ca_expires, server_certificate_expires;
};

class SystemService final : public api::SystemService {
  public:
    using Metrics = std::function<std::string()>;
    // What the house does about itself; `make` and `verify` queue a job and tell its id.
    struct Operations {
        std::function<void(const access::Actor&, const std::string& name, bool with_files,
                           shard::Completion<std::string> id)>
            make; // Errors: denied, invalid, conflict
        std::function<void(const access::Actor&, const std::string& name, shard::Completion<std::string> id)>
            verify; // Errors: denied, not_found
        std::function<std::vector<api::Backup>()> list;
        std::function<api::BackupSchedule()> schedule;
        std::function<void(std::function<void(api::SupportBundle)>)> support; // takes a while
        std::function<std::vector<api::KeyTest>(device::TenantId)> test_keys;
    };

    SystemService(Context context, fleet::Registry& registry, assessment::Assessor& assessor,
                  releases::Repository& repository, shard::ClockWatch& watch, SystemFacts facts,
                  Metrics metrics, Operations operations)
        : context_(context), registry_(registry), assessor_(assessor), repository_(repository), watch_(watch),
          facts_(std::move(facts)), metrics_(std::move(metrics)), operations_(std::move(operations)) {}

    void system(const access::Actor& actor, api::Answer<api::System> answer) override;
    void backup(const access::Actor& actor, api::BackupRequest request,
                api::Answer<api::Job> answer) override;
    void list_backups(const access::Actor& actor, api::PageRequest page,
                      api::Answer<api::Page<api::Backup>> answer) override;
    void verify_backup(const access::Actor& actor, std::string file, api::Answer<api::Job> answer) override;
    void backup_schedule(const access::Actor& actor, api::Answer<api::BackupSchedule> answer) override;
    void change_backup_schedule(const access::Actor& actor, api::BackupSchedulePatch patch,
                                api::Answer<api::BackupSchedule> answer) override;
    void test_keys(const access::Actor& actor, api::Answer<std::vector<api::KeyTest>> answer) override;
    void support_bundle(const access::Actor& actor, api::Answer<api::SupportBundle> answer) override;
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
    Operations operations_;
};

} // namespace oakum::server
