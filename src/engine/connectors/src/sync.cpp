// SPDX-License-Identifier: Apache-2.0
#include "sync_job.hpp"

#include <source/timing.hpp>

namespace oakum::connectors {

using device::TenantId;

namespace {

constexpr base::Duration kLookEvery = std::chrono::seconds(15);
constexpr base::Duration kBetweenTellings = std::chrono::minutes(5);

} // namespace

Sync::Sync(fleet::Core& core, Connectors& connectors, shard::Jobs& jobs, SyncTools tools, base::LogSink& log)
    : core_(core), connectors_(connectors), jobs_(jobs), tools_(std::move(tools)), log_(log) {}

void Sync::register_jobs() {
    jobs_.kind(
        "connector sync",
        [this](TenantId tenant, const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            return Work::make(*this, tenant, row.payload);
        });
}

void Sync::start() {
    look_now_and_then();
}

void Sync::look_now_and_then() {
    if (stopped_) return;
    for (const TenantId tenant : core_.control.tenants())
        look(tenant);
    tools_.looks.post_after(kLookEvery, [this] { look_now_and_then(); });
}

void Sync::look(TenantId tenant) {
    const base::TimePoint now = core_.clock.now();
    for (const Recorded& one : recorded(core_.control, tenant)) {
        if (!one.connector.enabled || !one.job.empty()) continue;
        const bool due = !one.state.next || source::is_due(*one.state.next, now, one.connector.every);
        if (!due && !is_to_tell(tenant, one)) continue;
        enqueue(tenant, one.connector.name, "oakumd", connector::Trust::normal,
                [this, name = one.connector.name](base::Result<std::string> job) {
                    if (!job.ok())
                        log_.write(base::LogLevel::warning, "connector",
                                   "the sync of " + name + " could not be begun: " + job.error().text());
                });
    }
}

// A rollout has something to say to its phones, or something is to be put back: not before the next sync was
// due where the last one failed, and not again and again.
bool Sync::is_to_tell(TenantId tenant, const Recorded& one) const {
    return steerer_ != nullptr && one.connector.steers && one.state.failures == 0 &&
           (!one.state.tried || core_.clock.now() - *one.state.tried >= kBetweenTellings) &&
           steerer_->has_tasks(tenant, one.connector.name);
}

void Sync::enqueue(TenantId tenant, const std::string& name, const std::string& actor, connector::Trust trust,
                   shard::Completion<std::string> done) {
    jobs_.enqueue(tenant, "connector sync", "syncing " + name, Work::payload_of(name, trust),
                  {actor, "connector.sync", "connector " + name, "",
                   trust == connector::Trust::forced ? "{\"force\":true}" : "", ""},
                  std::move(done));
}

World Sync::world(std::function<bool()> stopped) const {
    return {tools_.fetcher, core_.clock, tools_.random,
            [this, stopped](base::Duration time) { tools_.pause(time, stopped); }, stopped};
}

void Sync::sync(const access::Actor& actor, std::string name, connector::Trust trust,
                shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::device_import); !allowed.ok())
        return done(std::move(allowed).error());
    const auto known = connectors_.get(actor, name);
    if (!known.ok()) return done(known.error());
    if (!known->job.empty())
        return done(base::conflict("the connector " + name + " is being synced: job " + known->job));
    enqueue(fleet::tenant_of(actor), name, actor.text(), trust, std::move(done));
}

void Sync::test(const access::Actor& actor, std::string name, shard::Completion<Tested> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::source_edit); !allowed.ok())
        return done(std::move(allowed).error());
    auto known = connectors_.opened(fleet::tenant_of(actor), name);
    if (!known.ok()) return done(known.error());
    tools_.tests.post([this, its = known->connector, done = std::move(done)] {
        World asks = world([this] { return stopped_.load(); });
        asks.pause = [](base::Duration) {};
        const auto system = tools_.open(its, std::move(asks));
        if (!system.ok()) return done(Tested{false, system.error().message});
        const auto tried = (*system)->try_out();
        done(Tested{tried.ok(), tried.ok() ? *tried : tried.error().message});
    });
}

} // namespace oakum::connectors
