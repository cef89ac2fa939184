// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <native/device_services.hpp>
#include <native/protocol.hpp>
#include <releases/director.hpp>
#include <releases/releases.hpp>
#include <rollouts/rollouts.hpp>

namespace oakum::server {

// What the native protocol asks beside the fleet: reports of deployments, signed metadata, artifacts.
class NativeServices final : public native::DeviceReports,
                             public native::DeviceFiles,
                             public native::DeviceDirections {
  public:
    NativeServices(fleet::Core& core, rollouts::Rollouts& rollouts, releases::Repository& repository,
                   releases::Director& director, const published::Log& published, ports::Blobs& blobs)
        : core_(core), rollouts_(rollouts), repository_(repository), director_(director),
          published_(published), blobs_(blobs) {}

    void report(fleet::DeviceActor device, wire::Report report,
                shard::Completion<wire::ReportReply> done) override;
    std::optional<std::string> metadata(device::TenantId tenant, const std::string& name) override;
    void direct(fleet::DeviceActor device, base::Digest256 certificate, wire::SignedManifest said,
                shard::Completion<std::string> done) override;
    base::Result<std::optional<published::Log::File>> log_file(device::TenantId tenant,
                                                               const std::string& name) override;
    base::Result<File> artifact(device::TenantId tenant, const base::Digest256& digest) override;

  private:
    fleet::Core& core_;
    rollouts::Rollouts& rollouts_;
    releases::Repository& repository_;
    releases::Director& director_;
    const published::Log& published_;
    ports::Blobs& blobs_;
};

} // namespace oakum::server
