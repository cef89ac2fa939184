// SPDX-License-Identifier: Apache-2.0
#include "lwm2m.hpp"

#include <algorithm>

namespace oakum::server {

using fleet::SharedKeys;

api::Lwm2mEndpoint Lwm2mService::view_of(device::TenantId tenant, const SharedKeys::Entry& entry) const {
    api::Lwm2mEndpoint view;
    view.endpoint = entry.endpoint;
    view.identity = entry.identity;
    view.has_key = entry.proof == SharedKeys::Proof::key;
    view.created = entry.created;
    if (!entry.group.is_zero()) {
        const auto group = context_.core.control.find<ports::GroupRow>(tenant, entry.group);
        view.group = api::GroupRef{entry.group, group ? group->name : std::string()};
    }
    return view;
}

void Lwm2mService::list(const access::Actor& actor, api::PageRequest page,
                        api::Answer<api::Page<api::Lwm2mEndpoint>> answer) {
    context_.background.post([this, actor, page = std::move(page), answer = std::move(answer)] {
        const auto entries = keys_.list(actor);
        if (!entries.ok()) return answer(entries.error());
        // In the order of their names: the page goes on after the last one that was told.
        auto at = page.after.empty()
                      ? entries->begin()
                      : std::ranges::upper_bound(*entries, page.after, {}, &SharedKeys::Entry::endpoint);
        api::Page<api::Lwm2mEndpoint> piece;
        piece.total = entries->size();
        for (; at != entries->end() && piece.items.size() < page.limit; ++at)
            piece.items.push_back(view_of(fleet::tenant_of(actor), *at));
        if (at != entries->end()) piece.next = piece.items.back().endpoint;
        answer(std::move(piece));
    });
}

void Lwm2mService::add(const access::Actor& actor, api::Lwm2mEndpointNew endpoint,
                       api::Answer<api::Lwm2mEndpointMade> answer) {
    SharedKeys::Wish wish;
    wish.endpoint = std::move(endpoint.endpoint);
    wish.identity = std::move(endpoint.identity);
    wish.key = std::move(endpoint.key);
    wish.group = endpoint.group;
    wish.proof = endpoint.without_key ? SharedKeys::Proof::none : SharedKeys::Proof::key;
    keys_.add(actor, std::move(wish),
              [this, tenant = fleet::tenant_of(actor),
               answer = std::move(answer)](base::Result<SharedKeys::Made> made) {
                  if (!made.ok()) return answer(std::move(made).error());
                  answer(api::Lwm2mEndpointMade{view_of(tenant, made->entry), base::to_hex(made->key)});
              });
}

void Lwm2mService::remove(const access::Actor& actor, std::string endpoint,
                          api::Answer<base::Nothing> answer) {
    keys_.remove(actor, std::move(endpoint), [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
