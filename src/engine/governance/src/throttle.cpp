// SPDX-License-Identifier: Apache-2.0
#include <governance/throttle.hpp>

#include <algorithm>

namespace oakum::governance {
namespace {

constexpr base::Duration kForget = std::chrono::hours(1);

} // namespace

std::optional<base::Duration> Throttle::attempt(const std::string& key, base::Duration steady) {
    base::Lock lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) {
        Entry& entry = *found->second;
        if (steady < entry.until) return entry.until - steady;
        if (steady - entry.last > kForget) entry.failures = 0;
        entries_.splice(entries_.begin(), entries_, found->second);
    } else {
        if (entries_.size() >= limits_.capacity) {
            index_.erase(entries_.back().key);
            entries_.pop_back();
        }
        entries_.push_front({.key = key, .failures = 0, .last = {}, .until = {}});
        index_[key] = entries_.begin();
    }
    Entry& entry = entries_.front();
    ++entry.failures;
    entry.last = steady;
    entry.until = {};
    if (entry.failures >= limits_.free) {
        const auto doublings = std::min<std::uint32_t>(entry.failures - limits_.free, 20);
        entry.until =
            steady + std::min(base::Duration(std::chrono::seconds(1)) * (1 << doublings), limits_.longest);
    }
    return std::nullopt;
}

std::optional<base::Duration> Throttle::wait(const std::string& key, base::Duration steady) const {
    base::Lock lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end() || steady >= found->second->until) return std::nullopt;
    return found->second->until - steady;
}

void Throttle::succeeded(const std::string& key) {
    base::Lock lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) {
        entries_.erase(found->second);
        index_.erase(found);
    }
}

std::size_t Throttle::size() const {
    base::Lock lock(mutex_);
    return entries_.size();
}

} // namespace oakum::governance
