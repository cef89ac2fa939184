// SPDX-License-Identifier: Apache-2.0
#include "sources.hpp"

#include "jobs.hpp"

#include <algorithm>

namespace oakum::server {

api::Source SourcesService::view_of(device::TenantId tenant, const feed_sync::Recorded& recorded) const {
    api::Source view;
    view.set = recorded.source;
    view.has_key = recorded.has_key;
    view.offered = recorded.offered;
    const feed_sync::SourceState& state = recorded.state;
    view.tried = state.tried;
    view.synced = state.synced;
    if (recorded.source.enabled) view.next = state.next;
    view.failing = state.failing;
    view.failures = state.failures;
    view.refused = state.refused;
    view.error = some(state.error);
    view.job = some(recorded.job);
    for (const auto& [part, held] : state.parts) {
        const auto row = context_.core.control.find<ports::FeedRow>(tenant, held.kept);
        if (!row) continue;
        view.feeds.push_back(held.kept);
        view.accepted += row->accepted;
        view.rejected += row->rejected;
        if (row->newest != base::TimePoint())
            view.newest = std::max(view.newest.value_or(base::TimePoint()), row->newest);
    }
    return view;
}

void SourcesService::list(const access::Actor& actor, api::Answer<std::vector<api::Source>> answer) {
    const auto all = sources_.list(actor);
    if (!all.ok()) return answer(all.error());
    std::vector<api::Source> views;
    for (const feed_sync::Recorded& one : *all)
        views.push_back(view_of(tenant_of(actor), one));
    answer(std::move(views));
}

void SourcesService::set(const access::Actor& actor, std::string name, api::SourcePatch patch,
                         api::Answer<api::Source> answer) {
    sources_.set(actor, std::move(name),
                 {std::move(patch.kind), std::move(patch.url), patch.walk, std::move(patch.parts),
                  patch.every, patch.pause, patch.enabled, std::move(patch.key)},
                 [this, tenant = tenant_of(actor),
                  answer = std::move(answer)](base::Result<feed_sync::Recorded> done) {
                     if (!done.ok()) return answer(std::move(done).error());
                     answer(view_of(tenant, *done));
                 });
}

void SourcesService::remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) {
    sources_.remove(actor, std::move(name), [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

void SourcesService::test(const access::Actor& actor, std::string name, api::Answer<api::SourceTest> answer) {
    sync_.test(actor, name, [name, answer = std::move(answer)](base::Result<feed_sync::Tested> tested) {
        if (!tested.ok()) return answer(std::move(tested).error());
        answer(api::SourceTest{tested->reached,
                               (tested->reached ? "The source " : "The source could not be had: ") +
                                   (tested->reached ? name + ": " : std::string()) + tested->sentence + "."});
    });
}

void SourcesService::sync(const access::Actor& actor, std::string name, bool force,
                          api::Answer<api::Job> answer) {
    sync_.sync(actor, std::move(name), force ? assessment::Force::yes : assessment::Force::no,
               as_job(context_, tenant_of(actor), std::move(answer)));
}

} // namespace oakum::server
