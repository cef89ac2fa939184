// SPDX-License-Identifier: Apache-2.0
// The devices of a rollout: its list, what went wrong on them, and one deployment as it is answered.
#include "rollouts.hpp"

#include <map>
#include <rollouts/outcome.hpp>

namespace oakum::server {

using device::TenantId;
using ports::DeploymentRow;
using ports::RolloutRow;

namespace {

std::string model_of(const DeploymentRow& row) {
    return row.stratum.substr(row.stratum.rfind('/') + 1);
}

// Went wrong, and nobody ordered it.
bool is_wrong(const DeploymentRow& row, rollouts::Outcome outcome) {
    return (outcome == rollouts::Outcome::failed || outcome == rollouts::Outcome::rolled_back ||
            outcome == rollouts::Outcome::silent) &&
           !(row.is_rollback && row.state == install::State::verified);
}

bool has(const DeploymentRow& row, rollouts::Outcome outcome, api::DeploymentFilter::Outcome asked) {
    using Asked = api::DeploymentFilter::Outcome;
    using rollouts::Outcome;
    switch (asked) {
    case Asked::any:
        return true;
    case Asked::started:
        return outcome != Outcome::none;
    case Asked::pending:
        return outcome == Outcome::pending;
    case Asked::verified:
        return outcome == Outcome::verified;
    case Asked::failed:
        return outcome == Outcome::failed;
    case Asked::rolled_back:
        return outcome == Outcome::rolled_back;
    case Asked::silent:
        return outcome == Outcome::silent;
    case Asked::trouble:
        return outcome == Outcome::failed || outcome == Outcome::rolled_back || outcome == Outcome::silent;
    case Asked::wrong:
        return is_wrong(row, outcome);
    }
    return true;
}

bool passes(const DeploymentRow& row, rollouts::Outcome outcome, const api::DeploymentFilter& filter) {
    return (!filter.state || row.state == *filter.state) && (!filter.wave || row.wave == *filter.wave) &&
           (!filter.model || model_of(row) == *filter.model) &&
           (!filter.reason || row.reason == *filter.reason) && has(row, outcome, filter.outcome);
}

// Only of a rollout that does not offer any more are there any.
base::Result<rollouts::WaysBack> ways_back(const Context& context, TenantId tenant, const RolloutRow& row) {
    rollouts::WaysBack back;
    if (rollout::offers(row.state)) return back;
    TRY(context.core.history.each_deployment_of(tenant, row.id, [&](const DeploymentRow& each) {
        back.note(each);
        return true;
    }));
    return back;
}

// Looking at a million deployments takes seconds: what was seen is shown for a few times as long.
constexpr auto kKeptPerRow = std::chrono::microseconds(10);

} // namespace

api::Deployment deployment_view(const Context& context, TenantId tenant, const DeploymentRow& row) {
    api::Deployment view;
    view.id = row.id;
    view.device = device_ref(context, tenant, row.device);
    view.rollout = rollout_ref(context, tenant, row.rollout);
    view.release = release_ref(context, tenant, row.release);
    view.wave = row.wave;
    view.stratum = row.stratum;
    view.state = row.state;
    view.reason = row.reason;
    view.detail = row.detail;
    view.attempt = row.attempt;
    view.progress_percent = row.progress_percent;
    view.version_before = some(row.version_before);
    view.version_after = some(row.version_after);
    view.offered_at = row.offered_at;
    view.state_at = row.state_at;
    view.deadline = row.deadline;
    view.soak_until = row.soak_until;
    view.is_rollback = row.is_rollback;
    view.resumed = row.resumed;
    return view;
}

base::Result<RolloutsService::Troubles> RolloutsService::troubles(TenantId tenant,
                                                                  const RolloutRow& row) const {
    const base::Duration now = context_.core.clock.steady();
    const std::pair key(tenant, row.id);
    {
        base::Lock lock(mutex_);
        const auto at = troubles_.find(key);
        if (at != troubles_.end() && at->second.row_version == row.row_version &&
            now - at->second.at < at->second.looked * kKeptPerRow)
            return at->second;
    }
    Troubles troubles;
    troubles.row_version = row.row_version;
    TRY_VALUE(const rollouts::WaysBack back, ways_back(context_, tenant, row));
    const bool returns = row.state == rollout::State::halted || row.state == rollout::State::rolling_back;
    std::map<std::pair<std::string, install::Reason>, api::Rollout::Failure> failures;
    TRY(context_.core.history.each_deployment_of(tenant, row.id, [&](const DeploymentRow& each) {
        ++troubles.looked;
        troubles.cannot_roll_back +=
            returns && each.is_rollback && each.state == install::State::failed ? 1 : 0;
        if (!is_wrong(each, back.outcome_of(each))) return true;
        const std::string model = model_of(each);
        api::Rollout::Failure& failure = failures[{model, each.reason}];
        failure.model = model;
        failure.reason = each.reason;
        ++failure.devices;
        if (!failure.example)
            failure.example = api::Rollout::Example{device_ref(context_, tenant, each.device), each.detail};
        return true;
    }));
    for (auto& [kind, failure] : failures)
        troubles.failures.push_back(std::move(failure));
    troubles.at = context_.core.clock.steady();
    base::Lock lock(mutex_);
    troubles_[key] = troubles;
    return troubles;
}

void RolloutsService::devices(const access::Actor& actor, rollout::RolloutId id, api::DeploymentFilter filter,
                              api::PageRequest page, api::Answer<api::Page<api::Deployment>> answer) {
    const TenantId tenant = tenant_of(actor);
    const auto row = context_.core.control.find<RolloutRow>(tenant, id);
    if (!row) return answer(base::not_found("there is no such rollout"));
    const auto from = position_of(page);
    if (!from.ok()) return answer(from.error());
    context_.background.post([this, tenant, row, from = *from, filter = std::move(filter), limit = page.limit,
                              scope = fleet::scope_of(actor), answer = std::move(answer)] {
        const auto back = ways_back(context_, tenant, *row);
        if (!back.ok()) return answer(back.error());
        // Counted to the end, kept as far as it is shown.
        std::uint64_t found = 0;
        std::vector<DeploymentRow> shown;
        const base::Status read =
            context_.core.history.each_deployment_of(tenant, row->id, [&](const DeploymentRow& each) {
                if (!passes(each, back->outcome_of(each), filter) ||
                    !context_.core.fleet.in_scope({tenant, each.device}, scope))
                    return true;
                if (found >= from && shown.size() < limit) shown.push_back(each);
                ++found;
                return true;
            });
        if (!read.ok()) return answer(read.error());
        api::Page<api::Deployment> view;
        view.total = found;
        view.next = next_of(from, shown.size(), found);
        for (const DeploymentRow& each : shown)
            view.items.push_back(deployment_view(context_, tenant, each));
        answer(std::move(view));
    });
}

} // namespace oakum::server
