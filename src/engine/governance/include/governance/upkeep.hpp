// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <governance/retention.hpp>
#include <ports/clock.hpp>
#include <ports/store.hpp>
#include <shard/control.hpp>

#include <atomic>
#include <functional>
#include <vector>

namespace oakum::governance {

// Lets the store and the memory forget by what people decided (`Retentions`), in bounded steps on an executor
// of its own, so that commits go on in between. Before audit records go, an anchor for them is in the log.
class Upkeep {
  public:
    // Rows of each table and step.
    static constexpr std::size_t kStep = 500;
    // Audit records that one day takes; the rest goes on the next.
    static constexpr std::uint64_t kMostAudit = 100'000;
    // What happened to devices, what was found, packs and audit records are looked for once in this time; the
    // rest in each round.
    static constexpr std::chrono::hours kDailyEvery{24};

    Upkeep(ports::Pruner& pruner, ports::EvidencePruner& evidence, ports::History& history,
           shard::Writer& writer, shard::ControlTables& control, ports::Executor& executor,
           ports::Clock& clock, base::LogSink& log)
        : pruner_(pruner), evidence_(evidence), history_(history), writer_(writer), control_(control),
          executor_(executor), clock_(clock), log_(log) {}

    // Before the first round.
    void heed(Reports& reports) { packs_ = &reports; }
    // One round over everything; nothing when one is under way. Any thread.
    void begin_round();
    // Since the start: rows that only helped; and evidence, by what it was.
    struct Forgotten {
        std::uint64_t rows = 0, audit = 0, findings = 0, reports = 0;
    };
    Forgotten forgotten() const { return {rows_, audit_, findings_, reports_}; }

  private:
    void prepare();
    void anchor(std::size_t number);
    void step();
    void audit_step();
    void findings_step();
    void remove_reports();
    void tell();
    void end();
    void give_up(const std::string& what, const base::Error& error);

    ports::Pruner& pruner_;
    ports::EvidencePruner& evidence_;
    ports::History& history_;
    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Executor& executor_;
    ports::Clock& clock_;
    base::LogSink& log_;
    Reports* packs_ = nullptr;
    std::atomic<bool> under_way_{false};
    std::atomic<std::uint64_t> rows_{0}, audit_{0}, findings_{0}, reports_{0};
    // Of the round under way; the executor's.
    ports::Older older_;
    retention::Policy policy_;
    std::vector<device::TenantId> tenants_;
    std::vector<std::pair<device::TenantId, std::uint64_t>>
        through_; // audit records that an anchor stands for
    bool daily_ = false;
    base::TimePoint daily_due_{};
    Forgotten told_; // what the audit log was told of
};

} // namespace oakum::governance
