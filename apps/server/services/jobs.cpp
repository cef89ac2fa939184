// SPDX-License-Identifier: Apache-2.0
#include "jobs.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

api::Job view_of(const ports::JobRow& row) {
    return {row.id,      row.kind, row.state,
            row.detail,  row.done, row.total > 0 ? std::optional(row.total) : std::nullopt,
            row.created, row.ended};
}

} // namespace

void JobsService::list(const access::Actor& actor, api::PageRequest page,
                       api::Answer<api::Page<api::Job>> answer) {
    std::vector<api::Job> views;
    for (const auto& row : context_.core.control.list<ports::JobRow>(tenant_of(actor)))
        views.push_back(view_of(*row));
    std::sort(views.begin(), views.end(),
              [](const api::Job& a, const api::Job& b) { return a.created > b.created; });
    answer(page_of(std::move(views), page));
}

void JobsService::get(const access::Actor& actor, std::string id, api::Answer<api::Job> answer) {
    const auto row = context_.core.control.find<ports::JobRow>(tenant_of(actor), id);
    if (!row) return answer(base::not_found("there is no such job"));
    answer(view_of(*row));
}

void JobsService::cancel(const access::Actor& actor, std::string id, api::Answer<api::Job> answer) {
    jobs_.cancel(tenant_of(actor), id, {actor.text(), "job.cancel", "job " + id, "", "", ""},
                 [this, actor, id, answer = std::move(answer)](base::Status status) {
                     if (!status.ok()) return answer(std::move(status).error());
                     get(actor, id, answer);
                 });
}

shard::Completion<std::string> as_job(const Context& context, device::TenantId tenant,
                                      api::Answer<api::Job> answer) {
    return [core = &context.core, tenant, answer = std::move(answer)](base::Result<std::string> id) {
        if (!id.ok()) return answer(std::move(id).error());
        const auto row = core->control.find<ports::JobRow>(tenant, *id);
        if (!row) return answer(base::bug("the job was queued and cannot be found"));
        answer(view_of(*row));
    };
}

} // namespace oakum::server
