// SPDX-License-Identifier: Apache-2.0
#include <contract/store_contract.hpp>
#include <memory/lossy_store.hpp>

#include <deque>

namespace oakum::memory {
namespace {

class Queue final : public ports::Executor {
  public:
    void post(std::function<void()> work) override { work_.push_back(std::move(work)); }
    void post_after(base::Duration, std::function<void()> work) override { work_.push_back(std::move(work)); }
    bool run_one() {
        if (work_.empty()) return false;
        auto work = std::move(work_.front());
        work_.pop_front();
        work();
        return true;
    }

  private:
    std::deque<std::function<void()>> work_;
};

class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(
                (state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
    }

  private:
    std::uint64_t state_ = 42;
};

// Opening again gives the same store: it lives as long as its process.
struct MemoryUnderTest {
    Queue queue;
    Store store{queue};
    ports::Journal& journal() { return store; }
    ports::Loader& loader() { return store; }
    ports::History& history() { return store; }
    ports::DailyRecords& daily() { return store; }
    void drive() { queue.run_one(); }
    void reopen() {}
};

ports::Batch document(const std::string& name) {
    ports::Batch batch;
    batch.shards.push_back({device::kDefaultTenant, device::kControlShard, {ports::DocumentRow{name, "x"}}});
    return batch;
}

std::size_t documents(const Tables& tables) {
    std::size_t count = 0;
    CHECK(tables
              .load([&](ports::TenantId, ports::ShardId, ports::Row) -> base::Status {
                  ++count;
                  return {};
              })
              .ok());
    return count;
}

} // namespace

TEST_CASE("a crash before the sync loses the commit or keeps it, and never acknowledges it") {
    int kept = 0;
    Dice dice;
    for (int round = 0; round < 64; ++round) {
        Queue queue;
        LossyStore store(queue, dice,
                         {.slowest = base::Duration(100), .failures = 0, .unreadable = 0, .lies = false});
        bool told = false;
        store.commit(document("a"), [&](base::Result<std::uint64_t>) { told = true; });
        store.crash();
        while (queue.run_one()) {
        }
        CHECK(!told);
        kept += documents(store.durable()) == 1;
    }
    CHECK(kept > 0);
    CHECK(kept < 64);
}

TEST_CASE("a commit that was acknowledged survives a crash, unless the store lies") {
    for (const bool lies : {false, true}) {
        Dice dice;
        Queue queue;
        LossyStore store(queue, dice,
                         {.slowest = base::Duration(100), .failures = 0, .unreadable = 0, .lies = lies});
        bool told = false;
        store.commit(document("a"), [&](base::Result<std::uint64_t> result) { told = result.ok(); });
        while (queue.run_one()) {
        }
        CHECK(told);
        store.crash();
        CHECK(documents(store.durable()) == (lies ? 0U : 1U));
    }
}

TEST_CASE("a commit that failed leaves nothing") {
    Dice dice;
    Queue queue;
    LossyStore store(queue, dice, {.slowest = {}, .failures = 1000, .unreadable = 0, .lies = false});
    std::optional<base::Result<std::uint64_t>> answer;
    store.commit(document("a"), [&](base::Result<std::uint64_t> result) { answer = result; });
    while (queue.run_one()) {
    }
    REQUIRE(answer);
    CHECK(answer->error().kind == base::ErrorKind::unavailable);
    store.crash();
    CHECK(documents(store.durable()) == 0);
}

} // namespace oakum::memory

using oakum::memory::MemoryUnderTest;
OAKUM_STORE_CONTRACT(MemoryUnderTest)
