// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <published/log.hpp>
#include <wire/native.hpp>

#include <filesystem>
#include <optional>
#include <string>

// What the protocol asks beside the fleet; implemented where rollouts and the repository are wired.
namespace oakum::native {

class DeviceReports {
  public:
    virtual ~DeviceReports() = default;
    // Durable before `done`. Errors: not_found (no such deployment of this device), invalid, unavailable.
    virtual void report(fleet::DeviceActor device, wire::Report report,
                        shard::Completion<wire::ReportReply> done) = 0;
};

class DeviceDirections {
  public:
    virtual ~DeviceDirections() = default;
    // Takes what the device says, checks that its key signed it, and answers what the director says to it: a
    // signed TUF document. `certificate`: what the connection was made with. Errors: denied (it is not what
    // this device said), not_found (no director is named by the root), unavailable.
    virtual void direct(fleet::DeviceActor device, base::Digest256 certificate, wire::SignedManifest said,
                        shard::Completion<std::string> done) = 0;
};

class DeviceFiles {
  public:
    struct File {
        std::filesystem::path path;
        std::uint64_t length = 0;
    };
    virtual ~DeviceFiles() = default;
    // A TUF metadata file as published, by its name ("timestamp.json", "7.root.json"). Any thread, at once.
    virtual std::optional<std::string> metadata(device::TenantId tenant, const std::string& name) = 0;
    // A file of the log of what was published, below its place. Nothing: there is none. Errors: unavailable,
    // corrupt. Any thread, at once.
    virtual base::Result<std::optional<published::Log::File>> log_file(device::TenantId tenant,
                                                                       const std::string& name) = 0;
    // Errors: not_found. Any thread; may look at the file system.
    virtual base::Result<File> artifact(device::TenantId tenant, const base::Digest256& digest) = 0;
};

} // namespace oakum::native
