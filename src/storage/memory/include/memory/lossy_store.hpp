// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory/store.hpp>

namespace oakum::memory {

// How a simulated disk misbehaves; shares are parts of a thousand.
struct Misbehaviour {
    base::Duration slowest{};     // a sync takes between nothing and this long
    std::uint32_t failures = 0;   // commits that are refused, with nothing durable
    std::uint32_t unreadable = 0; // reads of a shard that fail
    bool lies = false;            // acknowledges before it is durable: what the simulation has to catch
};

// A store for simulations: a commit becomes durable when its sync ends, and what was not synced at a crash is
// lost, or durable without anybody having been told, as the dice fall. Everything is decided by the Random
// port.
class LossyStore final : public ports::Journal, public ports::Loader {
  public:
    LossyStore(ports::Executor& executor, ports::Random& random, Misbehaviour misbehaviour)
        : executor_(executor), random_(random), misbehaviour_(misbehaviour) {}

    void commit(ports::Batch batch, std::function<void(base::Result<std::uint64_t>)> done) override;
    base::Status load_all(const Visit& row) override;
    base::Status load_shard(ports::TenantId tenant, ports::ShardId shard, const Visit& row) override;
    base::Result<Changes> load_changes(std::size_t limit) override;

    // The machine lost its power: no completion of before is called any more.
    void crash();
    void misbehave(Misbehaviour misbehaviour) { misbehaviour_ = misbehaviour; }
    // Called for each batch at the moment it becomes durable, told or not.
    void watch(std::function<void(const ports::Batch&)> watcher) { watcher_ = std::move(watcher); }
    // What a start after a crash would find.
    const Tables& durable() const { return durable_; }

  private:
    std::uint32_t draw(std::uint32_t below);
    base::Result<std::uint64_t> write(const ports::Batch& batch);
    struct Pending {
        ports::Batch batch;
        std::uint64_t life;
    };

    ports::Executor& executor_;
    ports::Random& random_;
    Misbehaviour misbehaviour_;
    Tables durable_;
    std::function<void(const ports::Batch&)> watcher_;
    std::vector<Pending> unsynced_;
    std::uint64_t life_ = 0; // counts crashes: completions of an earlier life are void
};

} // namespace oakum::memory
