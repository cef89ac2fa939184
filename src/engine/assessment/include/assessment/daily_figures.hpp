// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/assessor.hpp>
#include <assessment/standing.hpp>
#include <ports/daily_records.hpp>
#include <shard/clock_watch.hpp>

#include <atomic>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace oakum::assessment {

// The day that a moment is of: its midnight, UTC.
base::TimePoint day_of(base::TimePoint at);

// What the devices of each part of a census add up to, as the row of that day; without what was verified.
// The census was taken with the limits of `lengths`.
std::vector<ports::FiguresRow> add_up(const fleet::Census& census,
                                      const std::vector<const Standing*>& standings, const Lengths& lengths,
                                      base::TimePoint now);

// Advisories that are known to be exploited and open on devices, by name: on how many, and in which groups.
using Hits = std::map<std::string, std::set<device::GroupId>>;

// Keeps the figures of each day and group, what versions its models ran, and the marks beside them: a cursor
// on the change feed, stored with what it has counted, so that each verified update is counted once whatever
// happens in between. The fleet is counted again when something changed in it, and then at most a hundredth
// of the time is spent on that.
class DailyFigures {
  public:
    static constexpr base::Duration kShortest = std::chrono::seconds(10); // between two counts
    static constexpr base::Duration kLongest = std::chrono::hours(1);     // deadlines pass by themselves
    static constexpr int kShare = 100;

    DailyFigures(fleet::Core& core, const Assessor& assessor, ports::DailyRecords& records,
                 const shard::ClockWatch& watch, ports::Executor& looks, base::LogSink& log)
        : core_(core), assessor_(assessor), records_(records), watch_(watch), looks_(looks), log_(log) {}

    // Each second or so; does nothing when nothing is due. Any thread.
    void look();

  private:
    // What is stored, as far as the next count rests on it. The thread of looks only.
    struct Tenant {
        bool loaded = false, busy = false, failing = false;
        bool first = false;       // nothing was ever counted
        std::uint64_t cursor = 0; // the last change that was counted
        base::TimePoint day{};
        std::map<device::GroupId, ports::FiguresRow> rows; // of that day
        std::optional<Hits> hits;                          // nothing: never looked for
        std::shared_ptr<const AssessedFleet> counted;      // by which the rows were made
        base::TimePoint counted_at{};
        base::Duration not_before{};
        Standings standings;
    };
    // What one count has found, to be stored in one commit.
    struct Count {
        std::uint64_t cursor = 0;
        base::TimePoint day{};
        std::map<device::GroupId, ports::FiguresRow> rows;
        std::vector<ports::FiguresRow> changed; // of earlier days too
        std::vector<ports::MarkRow> marks;
        Hits hits;
        bool hits_changed = false;
        std::vector<ports::DocumentRow>
            adoption; // of that day when it changed; emptied: days that are too old
    };
    // Updates that were verified, by day and group.
    using Verified = std::map<std::pair<base::TimePoint, device::GroupId>, std::uint64_t>;
    // What the change feed tells since a count.
    struct News {
        std::uint64_t cursor = 0; // its last change
        bool moved = false;       // by others than ourselves
        Verified verified;
        std::vector<ports::MarkRow> marks;
    };

    void look(device::TenantId id, Tenant& tenant);
    base::Status load(device::TenantId id, Tenant& tenant);
    base::Result<News> news(device::TenantId id, std::uint64_t after) const;
    base::Status take_in(device::TenantId id, Tenant& tenant, News news,
                         const std::shared_ptr<const AssessedFleet>& assessed, Count& count);
    void note(device::TenantId id, const ports::ChangeRow& change, News& news) const;
    void take_versions(device::TenantId id, const fleet::Census& census, Count& count) const;
    base::Status add(device::TenantId id, const Tenant& tenant, const Verified& verified, Count& count);
    void store(device::TenantId id, Count count);
    void stored(device::TenantId id, Count count, const base::Status& status);

    fleet::Core& core_;
    const Assessor& assessor_;
    ports::DailyRecords& records_;
    const shard::ClockWatch& watch_;
    ports::Executor& looks_; // a look takes seconds at a million devices: nobody waits behind it
    base::LogSink& log_;
    std::atomic<bool> looking_{false};
    std::map<device::TenantId, Tenant> tenants_;
};

} // namespace oakum::assessment
