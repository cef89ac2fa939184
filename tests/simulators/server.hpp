// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native_services.hpp"
#include "scheduler.hpp"

#include <fleet/bulk.hpp>
#include <fleet/edits.hpp>
#include <fleet/enrolment.hpp>
#include <fleet/groups.hpp>
#include <fleet/imports.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <fleet/registry.hpp>
#include <memory/lossy_store.hpp>
#include <native/protocol.hpp>
#include <pki/key.hpp>
#include <releases/releases.hpp>
#include <rollouts/rollouts.hpp>

#include <metadata/write.hpp>

namespace oakum::simulation {

// Certificates as texts "URI SECONDS_FROM SECONDS_TO SERIAL": their serial is what the engine looks at.
class PaperAuthority final : public ports::DeviceAuthority {
  public:
    explicit PaperAuthority(ports::Random& random) : random_(random) {}
    base::Result<Certificate> issue(const std::string& csr_pem, const std::string& uri,
                                    std::int64_t not_before, std::int64_t not_after,
                                    const std::string& renews) override {
        if (csr_pem.empty()) return base::invalid("no certificate request");
        base::Bytes bytes(16);
        if (renews.empty()) random_.fill(bytes);
        const std::string serial =
            renews.empty() ? base::to_hex(bytes)
                           : base::sha256(csr_pem + "\n" + uri + "\n" + renews).hex().substr(0, 32);
        return Certificate{uri + " " + std::to_string(not_before) + " " + std::to_string(not_after) + " " +
                               serial,
                           serial,
                           {}};
    }
    std::string ca_pem() override { return "the CA"; }

  private:
    ports::Random& random_;
};

// One real key for each role; the same in all worlds.
class PaperSigner final : public ports::Signer {
  public:
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string& role) override {
        // Simulated devices have no keys to sign with, so nobody directs them.
        if (role == "director") return base::not_found("nobody directs a simulation");
        // Nor do they ask for a log.
        if (role == "log") return base::not_found("a simulation has no log of what was published");
        TRY_VALUE(const pki::PrivateKey key, key_of(role));
        TRY_VALUE(base::Bytes raw, key.public_raw());
        TRY_VALUE(const trust::Key known, metadata::ed25519_key(raw));
        TRY_VALUE(const trust::KeyId id, metadata::key_id(known));
        return std::vector{PublicKeyInfo{id.get(), std::move(raw)}};
    }
    bool available(const std::string&) override { return true; }
    base::Result<base::Bytes> sign(const std::string& role, const std::string&,
                                   base::ByteView message) override {
        TRY_VALUE(const pki::PrivateKey key, key_of(role));
        return key.sign(message);
    }

  private:
    static base::Result<pki::PrivateKey> key_of(const std::string& role) {
        const base::Digest256 seed = base::sha256("simulated " + role);
        return pki::PrivateKey::ed25519_from_seed(seed.bytes);
    }
};

// Artifacts that outlive every server. A path is the artifact's digest, and nothing is read from a disk.
class PaperBlobs final : public ports::Blobs {
  public:
    base::Digest256 add(std::string bytes) {
        const base::Digest256 digest = base::sha256(bytes);
        bytes_[digest.hex()] = std::move(bytes);
        return digest;
    }
    const std::string* find(const std::string& hex) const {
        const auto found = bytes_.find(hex);
        return found == bytes_.end() ? nullptr : &found->second;
    }
    base::Result<std::uint64_t> begin(const std::string&, std::uint64_t) override { return refusal(); }
    base::Status append(const std::string&, std::uint64_t, base::ByteView) override { return refusal(); }
    base::Status finish(const std::string&, const base::Digest256&) override { return refusal(); }
    base::Status discard(const std::string&) override { return {}; }
    base::Result<std::filesystem::path> path(const base::Digest256& digest) override {
        if (find(digest.hex()) == nullptr) return base::not_found("there is no such artifact");
        return std::filesystem::path(digest.hex());
    }
    base::Status rehash(const base::Digest256&) override { return {}; }

  private:
    static base::Error refusal() { return base::unavailable("nothing is uploaded in a simulation"); }
    std::map<std::string, std::string> bytes_;
};

// History is asked by people only, and those of the simulation ask for nothing but what undoes an edit.
class NoHistory final : public ports::History {
  public:
    explicit NoHistory(const memory::LossyStore& store) : store_(store) {}
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
    base::Result<std::vector<ports::DeviceHistory>>
    device_histories(ports::TenantId, std::optional<ports::DeviceId>, std::size_t) override {
        return base::unavailable("no history here");
    }
    base::Status each_deployment_of(ports::TenantId, ports::RolloutId,
                                    const std::function<bool(const ports::DeploymentRow&)>&) override {
        return base::unavailable("no history here");
    }
    base::Result<std::vector<ports::EditedDeviceRow>> edited_devices(ports::TenantId tenant,
                                                                     ports::EditId edit,
                                                                     std::optional<ports::DeviceId> after,
                                                                     std::size_t limit) override {
        return store_.durable().edited_devices(tenant, edit, after, limit);
    }

