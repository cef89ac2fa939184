// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory/lossy_store.hpp>

namespace oakum::memory {

using namespace ports;

std::uint32_t LossyStore::draw(std::uint32_t below) {
    std::array<std::uint8_t, 4> bytes{};
    random_.fill(bytes);
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes)
        value = value << 8 | byte;
    return below == 0 ? 0 : value % below;
}

base::Result<std::uint64_t> LossyStore::write(const Batch& batch) {
    auto result = durable_.commit(batch);
    if (result.ok() && watcher_) watcher_(batch);
    return result;
}

void LossyStore::commit(Batch batch, std::function<void(base::Result<std::uint64_t>)> done) {
    const auto slowest = static_cast<std::uint32_t>(misbehaviour_.slowest.count());
    const base::Duration delay(draw(slowest + 1));
    const bool fails = draw(1000) < misbehaviour_.failures;
    const std::uint64_t life = life_;
    if (fails) {
        executor_.post_after(delay, [this, life, done = std::move(done)] {
            if (life == life_) done(base::unavailable("the disk is full"));
        });
        return;
    }
    if (misbehaviour_.lies) {
        // Acknowledged now; durable only when the next commit comes by.
        for (Pending& earlier : unsynced_)
            (void)write(earlier.batch).ok();
        unsynced_.clear();
        Tables foreseen = durable_;
        auto result = foreseen.commit(batch);
        if (result.ok()) unsynced_.push_back({std::move(batch), life});
        executor_.post([this, life, done = std::move(done), result = std::move(result)]() mutable {
            if (life == life_) done(std::move(result));
        });
        return;
    }
    unsynced_.push_back({std::move(batch), life});
    executor_.post_after(delay, [this, life, done = std::move(done)] {
        if (life != life_) return;
        auto result = write(unsynced_.front().batch);
        unsynced_.erase(unsynced_.begin());
        done(std::move(result));
    });
}

base::Status LossyStore::load_all(const Visit& row) {
    return durable_.load(row);
}

base::Status LossyStore::load_shard(TenantId tenant, ShardId shard, const Visit& row) {
    if (draw(1000) < misbehaviour_.unreadable) return base::unavailable("the disk does not answer");
    return durable_.load(tenant, shard, row);
}

base::Result<Loader::Changes> LossyStore::load_changes(std::size_t limit) {
    return durable_.newest_changes(limit);
}

void LossyStore::crash() {
    ++life_;
    // The sync may have ended just before the power went: durable, and nobody was told.
    if (!misbehaviour_.lies)
        for (Pending& pending : unsynced_)
            if (draw(2) == 0) (void)write(pending.batch).ok();
    unsynced_.clear();
}

} // namespace oakum::memory
