// SPDX-License-Identifier: Apache-2.0
#include "notices.hpp"

namespace oakum::server {

api::OwnAdvisory NoticesService::view_of(const ports::NoticeRow& row) const {
    api::OwnAdvisory view;
    view.row = row;
    const auto knowledge = assessor_.knowledge();
    if (const auto found = knowledge->file.find(row.id); !found.empty())
        if (const std::string id(knowledge->file.id(found.front())); id != row.id) view.merged_with = id;
    return view;
}

std::function<void(base::Status)> NoticesService::then_get(device::TenantId tenant, std::string id,
                                                           api::Answer<api::OwnAdvisory> answer) {
    return [this, tenant, id = std::move(id), answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        const auto row = context_.core.control.find<ports::NoticeRow>(tenant, id);
        if (!row) return answer(base::not_found("there is no advisory " + id));
        answer(view_of(*row));
    };
}

void NoticesService::list(const access::Actor& actor, api::PageRequest page,
                          api::Answer<api::Page<api::OwnAdvisory>> answer) {
    std::vector<api::OwnAdvisory> views;
    for (const auto& row : notices_.list(tenant_of(actor)))
        views.push_back(view_of(*row));
    answer(page_of(std::move(views), page));
}

void NoticesService::add(const access::Actor& actor, advisory::Notice notice,
                         api::Answer<api::OwnAdvisory> answer) {
    notices_.add(actor, std::move(notice),
                 [this, tenant = tenant_of(actor), answer](base::Result<std::string> id) {
                     if (!id.ok()) return answer(std::move(id).error());
                     then_get(tenant, *id, answer)(base::Status());
                 });
}

void NoticesService::edit(const access::Actor& actor, std::string id, advisory::Notice notice,
                          std::optional<std::uint64_t> version, api::Answer<api::OwnAdvisory> answer) {
    notices_.edit(actor, id, std::move(notice), version, then_get(tenant_of(actor), id, std::move(answer)));
}

void NoticesService::withdraw(const access::Actor& actor, std::string id, std::string why,
                              api::Answer<api::OwnAdvisory> answer) {
    notices_.withdraw(actor, id, std::move(why), then_get(tenant_of(actor), id, std::move(answer)));
}

} // namespace oakum::server
