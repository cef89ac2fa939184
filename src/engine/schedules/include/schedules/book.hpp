// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <fleet/live_fleet.hpp>
#include <schedule/openings.hpp>
#include <schedule/zones.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace oakum::schedules {

// One tenant's rules as polls use them. Immutable but for what was worked out, which any thread may add to.
class Book {
  public:
    // Rules whose query cannot be read bind every device: a freeze is not lost by a mistake.
    Book(std::vector<schedule::Rule> rules, schedule::Zones& zones);

    const std::vector<schedule::Rule>& rules() const { return rules_; }

    // Bit i: the i-th rule binds the device and a rollout of that priority. Allocates nothing.
    std::uint64_t bound(const fleet::Glance& device, schedule::Priority priority) const;
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
    std::vector<schedule::Bound> rules_of(std::uint64_t bound, const schedule::ZoneRules* zone) const;

    static constexpr std::size_t kMostKnown = 16'384;
    const std::vector<schedule::Rule> rules_;
    std::vector<std::optional<device::Query>> queries_;
    // Shared with the port, which keeps them too. By rule: of its own clock, and of devices without a zone.
    std::vector<std::shared_ptr<const schedule::ZoneRules>> own_zones_, spare_zones_;
    schedule::Zones& zones_;
    mutable base::SharedMutex mutex_;
    mutable std::unordered_map<Key, std::shared_ptr<const schedule::Openings>, Hash>
        known_ GUARDED_BY(mutex_);
};

} // namespace oakum::schedules
