// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "download.hpp"

#include <feed_sync/sync.hpp>

#include <array>
#include <base/thread_annotations.hpp>
#include <memory>

namespace oakum::feed_sync {

// The job "feed sync": fetched on an executor of its own, then imported, then noted.
class Sync::Work final : public shard::JobWork {
  public:
    static std::string payload_of(const std::string& source, assessment::Force force);
    // Errors: invalid (the payload).
    static base::Result<std::unique_ptr<shard::JobWork>> make(Sync& sync, device::TenantId tenant,
                                                              const std::string& payload);
    ~Work() override;

    base::Result<shard::Progress> step() override;

  private:
    // What the two threads share; it outlives the job when that is cancelled.
    struct Run;
    Work(Sync& sync, device::TenantId tenant) : sync_(sync), tenant_(tenant) {}

    base::Result<shard::Progress> begin();
    base::Result<shard::Progress> watch();
    base::Result<shard::Progress> import_what_is_new();
    base::Result<shard::Progress> go_on_importing();
    base::Result<shard::Progress> end();
    void note(const std::string& error, bool refused);
    std::string payload() const;
    std::string told() const;

    Sync& sync_;
    const device::TenantId tenant_;
    std::string name_;
    assessment::Force force_ = assessment::Force::no;
    int stage_ = 0;
    std::shared_ptr<Run> run_; // shared with the thread that fetches
    Walked walked_;
    std::string import_payload_;
    std::unique_ptr<assessment::ImportWork> import_;
    std::string import_ended_;
    bool waited_ = false, import_failed_ = false;
};

} // namespace oakum::feed_sync
