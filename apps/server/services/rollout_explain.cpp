// SPDX-License-Identifier: Apache-2.0
#include "explain_facts.hpp"
#include "rollouts.hpp"

#include <explain/rollout.hpp>

namespace oakum::server {

using device::TenantId;

void RolloutsService::explain(const access::Actor& actor, rollout::RolloutId id,
                              api::Answer<explain::Explanation> answer) {
    context_.background.post([this, tenant = tenant_of(actor), id, answer = std::move(answer)] {
        const auto row = context_.core.control.find<ports::RolloutRow>(tenant, id);
        const auto view = whole(tenant, id);
        if (!row || !view.ok()) return answer(base::not_found("there is no such rollout"));
        explain::RolloutFacts facts;
        facts.name = row->plan.name;
        facts.release = release_name(context_, tenant, row->plan.release);
        facts.state = row->state;
        facts.state_reason = row->state_reason;
        facts.created_by = row->created_by;
        facts.approved_by = row->approved_by;
        facts.waves = row->plan.waves;
        facts.open_wave = row->open_wave;
        facts.starts = row->plan.starts;
        facts.started = row->started;
        facts.wave_opened_at = row->wave_opened_at;
        facts.gate = rollouts_.gate(tenant, *row).decision;
        facts.totals = view->totals;
        facts.in_scope = view->in_scope;
        facts.cannot_tell = view->cannot_tell;
        rollouts::Reach reach = this->reach(tenant, *row);
        facts.waiting = reach.next;
        facts.blocked = std::move(reach.blocked);
        facts.soak = row->plan.soak;
        facts.step_timeout = row->plan.step_timeout;
        facts.asks_every = asks_every(context_, tenant);
        facts.now = context_.core.clock.now();
        if (const auto decisions = context_.core.history.decisions(tenant, id); decisions.ok())
            for (const ports::RolloutDecisionRow& decision : *decisions)
                if (!facts.last || decision.at >= facts.last->at)
                    facts.last =
                        explain::RolloutFacts::Decision{decision.at, decision.decision, decision.sentence};
        answer(explain::explain(facts));
    });
}

} // namespace oakum::server
