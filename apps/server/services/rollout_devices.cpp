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

void RolloutsService::add_devices(TenantId tenant, const std::vector<DeploymentRow>& rows,
                                  api::Rollout& rollout) const {
    std::map<std::pair<std::string, install::Reason>, api::Rollout::Failure> failures;
    const std::vector<rollouts::Outcome> outcomes = rollouts::outcomes_of(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const DeploymentRow& row = rows[i];
        if (!is_wrong(row, outcomes[i])) continue;
        const std::string model = model_of(row);
        api::Rollout::Failure& failure = failures[{model, row.reason}];
        failure.model = model;
        failure.reason = row.reason;
        ++failure.devices;
        if (!failure.example)
            failure.example = api::Rollout::Example{device_ref(context_, tenant, row.device), row.detail};
    }
    for (auto& [key, failure] : failures)
        rollout.failures.push_back(std::move(failure));
    if (rollout.state == rollout::State::halted || rollout.state == rollout::State::rolling_back)
        for (const DeploymentRow& row : rows)
            rollout.cannot_roll_back += row.is_rollback && row.state == install::State::failed ? 1 : 0;
}

void RolloutsService::devices(const access::Actor& actor, rollout::RolloutId id, api::DeploymentFilter filter,
                              api::PageRequest page, api::Answer<api::Page<api::Deployment>> answer) {
    const TenantId tenant = tenant_of(actor);
    if (!context_.core.control.find<RolloutRow>(tenant, id))
        return answer(base::not_found("there is no such rollout"));
    context_.background.post([this, tenant, id, filter = std::move(filter), page,
                              scope = fleet::scope_of(actor), answer = std::move(answer)] {
        const auto rows = context_.core.history.rollout_deployments(tenant, id, kDeploymentsRead);
        if (!rows.ok()) return answer(rows.error());
        const std::vector<rollouts::Outcome> outcomes = rollouts::outcomes_of(*rows);
        std::vector<const DeploymentRow*> found;
        for (std::size_t i = 0; i < rows->size(); ++i)
            if (passes((*rows)[i], outcomes[i], filter) &&
                context_.core.fleet.in_scope({tenant, (*rows)[i].device}, scope))
                found.push_back(&(*rows)[i]);
        auto paged = page_of(std::move(found), page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::Page<api::Deployment> view;
        view.total = paged->total;
        view.next = std::move(paged->next);
        for (const DeploymentRow* row : paged->items)
            view.items.push_back(deployment_view(context_, tenant, *row));
        answer(std::move(view));
    });
}

} // namespace oakum::server
