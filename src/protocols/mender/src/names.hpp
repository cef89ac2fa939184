// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <device/facts.hpp>
#include <exchange/rate_limit.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace oakum::mender {

// The name of a fact is a column of the whole fleet that is never freed. A name that was seen before is free
// for all; of others a device brings so many at once, and so many a day. What is known goes with the process.
// Any thread.
class Names {
  public:
    static constexpr std::uint32_t kAtOnce = 256, kADay = 128;
    static constexpr std::size_t kMostKnown = 16'384;

    Names(std::uint64_t key0, std::uint64_t key1)
        : fresh_({.per_second = 1, .burst = kAtOnce}, 1 << 16, key0, key1) {}

    // Who brings them: a device, or all that stand behind one token.
    struct Bringer {
        std::uint64_t high = 0, low = 0;
    };
    // Takes out what may not be brought; how many. `held`: what the device has, sorted by key.
    std::size_t bound(std::map<std::string, std::string>& facts, const std::vector<device::Fact>& held,
                      Bringer bringer, base::Duration steady);

  private:
    void remember(const std::string& name) REQUIRES(mutex_);

    exchange::RateLimit fresh_;
    base::Mutex mutex_;
    std::set<std::string, std::less<>> known_ GUARDED_BY(mutex_);
};

} // namespace oakum::mender
