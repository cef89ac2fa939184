// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <http/server.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace oakum::http {

// Of one io thread, so that threads do not share a cache line; read by any.
struct alignas(64) Counters {
    using Count = std::atomic<std::uint64_t>;
    Count handshakes_full{0};
    Count handshakes_resumed{0};
    Count handshakes_failed{0};
    Count requests{0};
    Count malformed{0};
    Count shed{0};
    Count timeouts{0};
    Count responses[6] = {};
    Count bytes_in{0};
    Count bytes_out{0};

    static void add(Count& count, std::uint64_t by = 1) { count.fetch_add(by, std::memory_order_relaxed); }
};

// How much one peer, known by its address or certificate, uses at the moment.
struct Account {
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> requests{0};
};

// All peers that have a connection now. Called from all io threads.
class Accounts {
  public:
    // Null when the peer has as many connections as it may.
    std::shared_ptr<Account> open(const std::string& key, std::size_t limit) {
        const std::lock_guard lock(mutex_);
        // Shared by the connections of one peer; the table forgets it with the last of them.
        std::shared_ptr<Account>& account = accounts_[key];
        if (!account) account = std::make_shared<Account>();
        if (account->connections >= limit) return nullptr;
        ++account->connections;
        return account;
    }
    void close(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const auto found = accounts_.find(key);
        if (found != accounts_.end() && --found->second->connections == 0) accounts_.erase(found);
    }

  private:
    std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<Account>> accounts_; // guarded by mutex_
};

// Counts up for as long as it lives.
class Held {
  public:
    Held() = default;
    Held(std::atomic<std::size_t>& count, std::size_t by) : count_(&count), by_(by) {}
    // Nothing is held, and `held()` is false, when the count would exceed the limit.
    static Held up_to(std::atomic<std::size_t>& count, std::size_t by, std::size_t limit) {
        if (count.fetch_add(by, std::memory_order_relaxed) + by <= limit) return Held(count, by);
        count.fetch_sub(by, std::memory_order_relaxed);
        return {};
    }
    Held(Held&& other) noexcept : count_(std::exchange(other.count_, nullptr)), by_(other.by_) {}
    Held& operator=(Held&& other) noexcept {
        std::swap(count_, other.count_);
        std::swap(by_, other.by_);
        return *this;
    }
    ~Held() {
        if (count_ != nullptr) count_->fetch_sub(by_, std::memory_order_relaxed);
    }
    bool held() const { return count_ != nullptr; }

  private:
    std::atomic<std::size_t>* count_ = nullptr;
    std::size_t by_ = 0;
};

} // namespace oakum::http
