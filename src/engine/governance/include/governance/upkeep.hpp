// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/log.hpp>
#include <ports/clock.hpp>
#include <ports/store.hpp>
#include <shard/control.hpp>

#include <atomic>
#include <functional>

namespace oakum::governance {

// How long what is not kept for ever is kept (design 7). The audit log is never touched.
struct Periods {
    std::chrono::hours events{24 * 400}; // what happened to devices
    std::chrono::hours changes{24 * 7};  // of the change feed: longer than a screen or a webhook is away
    std::chrono::hours idempotency{24};  // answers of requests with a key
    std::chrono::hours sessions{24 * 7}; // after they ended; the audit log keeps who signed in
    std::chrono::hours tokens{24 * 400}; // API and enrolment tokens, after they ended
    std::chrono::hours jobs{24 * 90};    // after they ended
    std::chrono::hours alarms{24 * 400}; // after they were closed
    std::chrono::hours messages{24 * 7}; // after they were delivered or given up
    std::chrono::hours edits{24 * 400};  // imports and bulk actions, with what undoes them
};

// Lets the store and the memory forget, in bounded steps on an executor of its own, so that commits go on in
// between.
class Upkeep {
  public:
    // Rows of each table and step.
    static constexpr std::size_t kStep = 500;
    // What happened to devices is looked for once in this time, device by device; the rest in each round.
    static constexpr std::chrono::hours kEventsEvery{24};

    Upkeep(ports::Pruner& pruner, shard::ControlTables& control, ports::Executor& executor,
           ports::Clock& clock, base::LogSink& log, Periods periods = {})
        : pruner_(pruner), control_(control), executor_(executor), clock_(clock), log_(log),
          periods_(periods) {}

    // One round over everything; nothing when one is under way. Any thread.
    void begin_round();
    // Rows that the store forgot since the start.
    std::uint64_t forgotten() const { return forgotten_; }

  private:
    void step();

    ports::Pruner& pruner_;
    shard::ControlTables& control_;
    ports::Executor& executor_;
    ports::Clock& clock_;
    base::LogSink& log_;
    const Periods periods_;
    std::atomic<bool> under_way_{false};
    std::atomic<std::uint64_t> forgotten_{0};
    ports::Retention retention_;   // of the round under way; the executor's
    base::TimePoint events_due_{}; // the executor's
};

} // namespace oakum::governance
