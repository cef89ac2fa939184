// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

namespace oakum::api {
namespace {

constexpr std::size_t kLimit = 131'072;

Answer<Group> answer_group(const Call& call, int status) {
    return [reply = call.reply, status](base::Result<Group> group) {
        if (!group.ok()) return reply.problem(group.error());
        reply.json(status, to_json(*group), {{"ETag", tag_of_version(group->row_version)}});
    };
}

} // namespace

void write(Out& o, const Group& v) {
    object(o, [&] {
        o("id", v.id)("name", v.name)("query", v.query)("defaults", v.defaults)("devices", v.devices);
    });
}

void list_groups(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    context.services.groups.list(call.actor(), [reply = call.reply, list = list_of(call),
                                                page = *page](base::Result<std::vector<Group>> groups) {
        if (!groups.ok()) return reply.problem(groups.error());
        const Page<Group> piece = cut(std::move(*groups), page);
        reply.json(200, page_json(piece, piece.items, list));
    });
}

void get_group(Context& context, Call call) {
    PATH_ID(id, device::GroupId);
    context.services.groups.get(call.actor(), *id, answer_group(call, 200));
}

void create_group(Context& context, Call call) {
    BODY(group, kLimit, decode_group_new);
    context.services.groups.create(call.actor(), std::move(*group), answer_group(call, 201));
}

void update_group(Context& context, Call call) {
    PATH_ID(id, device::GroupId);
    BODY(patch, kLimit, decode_group_patch);
    OR_PROBLEM(version, expected_version(call));
    patch->expected_version = *version;
    context.services.groups.patch(
        call.actor(), *id, std::move(*patch),
        or_who_was_first(context, call, "group " + id->text(), answer_group(call, 200)));
}

void delete_group(Context& context, Call call) {
    PATH_ID(id, device::GroupId);
    context.services.groups.remove(call.actor(), *id, [reply = call.reply](base::Result<base::Nothing> done) {
        if (!done.ok()) return reply.problem(done.error());
        reply.nothing();
    });
}

} // namespace oakum::api
