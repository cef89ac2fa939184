// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <connectors/sync.hpp>
#include <fleet/uptake.hpp>

#include <atomic>
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
    enum class Stage : std::uint8_t {
        begin,
        devices,
        take,
        apps,
        take_apps,
        sweep,
        steer,
        list_tasks,
        plan,
        begin_task,
        send,
        end_task,
        end
    };
    Work(Sync& sync, device::TenantId tenant) : sync_(sync), tenant_(tenant) {}

    base::Result<shard::Progress> begin();
    base::Result<shard::Progress> fetch_devices();
    base::Result<shard::Progress> take_devices();
    base::Result<shard::Progress> fetch_apps();
    base::Result<shard::Progress> take_apps();
    base::Result<shard::Progress> sweep();
    // What rollouts ask of its phones, one after the other: planned by asking, noted, sent, noted.
    base::Result<shard::Progress> steer();
    base::Result<shard::Progress> list_tasks();
    base::Result<shard::Progress> plan_task();
    base::Result<shard::Progress> begin_task();
    base::Result<shard::Progress> send();
    base::Result<shard::Progress> end_task();
    base::Result<shard::Progress> miss_task(const base::Error& why);
    base::Result<shard::Progress> note_task(base::Status sent);
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
    bool with_apps_ = false, steers_ = false;
    bool whole_ = true;    // every device was looked at in this one run
    bool resumed_ = false; // after a restart, and nothing was read since
    std::uint64_t pages_ = 0, devices_ = 0;
    std::unordered_set<std::string> cursors_; // where this sweep was already
    std::map<std::string, std::vector<component::Component>> apps_;
    std::uint64_t app_entries_ = 0;
    std::size_t task_ = 0; // of those that are to be done, the present one
    std::uint64_t told_ = 0, put_back_ = 0, not_told_ = 0;
    std::optional<base::Error> missed_; // the last that failed of a phone for another reason than its own
    std::size_t missed_running_ = 0;    // such, one after the other
    Ending ending_;
};

// What the threads share.
struct Sync::Work::Run {
    std::atomic<bool> stopped{false};
    std::unique_ptr<ports::ManagementSystem> system; // one thread at a time
    base::Mutex mutex;
    bool busy GUARDED_BY(mutex) = false;
    std::optional<base::Result<connector::DevicePage>> devices GUARDED_BY(mutex);
    std::optional<base::Result<ports::AppPage>> apps GUARDED_BY(mutex);
    std::vector<Task> tasks GUARDED_BY(mutex);
    std::optional<base::Result<ports::ManagementChange>> change GUARDED_BY(mutex);
    base::Status status GUARDED_BY(mutex); // of what was waited for last
    std::function<void()> go_on GUARDED_BY(mutex);

    void through() {
        std::function<void()> then;
        {
            base::Lock lock(mutex);
            busy = false;
            then.swap(go_on);
        }
        if (then) then();
    }
    void begin() {
        base::Lock lock(mutex);
        busy = true;
    }
};

} // namespace oakum::connectors
