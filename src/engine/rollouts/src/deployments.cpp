// SPDX-License-Identifier: Apache-2.0
#include "deployments.hpp"

#include <floor/steering.hpp>
#include <rollouts/outcome.hpp>

#include <map>

namespace oakum::rollouts {
namespace {

using install::State;

// Where a device on its way to the release is counted; nothing for a deployment that was taken back, which
// leaves the wave.
std::uint32_t* forth(rollout::Counts& counts, State state) {
    switch (state) {
    case State::verified:
        return &counts.verified;
    case State::failed:
    case State::expired:
        return &counts.failed;
    case State::rolled_back:
        return &counts.rolled_back;
    case State::silent:
        return &counts.silent;
    case State::withdrawn:
    case State::superseded:
        return nullptr;
    case State::offered:
    case State::downloading:
    case State::downloaded:
    case State::awaiting_window:
    case State::awaiting_user:
    case State::installing:
    case State::rebooting:
    case State::installed:
    case State::soaking:
    case State::cancelling:
        return &counts.pending;
    }
    return nullptr;
}

// Where it is counted once it is ordered back: it stays in its wave whatever becomes of that.
std::uint32_t* back(rollout::Counts& counts, State state) {
    if (state == State::verified) return &counts.rolled_back;
    return install::is_terminal(state) ? &counts.failed : &counts.pending;
}

void decrease(std::uint32_t& count) {
    if (count > 0) --count;
}

void move(rollout::Counts& counts, std::uint32_t* from, std::uint32_t* to) {
    if (from == to) return;
    if (from != nullptr) decrease(*from);
    if (to != nullptr) ++*to;
    if (from != nullptr && to == nullptr) decrease(counts.started);
    if (from == nullptr && to != nullptr) ++counts.started;
}

} // namespace

install::Deployment value_of(const ports::DeploymentRow& row) {
    install::Deployment value;
    value.state = row.state;
    value.reason = row.reason;
    value.detail = row.detail;
    value.attempt = row.attempt;
    value.transient_failures = row.transient_failures;
    value.sequence = row.sequence;
    value.progress_percent = row.progress_percent;
    value.version_after = row.version_after;
    value.state_at = row.state_at;
    value.deadline = row.deadline;
    value.soak_until = row.soak_until;
    value.resumed = row.resumed;
    return value;
}

std::string runs_now(const shard::Transaction& transaction, const ports::DeviceRow& device) {
    if (!device.certificate_serial.empty()) return device.running_version;
    const auto value = [&](std::string_view key) {
        const auto fact = transaction.fact(device.id, key);
        return fact ? fact->value : std::string();
    };
    return floor::level_running(value(device::key::os_version), value(device::key::patch_level));
}

void write_back(const install::Deployment& value, ports::DeploymentRow& row) {
    row.state = value.state;
    row.reason = value.reason;
    row.detail = value.detail;
    row.attempt = value.attempt;
    row.transient_failures = value.transient_failures;
    row.sequence = value.sequence;
    row.progress_percent = value.progress_percent;
    row.version_after = value.version_after;
    row.state_at = value.state_at;
    row.deadline = value.deadline;
    row.soak_until = value.soak_until;
    row.resumed = value.resumed;
}

void WaysBack::note(const ports::DeploymentRow& row) {
    if (!row.is_rollback) return;
    const auto [at, fresh] = newest_.try_emplace(row.device, Newest{row.offered_at, row.id});
    if (!fresh && at->second.offered_at < row.offered_at) at->second = {row.offered_at, row.id};
}

Outcome WaysBack::outcome_of(const ports::DeploymentRow& row) const {
    if (const auto ordered = newest_.find(row.device);
        ordered != newest_.end() && ordered->second.id != row.id)
        return Outcome::none;
    rollout::Counts counts;
    const std::uint32_t* counted = row.is_rollback ? back(counts, row.state) : forth(counts, row.state);
    return counted == nullptr               ? Outcome::none
           : counted == &counts.pending     ? Outcome::pending
           : counted == &counts.verified    ? Outcome::verified
           : counted == &counts.failed      ? Outcome::failed
           : counted == &counts.rolled_back ? Outcome::rolled_back
                                            : Outcome::silent;
}

void recount(rollout::Counts& counts, State before, State after) {
    move(counts, forth(counts, before), forth(counts, after));
}

void recount_ordered_back(rollout::Counts& counts, State before, State ordered) {
    move(counts, forth(counts, before), back(counts, ordered));
}

void recount_rollback(rollout::Counts& counts, State before, State after) {
    move(counts, back(counts, before), back(counts, after));
}

} // namespace oakum::rollouts
