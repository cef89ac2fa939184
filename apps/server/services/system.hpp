// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exposure.hpp"

#include <api/system_service.hpp>
#include <atomic>
#include <filesystem>
#include <functional>

namespace oakum::server {

// Notices a wall clock that jumps against the monotonic one by more than five minutes (design 4).
class ClockWatch {
  public:
    explicit ClockWatch(ports::Clock& clock) : clock_(clock), wall_(clock.now()), steady_(clock.steady()) {}
    // Each few seconds. True when it jumped since the last look.
    bool look();
    std::optional<std::string> warning() const;

  private:
    ports::Clock& clock_;
    base::TimePoint wall_;
    base::Duration steady_;
    std::atomic<std::int64_t> jumped_by_seconds_{0};
    std::atomic<std::int64_t> jumped_at_{0};
};

struct SystemFacts {
    std::string version, address, ca_fingerprint, ca_pem, how_to_trust;
    std::filesystem::path backups;
};

class SystemService final : public api::SystemService {
  public:
    using Metrics = std::function<std::string()>;
    // Copies the store to the path. Errors: unavailable.
    using BackUp = std::function<base::Status(const std::filesystem::path&)>;

    SystemService(Context context, fleet::Registry& registry, assessment::Assessor& assessor,
                  releases::Repository& repository, ClockWatch& watch, SystemFacts facts, Metrics metrics,
                  BackUp back_up)
        : context_(context), registry_(registry), assessor_(assessor), repository_(repository), watch_(watch),
          facts_(std::move(facts)), metrics_(std::move(metrics)), back_up_(std::move(back_up)) {}

    void system(const access::Actor& actor, api::Answer<api::System> answer) override;
    void backup(const access::Actor& actor, std::string file, api::Answer<api::Backup> answer) override;
    void search(const access::Actor& actor, std::string text,
                api::Answer<std::vector<api::SearchHit>> answer) override;
    api::Health readiness() override;
    std::string metrics() override { return metrics_(); }

  private:
    std::uint64_t count(const access::Actor& actor, std::string_view query) const;

    Context context_;
    fleet::Registry& registry_;
    assessment::Assessor& assessor_;
    releases::Repository& repository_;
    ClockWatch& watch_;
    SystemFacts facts_;
    Metrics metrics_;
    BackUp back_up_;
};

} // namespace oakum::server
