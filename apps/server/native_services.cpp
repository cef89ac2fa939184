// SPDX-License-Identifier: Apache-2.0
#include "native_services.hpp"

namespace oakum::server {

namespace {

// While an update is under way a device says soon how it goes on.
constexpr std::uint32_t kUnderWaySeconds = 10;

} // namespace

void NativeServices::report(fleet::DeviceActor device, wire::Report report,
                            shard::Completion<wire::ReportReply> done) {
    const auto id = ports::DeploymentId::parse(report.deployment);
    if (!id.ok()) return done(base::Error(id.error()).at("/deployment"));
    install::ReportSeen seen;
    seen.attempt = report.attempt;
    seen.sequence = report.sequence;
    seen.state = report.state;
    seen.reason = report.reason;
    seen.detail = std::move(report.detail);
    seen.progress_percent = report.progress_percent;
    seen.running_version = std::move(report.running_version);
    seen.healthy = report.healthy;
    seen.resumed = report.resumed;
    rollouts_.report(std::move(device), *id, std::move(seen),
                     [done = std::move(done)](base::Result<install::Outcome> outcome) {
                         if (!outcome.ok()) return done(std::move(outcome).error());
                         done(wire::ReportReply{std::string(install::to_string(*outcome)), kUnderWaySeconds});
                     });
}

std::optional<std::string> NativeServices::metadata(device::TenantId tenant, const std::string& name) {
    return repository_.file(tenant, name);
}

base::Result<native::DeviceFiles::File> NativeServices::artifact(device::TenantId tenant,
                                                                 const base::Digest256& digest) {
    const auto row = core_.control.find<ports::ArtifactRow>(tenant, digest);
    if (!row || row->damaged) return base::not_found("there is no such artifact");
    TRY_VALUE(std::filesystem::path path, blobs_.path(digest));
    return File{std::move(path), row->length};
}

} // namespace oakum::server
