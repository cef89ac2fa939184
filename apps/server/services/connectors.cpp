// SPDX-License-Identifier: Apache-2.0
#include "connectors.hpp"

#include "jobs.hpp"

#include <connectors/floors.hpp>

namespace oakum::server {
namespace {

api::Connector view_of(const connectors::Recorded& recorded) {
    api::Connector view;
    view.set = recorded.connector;
    const connectors::ConnectorState& state = recorded.state;
    view.tried = state.tried;
    view.synced = state.synced;
    if (recorded.connector.enabled) view.next = state.next;
    view.failing = state.failing;
    view.failures = state.failures;
    view.refused = state.refused;
    view.error = some(state.error);
    view.job = some(recorded.job);
    const connectors::Figures& did = state.figures;
    view.sweep = {.devices = did.devices,
                  .created = did.created,
                  .changed = did.changed,
                  .unchanged = did.unchanged,
                  .refused = did.refused,
                  .older = did.older,
                  .left = did.left,
                  .gone = did.gone,
                  .pages = did.pages};
    view.missing = state.missing.size();
    return view;
}

} // namespace

void ConnectorsService::list(const access::Actor& actor, api::Answer<std::vector<api::Connector>> answer) {
    const auto all = connectors_.list(actor);
    if (!all.ok()) return answer(all.error());
    std::vector<api::Connector> views;
    for (const connectors::Recorded& one : *all)
        views.push_back(view_of(one));
    // What it counts is of the whole fleet.
    if (!actor.whole_tenant())
        for (api::Connector& view : views) {
            view.sweep = {};
            view.missing = 0;
            view.error.reset();
        }
    answer(std::move(views));
}

void ConnectorsService::set(const access::Actor& actor, std::string name, api::ConnectorPatch patch,
                            api::Answer<api::Connector> answer) {
    connectors_.set(actor, std::move(name),
                    {patch.kind, std::move(patch.account), std::move(patch.client), std::move(patch.secret),
                     std::move(patch.url), std::move(patch.sign_in), patch.every, patch.enabled, patch.apps,
                     patch.steers},
                    [answer = std::move(answer)](base::Result<connectors::Recorded> done) {
                        if (!done.ok()) return answer(std::move(done).error());
                        answer(view_of(*done));
                    });
}

void ConnectorsService::remove(const access::Actor& actor, std::string name,
                               api::Answer<base::Nothing> answer) {
    connectors_.remove(actor, std::move(name), [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

void ConnectorsService::test(const access::Actor& actor, std::string name,
                             api::Answer<api::ConnectorTest> answer) {
    sync_.test(actor, name, [name, answer = std::move(answer)](base::Result<connectors::Tested> tested) {
        if (!tested.ok()) return answer(std::move(tested).error());
        answer(api::ConnectorTest{tested->reached,
                                  (tested->reached ? "The connector " + name + " answers: "
                                                   : "The connector " + name + " could not be had: ") +
                                      tested->sentence + "."});
    });
}

void ConnectorsService::sync(const access::Actor& actor, std::string name, bool force,
                             api::Answer<api::Job> answer) {
    sync_.sync(actor, std::move(name), force ? connector::Trust::forced : connector::Trust::normal,
               as_job(context_, tenant_of(actor), std::move(answer)));
}

void ConnectorsService::floor(const access::Actor& actor, std::string name, connector::Floor floor,
                              api::Answer<api::FloorPlan> answer) {
    auto plan = connectors::plan_floor(context_.core, connectors_, actor, name, floor);
    if (!plan.ok()) return answer(std::move(plan).error());
    api::FloorPlan view;
    view.words = plan->words;
    view.devices = plan->devices;
    view.below = plan->below;
    view.total = plan->total;
    view.short_of_it = plan->short_of_it;
    view.cannot_tell = plan->cannot_tell;
    view.personal_short = plan->personal_short;
    view.sentence = std::to_string(plan->short_of_it) + " of " + std::to_string(plan->total) +
                    " devices fall short of " + plan->words + "; " + std::to_string(plan->cannot_tell) +
                    " do not say what they run. Nothing was sent.";
    for (management_pages::FloorCall& call : plan->would.calls)
        view.calls.push_back(
            {std::move(call.method), std::move(call.url), std::move(call.body), std::move(call.what)});
    view.cannot = std::move(plan->would.cannot);
    answer(std::move(view));
}

} // namespace oakum::server