  private:
    const memory::LossyStore& store_;
};

// Takes every report for a proof, when that bug is planted.
class Reports final : public native::DeviceReports {
  public:
    Reports(native::DeviceReports& real, shard::ControlTables& control, fleet::LiveFleet& live, bool gullible)
        : real_(real), control_(control), live_(live), gullible_(gullible) {}
    void report(fleet::DeviceActor device, wire::Report report,
                shard::Completion<wire::ReportReply> done) override {
        const auto id = ports::DeploymentId::parse(report.deployment);
        const auto row = gullible_ && id.ok() ? live_.deployment(device.key(), *id) : std::nullopt;
        const auto release = row ? control_.find<ports::ReleaseRow>(device.tenant, row->release) : nullptr;
        if (release && report.state == install::State::rebooting) {
            report.state = install::State::installed;
            report.running_version = release->version;
            report.healthy = true;
        }
        real_.report(std::move(device), std::move(report), std::move(done));
    }

  private:
    native::DeviceReports& real_;
    shard::ControlTables& control_;
    fleet::LiveFleet& live_;
    const bool gullible_;
};

// Every artifact is what its name says, and as long as was announced.
class PaperExaminer final : public releases::Examiner {
  public:
    explicit PaperExaminer(const shard::ControlTables& control) : control_(control) {}
    intake::Found examine(device::TenantId tenant, const ports::ReleaseRow& draft,
                          const Asked&) const override {
        intake::Found found;
        found.artifact = draft.artifact;
        found.kind = intake::FileKind::tar;
        if (const auto artifact = control_.find<ports::ArtifactRow>(tenant, draft.artifact))
            found.length = artifact->length;
        return found;
    }

  private:
    const shard::ControlTables& control_;
};

// One life of the server, from a start to a crash: what apps/server puts together, over simulated ports.
struct Server {
    struct Times {
        base::Duration gates, last_seen, quiet, trust;
    };
    Server(Scheduler& scheduler, memory::LossyStore& store, PaperBlobs& blobs, base::LogSink& log,
           bool gullible)
        : thread(scheduler), background(scheduler), history(store), ids(scheduler, scheduler),
          authority(scheduler), live(software, control, scheduler),
          writer(thread, scheduler, store, store, control, live, {&control, &software, &live}, log,
                 shard::Writer::Limits{64, 8}),
          core{writer, control, live, software, history, scheduler, ids}, timers(thread, scheduler),
          budgets(core), rollouts(core, timers, scheduler, rollouts::Approval::not_required, log),
          repository(core, signer, log), director(core, rollouts, repository, signer), examiner(control),
          intake(core, examiner, background), releases(core, repository, intake, blobs, background, log),
          enrolment(core, authority), polling(core, rollouts, scheduler), inventories(core), registry(core),
          imports(core, background), bulk(core, background), edits(core, background), groups(core),
          published(
              writer, control, signer,
              [this](device::TenantId tenant) { return repository.log_keys(tenant); }, log),
          native_services(core, rollouts, repository, director, published, blobs),
          reports(native_services, control, live, gullible), watch(scheduler),
          protocol({enrolment, polling, inventories, reports, native_services, native_services, scheduler,
                    scheduler, log}) {}

    // As apps/server does after the store was opened. `before_gates` sees what the gates are about to see.
    base::Status start(Times times, bool within_budgets, std::function<void()> before_gates) {
        TRY(writer.start());
        for (const device::TenantId tenant : control.tenants())
            inventories.reconcile(tenant);
        rollouts.heed(watch);
        repository.heed(watch);
        if (within_budgets) rollouts.keep_within(budgets);
        budgets.start();
        edits.start();
        rollouts.start();
        timers.repeat(times.gates, [this, before_gates = std::move(before_gates)] {
            (void)watch.look();
            before_gates();
            rollouts.look_at_gates();
        });
        timers.repeat(times.last_seen, [this] { polling.flush_last_seen(); });
        timers.repeat(times.quiet, [this] { polling.sweep_quiet(); });
        timers.repeat(times.trust, [this] {
            if (!watch.warning()) repository.refresh_when_due();
        });
        return {};
    }

    Thread thread, background;
    NoHistory history;
    shard::Ids ids;
    PaperAuthority authority;
    PaperSigner signer;
    shard::ControlTables control;
    fleet::Software software;
    fleet::LiveFleet live;
    shard::Writer writer;
    fleet::Core core;
    shard::Timers timers;
    budgets::Budgets budgets;
    rollouts::Rollouts rollouts;
    releases::Repository repository;
    releases::Director director;
    PaperExaminer examiner;
    releases::Intake intake;
    releases::Releases releases;
    fleet::Enrolment enrolment;
    fleet::Polling polling;
    fleet::Inventories inventories;
    fleet::Registry registry;
    fleet::Imports imports;
    fleet::Bulk bulk;
    fleet::Edits edits;
    fleet::Groups groups;
    published::Log published;
    server::NativeServices native_services;
    Reports reports;
    shard::ClockWatch watch;
    native::NativeProtocol protocol;
};

} // namespace oakum::simulation
