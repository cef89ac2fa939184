// SPDX-License-Identifier: Apache-2.0
#include "sync_job.hpp"

#include <source/timing.hpp>

namespace oakum::feed_sync {

using device::TenantId;

namespace {

constexpr base::Duration kLookEvery = std::chrono::seconds(15);

} // namespace

Sync::Sync(fleet::Core& core, Sources& sources, assessment::Assessor& assessor, shard::Jobs& jobs,
           SyncTools tools, base::LogSink& log)
    : core_(core), sources_(sources), assessor_(assessor), jobs_(jobs), tools_(std::move(tools)), log_(log) {}

void Sync::register_jobs() {
    jobs_.kind(
        "feed sync",
        [this](TenantId tenant, const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            return Work::make(*this, tenant, row.payload);
        });
}

// What was cut off of a source that nobody syncs any more is let go of.
void Sync::start() {
    std::vector<std::string> downloads;
    for (const TenantId tenant : core_.control.tenants())
        for (const Recorded& one : recorded(core_.control, tenant)) {
            if (!one.source.enabled && one.job.empty()) continue;
            downloads.push_back(download_name(one.source.name));
            for (const std::string& part : one.source.parts)
                downloads.push_back(download_name(source::part_name(one.source, part)));
        }
    if (const base::Status forgot = tools_.files.forget_partial_except(downloads); !forgot.ok())
        log_.write(base::LogLevel::warning, "source", forgot.error().text());
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
        if (!one.source.enabled || !one.job.empty()) continue;
        if (one.state.next && !source::is_due(*one.state.next, now, one.source.every)) continue;
        enqueue(tenant, one.source.name, "oakumd", assessment::Force::no,
                [this, name = one.source.name](base::Result<std::string> job) {
                    if (!job.ok())
                        log_.write(base::LogLevel::warning, "source",
                                   "the sync of " + name + " could not be begun: " + job.error().text());
                });
    }
}

void Sync::enqueue(TenantId tenant, const std::string& name, const std::string& actor,
                   assessment::Force force, shard::Completion<std::string> done) {
    jobs_.enqueue(tenant, "feed sync", "fetching " + name, Work::payload_of(name, force),
                  {actor, "source.sync", "source " + name, "",
                   force == assessment::Force::yes ? "{\"force\":true}" : "", ""},
                  std::move(done));
}

void Sync::sync(const access::Actor& actor, std::string name, assessment::Force force,
                shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::feed_import); !allowed.ok())
        return done(std::move(allowed).error());
    const auto known = sources_.get(actor, name);
    if (!known.ok()) return done(known.error());
    if (!known->job.empty())
        return done(base::conflict("the source " + name + " is being synced: job " + known->job));
    enqueue(fleet::tenant_of(actor), name, actor.text(), force, std::move(done));
}

void Sync::test(const access::Actor& actor, std::string name, shard::Completion<Tested> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::source_edit); !allowed.ok())
        return done(std::move(allowed).error());
    const auto known = sources_.opened(fleet::tenant_of(actor), name);
    if (!known.ok()) return done(known.error());
    tools_.tests.post([this, source = known->source, done = std::move(done)] {
        Tools tools{tools_.fetcher,
                    tools_.files,
                    core_.clock,
                    tools_.random,
                    [](base::Duration) {},
                    [this] { return stopped_.load(); },
                    [](const std::string&, std::uint64_t, std::uint64_t) {}};
        const auto tried = try_out(tools, source);
        done(Tested{tried.ok(), tried.ok() ? *tried : tried.error().message});
    });
}

} // namespace oakum::feed_sync
