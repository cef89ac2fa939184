// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace oakum::governance {

// Makes guessing slow. After `free` failures of a key each further one doubles its wait, from a second up to
// `longest`; a quiet hour forgets it. Holds at most `capacity` keys, of which the one longest untouched goes
// first. Monotonic time only. Callable from any thread.
class Throttle {
  public:
    struct Limits {
        std::uint32_t free = 5;
        base::Duration longest = std::chrono::minutes(15);
        std::size_t capacity = 8192;
    };
    explicit Throttle(Limits limits) : limits_(limits) {}

    // Counts an attempt as failed until `succeeded` says otherwise, so that parallel guesses gain nothing.
    // Returns how long the caller has to wait instead, when it has to; then nothing is counted.
    std::optional<base::Duration> attempt(const std::string& key, base::Duration steady);
    // The same answer without counting anything.
    std::optional<base::Duration> wait(const std::string& key, base::Duration steady) const;
    void succeeded(const std::string& key);
    std::size_t size() const;

  private:
    struct Entry {
        std::string key;
        std::uint32_t failures = 0;
        base::Duration last{};
        base::Duration until{};
    };
    const Limits limits_;
    mutable base::Mutex mutex_;
    std::list<Entry> entries_ GUARDED_BY(mutex_); // newest first
    std::unordered_map<std::string, std::list<Entry>::iterator> index_ GUARDED_BY(mutex_);
};

} // namespace oakum::governance
