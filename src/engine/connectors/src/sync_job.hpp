// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/sync.hpp>
#include <fleet/uptake.hpp>

#include <base/thread_annotations.hpp>
#include <memory>
#include <unordered_set>

namespace oakum::connectors {

// What becomes of a sync, as it is noted. Within a command of the control shard.
struct Ending {
    std::string name;
    std::string error; // empty: it went well
    bool refused = false;
    std::optional<Figures> figures;                                   // of a sweep that came to its end
    std::optional<std::map<std::string, connector::Missing>> missing; // of one that counts
    std::optional<base::Duration> retry_after;
    std::uint32_t dice = 0;
};
base::Status note_ending(shard::Transaction& transaction, const Ending& ending);

// The job "connector sync": a page is fetched on an executor of its own, taken up, and then the next.
class Sync::Work final : public shard::JobWork {
  public:
    static std::string payload_of(const std::string& connector, connector::Trust trust);
    // Errors: invalid (the payload).
    static base::Result<std::unique_ptr<shard::JobWork>> make(Sync& sync, device::TenantId tenant,
                                                              const std::string& payload);
    ~Work() override;

    base::Result<shard::Progress> step() override;

  private:
    // What the threads share; it outlives the job when that is cancelled.
    struct Run;
    enum class Stage : std::uint8_t { begin, devices, take, apps, take_apps, sweep, end };
    Work(Sync& sync, device::TenantId tenant) : sync_(sync), tenant_(tenant) {}

    base::Result<shard::Progress> begin();
    base::Result<shard::Progress> fetch_devices();
    base::Result<shard::Progress> take_devices();
    base::Result<shard::Progress> fetch_apps();
    base::Result<shard::Progress> take_apps();
    base::Result<shard::Progress> sweep();
    base::Result<shard::Progress> end();
    base::Result<shard::Progress> fail(const base::Error& error);
    // Waits until the other threads are through with what they were given.
    shard::Progress waiting(std::string detail);
    shard::Progress telling(std::string detail) const;
    base::Status follow(const std::string& next);
    std::string payload() const;
    Figures figures() const;
    std::string told() const;

    Sync& sync_;
    const device::TenantId tenant_;
    std::string name_;
    connector::Trust trust_ = connector::Trust::normal;
    Stage stage_ = Stage::begin;
    std::shared_ptr<Run> run_;
    std::unique_ptr<fleet::Uptake> uptake_;
    std::string title_, cursor_;
    bool with_apps_ = false;
    bool whole_ = true;    // every device was looked at in this one run
    bool resumed_ = false; // after a restart, and nothing was read since
    std::uint64_t pages_ = 0, devices_ = 0;
    std::unordered_set<std::string> cursors_; // where this sweep was already
    std::map<std::string, std::vector<component::Component>> apps_;
    std::uint64_t app_entries_ = 0;
    Ending ending_;
};

} // namespace oakum::connectors
