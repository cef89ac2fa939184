// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <fleet/polling.hpp>
#include <ports/blobs.hpp>
#include <rollouts/rollouts.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace oakum::exchange {

// What is asked of a device, with the file that it installs.
struct Wanted {
    ports::DeploymentRow deployment; // also one that ended, as long as it is the device's newest
    ports::ReleaseRow release;
    std::string file; // its name
    std::uint64_t length = 0;
    std::string sha1, md5; // in hexadecimal; empty: still being counted, ask again later
};

// Whether what is asked may be installed now, as far as windows and freezes go.
bool is_open(const fleet::PollAnswer& answer);

// Of a stored deployment, as far as the rules of domain/install look at it.
install::Deployment value_of(const ports::DeploymentRow& row);

// What devices of other systems are asked, and what they report: protocols whose reports have no numbers, and
// whose clients compare older digests. Those are counted once for each artifact, in the background, when the
// first device is offered it, and kept as documents "digests/SHA256". Any thread.
class Updates {
  public:
    Updates(fleet::Core& core, rollouts::Rollouts& rollouts, ports::Blobs& blobs, ports::Executor& background,
            base::LogSink& log)
        : core_(core), rollouts_(rollouts), blobs_(blobs), background_(background), log_(log) {}

    // From committed rows; `digests`: they are needed, and counted when they are not known.
    std::optional<Wanted> current(const fleet::DeviceActor& device, bool digests);
    // Errors: not_found. May look at the file system.
    base::Result<std::filesystem::path> file(const Wanted& wanted);
    // The report counts as newer than what was taken before. Durable before `done`. Errors: not_found,
    // invalid, unavailable.
    void report(fleet::DeviceActor device, ports::DeploymentId deployment, install::ReportSeen report,
                shard::Completion<install::Outcome> done);
    // The device just said what it runs, and that was written down: the proof of an update, also of one that
    // was given up, or that it fell back.
    void prove(fleet::Polling& polling, const fleet::DeviceActor& device,
               std::function<void(base::Status)> done);
    // Its own log of a deployment that failed, into its history.
    void note_log(const fleet::DeviceActor& device, ports::DeploymentId deployment, std::string lines,
                  std::function<void(base::Status)> done);

  private:
    void number(fleet::DeviceActor device, ports::DeploymentId deployment, install::ReportSeen report,
                unsigned tries, shard::Completion<install::Outcome> done);
    void count(device::TenantId tenant, const base::Digest256& artifact);
    void keep(device::TenantId tenant, const base::Digest256& artifact, std::string body);

    fleet::Core& core_;
    rollouts::Rollouts& rollouts_;
    ports::Blobs& blobs_;
    ports::Executor& background_;
    base::LogSink& log_;
    base::Mutex mutex_;
    // Being counted, or not to be counted again before that moment of the steady clock.
    std::map<base::Digest256, base::Duration> counting_ GUARDED_BY(mutex_);
};

} // namespace oakum::exchange
