// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/clock.hpp>
#include <ports/store.hpp>
#include <shard/control.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oakum::shard::test {

class Clock final : public ports::Clock {
  public:
    base::TimePoint now() override { return base::from_unix_ms(1'800'000'000'000) + wall_offset + steady_; }
    base::Duration steady() override { return steady_; }
    base::Duration steady_{}, wall_offset{};
};

// Runs what was posted when told to; time moves only here.
class Executor final : public ports::Executor {
  public:
    explicit Executor(Clock& clock) : clock_(clock) {}
    void post(std::function<void()> work) override { now_.push_back(std::move(work)); }
    void post_after(base::Duration delay, std::function<void()> work) override {
        later_.push_back({clock_.steady() + delay, std::move(work)});
    }
    // One piece of what is to be done now; false: there is none.
    bool step() {
        if (now_.empty()) return false;
        auto work = std::move(now_.front());
        now_.pop_front();
        work();
        return true;
    }
    void run() {
        while (step()) {
        }
    }
    void advance(base::Duration by) {
        const base::Duration end = clock_.steady_ + by;
        for (;;) {
            run();
            const auto next = std::min_element(
                later_.begin(), later_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
            if (next == later_.end() || next->first > end) break;
            clock_.steady_ = std::max(clock_.steady_, next->first);
            auto work = std::move(next->second);
            later_.erase(next);
            work();
        }
        clock_.steady_ = end;
    }

  private:
    Clock& clock_;
    std::deque<std::function<void()>> now_;
    std::vector<std::pair<base::Duration, std::function<void()>>> later_;
};

// Takes one commit at a time and answers when told to.
class Journal final : public ports::Journal, public ports::Loader {
  public:
    void commit(ports::Batch batch, std::function<void(base::Result<std::uint64_t>)> done) override {
        overlapping = overlapping || waiting_.has_value();
        waiting_.emplace(std::move(batch), std::move(done));
    }
    bool busy() const { return waiting_.has_value(); }
    const ports::Batch& batch() const { return waiting_->first; }
    void succeed() {
        auto [batch, done] = std::move(*waiting_);
        waiting_.reset();
        for (const auto& part : batch.shards)
            for (const auto& row : part.rows) {
                if (std::holds_alternative<ports::ChangeRow>(row)) ++changes_;
                stored.emplace_back(Place{part.tenant, part.shard}, row);
            }
        done(changes_);
    }
    void fail(base::Error error) {
        auto done = std::move(waiting_->second);
        waiting_.reset();
        done(std::move(error));
    }
    base::Status load_all(const Visit& visit) override {
        for (const auto& [place, row] : stored)
            TRY(visit(place.tenant, place.shard, ports::Row(row)));
        return {};
    }
    base::Status load_shard(device::TenantId tenant, device::ShardId shard, const Visit& visit) override {
        ++loads;
        if (!readable) return base::unavailable("the disk is gone");
        for (const auto& [place, row] : stored)
            if (place == Place{tenant, shard}) TRY(visit(tenant, shard, ports::Row(row)));
        return {};
    }

    base::Result<Changes> load_changes(std::size_t limit) override {
        Changes changes{changes_, {}};
        std::uint64_t number = 0;
        for (const auto& [place, row] : stored)
            if (const auto* change = std::get_if<ports::ChangeRow>(&row)) {
                changes.newest.emplace_back(place.tenant, *change);
                changes.newest.back().second.number = ++number;
            }
        while (changes.newest.size() > limit)
            changes.newest.erase(changes.newest.begin());
        return changes;
    }

    std::vector<std::pair<Place, ports::Row>> stored;
    bool overlapping = false, readable = true;
    int loads = 0;

  private:
    std::optional<std::pair<ports::Batch, std::function<void(base::Result<std::uint64_t>)>>> waiting_;
    std::uint64_t changes_ = 0;
};

// Device rows and serials, as plainly as can be.
class Devices final : public DeviceTables, public Projection {
  public:
    std::optional<ports::DeviceRow> device(DeviceKey key) const override {
        const auto at = rows.find(key);
        if (at == rows.end()) return std::nullopt;
        return at->second;
    }
    std::vector<device::Fact> facts(DeviceKey key) const override {
        std::vector<device::Fact> found;
        for (const auto& [place, fact] : facts_)
            if (place.first == key) found.push_back(fact);
        return found;
    }
    std::optional<device::Fact> fact(DeviceKey key, std::string_view name) const override {
        const auto at = facts_.find({key, std::string(name)});
        if (at == facts_.end()) return std::nullopt;
        return at->second;
    }
    std::optional<device::DeviceId> by_serial(device::TenantId tenant,
                                              std::string_view serial) const override {
        for (const auto& [place, fact] : facts_)
            if (place.first.tenant == tenant && place.second == device::key::serial && fact.value == serial)
                return place.first.device;
        return std::nullopt;
    }
    std::optional<ports::DeploymentRow> deployment(DeviceKey, ports::DeploymentId) const override {
        return std::nullopt;
    }
    rollout::Counts gate_count(Place, ports::RolloutId, std::uint32_t, std::string_view) const override {
        return {};
    }
    void apply(Place place, const ports::Row& row) override {
        if (const auto* device = std::get_if<ports::DeviceRow>(&row))
            rows.insert_or_assign({place.tenant, device->id}, *device);
        if (const auto* fact = std::get_if<ports::FactRow>(&row))
            facts_.insert_or_assign({{place.tenant, fact->device}, fact->fact.key}, fact->fact);
    }
    void replace(Place place, const std::vector<ports::Row>& read) override {
        ++replaced;
        std::erase_if(rows, [&](const auto& entry) {
            return place_of(entry.first.tenant, entry.first.device) == place;
        });
        for (const auto& row : read)
            apply(place, row);
    }

    std::map<DeviceKey, ports::DeviceRow> rows;
    int replaced = 0;

  private:
    std::map<std::pair<DeviceKey, std::string>, device::Fact> facts_;
};

class Log final : public base::LogSink {
  public:
    void write(base::LogLevel, std::string_view, std::string_view text) override { lines.emplace_back(text); }
    std::vector<std::string> lines;
};

} // namespace oakum::shard::test
