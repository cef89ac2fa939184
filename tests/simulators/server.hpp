// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scheduler.hpp"

#include <fleet/enrolment.hpp>
#include <fleet/groups.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <fleet/registry.hpp>
#include <memory/lossy_store.hpp>

namespace oakum::simulation {

class QuietLog final : public base::LogSink {
  public:
    void write(base::LogLevel, std::string_view, std::string_view) override {}
};

// Certificates as texts: their serial is what the engine looks at.
class PaperAuthority final : public ports::DeviceAuthority {
  public:
    explicit PaperAuthority(ports::Random& random) : random_(random) {}
    base::Result<Certificate> issue(const std::string& csr_pem, const std::string& uri, std::int64_t,
                                    std::int64_t) override {
        if (csr_pem.empty()) return base::invalid("no certificate request");
        base::Bytes bytes(16);
        random_.fill(bytes);
        const std::string serial = base::to_hex(bytes);
        return Certificate{uri + " " + serial, serial, {}};
    }
    std::string ca_pem() override { return "the CA"; }

  private:
    ports::Random& random_;
};

class NoOffers final : public fleet::OfferSource {
  public:
    bool would_offer(const fleet::Glance&) const override { return false; }
    void offer(const fleet::DeviceActor&, shard::Completion<std::optional<fleet::OfferView>> done) override {
        done(std::optional<fleet::OfferView>());
    }
    std::optional<fleet::OfferView> present(const fleet::DeviceActor&) const override { return std::nullopt; }
    bool listens(const fleet::DeviceActor&) const override { return false; }
    void seen(const fleet::DeviceActor&, std::string, bool, std::function<void(base::Status)> done) override {
        done({});
    }
};

// History is asked by people only, and no person of the simulation asks.
class NoHistory final : public ports::History {
  public:
    base::Result<std::vector<ports::DeviceEventRow>>
    device_events(ports::TenantId, ports::DeviceId, std::optional<base::TimePoint>, std::size_t) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::DeviceSetRow>> device_sets(ports::TenantId, ports::DeviceId) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::DeploymentRow>> deployments(ports::TenantId, ports::DeviceId,
                                                                std::size_t) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::SetFindingRow>> set_findings(ports::TenantId, ports::SetId,
                                                                 bool) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::AuditRow>> audit(ports::TenantId, std::uint64_t, std::size_t) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::ChangeRow>> changes(ports::TenantId, std::uint64_t,
                                                        std::size_t) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::RolloutDecisionRow>> decisions(ports::TenantId,
                                                                   ports::RolloutId) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::DeploymentRow>> rollout_deployments(ports::TenantId, ports::RolloutId,
                                                                        std::size_t) override {
        return base::unavailable("no history here");
    }
};

// One life of the server, from a start to a crash. Rollouts are plugged in by giving another OfferSource,
// made over `core` after this one's construction.
struct Server {
    Server(Scheduler& scheduler, memory::LossyStore& store)
        : thread(scheduler), ids(scheduler, scheduler), authority(scheduler), live(software, control),
          writer(thread, scheduler, store, store, control, live, {&control, &software, &live}, log,
                 shard::Writer::Limits{64, 8}),
          core{writer, control, live, software, history, scheduler, ids}, enrolment(core, authority),
          polling(core, offers, scheduler), inventories(core), registry(core), groups(core) {}

    Thread thread;
    QuietLog log;
    NoHistory history;
    shard::Ids ids;
    PaperAuthority authority;
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live;
    shard::Writer writer;
    fleet::Core core;
    NoOffers offers;
    fleet::Enrolment enrolment;
    fleet::Polling polling;
    fleet::Inventories inventories;
    fleet::Registry registry;
    fleet::Groups groups;
};

} // namespace oakum::simulation
