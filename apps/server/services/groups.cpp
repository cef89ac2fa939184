// SPDX-License-Identifier: Apache-2.0
#include "groups.hpp"

#include <algorithm>

namespace oakum::server {

namespace {

api::Group view_of(const fleet::GroupView& from) {
    api::Group view;
    view.id = from.row.id;
    view.name = from.row.name;
    view.query = some(from.row.query);
    for (const device::Fact& fact : from.row.defaults)
        view.defaults[fact.key] = fact.value;
    view.devices = from.members.yes;
    view.row_version = from.row.row_version;
    return view;
}

} // namespace

void GroupsService::list(const access::Actor& actor, api::Answer<std::vector<api::Group>> answer) {
    const auto groups = groups_.list(actor);
    if (!groups.ok()) return answer(groups.error());
    std::vector<api::Group> views;
    for (const fleet::GroupView& group : *groups)
        views.push_back(view_of(group));
    answer(std::move(views));
}

void GroupsService::get(const access::Actor& actor, device::GroupId id, api::Answer<api::Group> answer) {
    const auto group = groups_.get(actor, id);
    if (!group.ok()) return answer(group.error());
    answer(view_of(*group));
}

void GroupsService::create(const access::Actor& actor, api::GroupNew group, api::Answer<api::Group> answer) {
    groups_.create(actor, {group.name, group.query, group.defaults},
                   [this, actor, answer = std::move(answer)](base::Result<device::GroupId> id) {
                       if (!id.ok()) return answer(std::move(id).error());
                       get(actor, *id, answer);
                   });
}

void GroupsService::patch(const access::Actor& actor, device::GroupId id, api::GroupPatch patch,
                          api::Answer<api::Group> answer) {
    const auto present = groups_.get(actor, id);
    if (!present.ok()) return answer(present.error());
    const api::Group before = view_of(*present);
    fleet::GroupWish wish{patch.name.value_or(before.name), patch.query.value_or(before.query.value_or("")),
                          patch.defaults.value_or(before.defaults)};
    groups_.change(actor, id, std::move(wish), patch.expected_version,
                   [this, actor, id, answer = std::move(answer)](base::Status status) {
                       if (!status.ok()) return answer(std::move(status).error());
                       get(actor, id, answer);
                   });
}

void GroupsService::remove(const access::Actor& actor, device::GroupId id,
                           api::Answer<base::Nothing> answer) {
    for (const auto& user : context_.core.control.list<ports::UserRow>(tenant_of(actor)))
        if (!user->disabled && std::find(user->scope.begin(), user->scope.end(), id) != user->scope.end())
            return answer(
                base::conflict("the scope of " + user->name + " names this group; change that first"));
    groups_.remove(actor, id, "", [answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
