// SPDX-License-Identifier: Apache-2.0
#include "deployments.hpp"

#include <floor/steering.hpp>
#include <rollouts/outcome.hpp>

#include <map>

namespace oakum::rollouts {
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

bool busy(const shard::Transaction& transaction, const ports::DeviceRow& device) {
    if (device.deployment.is_zero()) return false;
    const std::optional<ports::DeploymentRow> row = transaction.deployment(device.id, device.deployment);
    return row && !install::is_terminal(row->state);
}

namespace {

std::string quoted(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') out += c;
    return "\"" + out + "\"";
}

} // namespace

std::string summary_of(const ports::DeploymentRow& row) {
    return R"({"device":)" + quoted(row.device.text()) + R"(,"rollout":)" + quoted(row.rollout.text()) +
           R"(,"state":)" + quoted(install::to_string(row.state)) + R"(,"reason":)" +
           quoted(install::to_string(row.reason)) + (row.is_rollback ? R"(,"back":true})" : "}");
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
    return row.is_rollback ? rollout::outcome_of_way_back(row.state) : rollout::outcome_of(row.state);
}

} // namespace oakum::rollouts
