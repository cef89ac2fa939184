// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <fleet/live_fleet.hpp>
#include <schedule/rulebook.hpp>
#include <schedule/zones.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::schedules {

// One tenant's rules as polls use them. Immutable but for what was worked out, which any thread may add to.
class Book {
  public:
    Book(std::vector<schedule::Rule> rules, schedule::Zones& zones)
        : rules_(std::move(rules), zones), zones_(zones) {}

    const std::vector<schedule::Rule>& rules() const { return rules_.rules(); }

    // Bit i: the i-th rule binds the device and a rollout of that priority. Allocates nothing.
    std::uint64_t bound(const fleet::Glance& device, schedule::Priority priority) const {
        return rules_.bound(device, priority);
    }
    // Shared because the next day's takes its place. Allocates only for the first device of its kind.
    std::shared_ptr<const schedule::Openings> openings(std::uint64_t bound, const fleet::Glance& device,
                                                       base::TimePoint now) const;
    // Of a time that is over, or of any: worked out each time.
    schedule::Openings between(std::uint64_t bound, std::string_view zone, base::TimePoint from,
                               base::TimePoint to) const;

  private:
    struct Key {
        std::uint64_t bound = 0;
        const schedule::ZoneRules* zone = nullptr; // of the device; null: not known
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const {
            return std::hash<std::uint64_t>{}(key.bound * 0x9E3779B97F4A7C15ULL) ^
                   std::hash<const void*>{}(key.zone);
        }
    };
    static constexpr std::size_t kMostKnown = 16'384;
    const schedule::Rulebook rules_;
    schedule::Zones& zones_;
    mutable base::SharedMutex mutex_;
    mutable std::unordered_map<Key, std::shared_ptr<const schedule::Openings>, Hash>
        known_ GUARDED_BY(mutex_);
};

} // namespace oakum::schedules
