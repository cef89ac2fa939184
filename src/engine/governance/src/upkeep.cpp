// SPDX-License-Identifier: Apache-2.0
#include <governance/upkeep.hpp>

namespace oakum::governance {
namespace {

// Between two steps, so that commits come first.
constexpr base::Duration kBreath = std::chrono::milliseconds(20);

} // namespace

void Upkeep::begin_round() {
    if (under_way_.exchange(true)) return;
    executor_.post([this] {
        const base::TimePoint now = clock_.now();
        retention_.events_before = now >= events_due_ ? now - periods_.events : base::TimePoint();
        retention_.changes_before = now - periods_.changes;
        retention_.idempotency_before = now - periods_.idempotency;
        retention_.sessions_before = now - periods_.sessions;
        retention_.tokens_before = now - periods_.tokens;
        retention_.jobs_before = now - periods_.jobs;
        retention_.alarms_before = now - periods_.alarms;
        retention_.messages_before = now - periods_.messages;
        retention_.edits_before = now - periods_.edits;
        step();
    });
}

void Upkeep::step() {
    const auto pruned = pruner_.prune(retention_, kStep);
    if (!pruned.ok()) {
        log_.write(base::LogLevel::warning, "upkeep",
                   "what is old could not be removed from the store; it is tried again: " +
                       pruned.error().text());
        under_way_ = false;
        return;
    }
    forgotten_ += pruned->rows;
    if (!pruned->finished) return executor_.post_after(kBreath, [this] { step(); });
    control_.forget(retention_);
    if (retention_.events_before > base::TimePoint()) events_due_ = clock_.now() + kEventsEvery;
    under_way_ = false;
}

} // namespace oakum::governance
