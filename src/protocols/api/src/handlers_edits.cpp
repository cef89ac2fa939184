// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"

#include <array>

namespace oakum::api {
namespace {

constexpr std::size_t kBulk = 524'288, kQuery = 4096, kMostNamed = 10'000;

constexpr std::array<BulkAction, 6> kActions{BulkAction::set,     BulkAction::move,   BulkAction::hold,
                                             BulkAction::release, BulkAction::retire, BulkAction::re_enrol};

base::Result<BulkAction> action_at(const json::Value& body) {
    TRY_VALUE(const std::string word, body.string_at("action", 16));
    for (const BulkAction action : kActions)
        if (to_string(action) == word) return action;
    return base::invalid("it is one of set, move, hold, release, retire, re-enrol").at("/action");
}

base::Status decode_whom(const json::Value& body, BulkRequest& request) {
    TRY_VALUE(request.query, body.optional_string_at("query", kQuery));
    TRY_VALUE(const auto part, body.optional_string_at("part", 32));
    TRY_VALUE(const auto fix, body.optional_string_at("fix", 512));
    auto those = those_named(part.value_or(""), fix.value_or(""));
    if (!those.ok()) return base::Error(those.error()).at("/" + those.error().where);
    request.those = std::move(*those);
    if (request.those.part != Part::all && !request.query)
        return base::invalid("a part goes with a query; \"\" is the whole fleet").at("/query");
    const auto devices = body.find("devices");
    if (request.query.has_value() == devices.has_value())
        return base::invalid("say which devices: a query, or devices by their ids").at("/query");
    if (!devices) return {};
    TRY_VALUE(const json::Value list, body.array_at("devices", kMostNamed));
    for (const json::Value& item : list.items()) {
        TRY_VALUE(const std::string text, item.as_string(64));
        auto id = device::DeviceId::parse(text);
        if (!id.ok()) return item.wrong("it is not an id");
        request.devices.push_back(*id);
    }
    if (request.devices.empty()) return base::invalid("name at least one").at("/devices");
    return {};
}

// Of a request to look, and of one to do it.
base::Status decode_request(const json::Value& body, BulkRequest& request) {
    TRY(decode_whom(body, request));
    TRY_VALUE(request.action, action_at(body));
    const bool facts = body.find("facts").has_value(), group = body.find("group").has_value();
    if (facts != (request.action == BulkAction::set))
        return base::invalid("facts go with set, and set needs them").at("/facts");
    if (group != (request.action == BulkAction::move))
        return base::invalid("a group goes with move, and move needs one, or null for none").at("/group");
    if (!facts && !group) return {};
    TRY_VALUE(DevicePatch patch, decode_device_changes(body));
    request.facts = std::move(patch.facts);
    if (patch.group) request.group = *patch.group;
    return {};
}

base::Result<BulkRequest> decode_look(const json::Value& body) {
    TRY(body.only({"query", "part", "fix", "devices", "action", "facts", "group"}));
    BulkRequest request;
    TRY(decode_request(body, request));
    return request;
}

base::Result<BulkApply> decode_apply(const json::Value& body) {
    TRY(body.only({"query", "part", "fix", "devices", "action", "facts", "group", "stamp", "why"}));
    BulkApply request;
    TRY(decode_request(body, request));
    TRY_VALUE(request.stamp, body.string_at("stamp", 64));
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    request.why = why.value_or("");
    return request;
}

struct Heir {
    device::DeviceId by;
    std::string stamp, why;
};

base::Result<device::DeviceId> heir_at(const json::Value& body) {
    TRY_VALUE(const std::string text, body.string_at("by", 64));
    auto id = device::DeviceId::parse(text);
    if (!id.ok()) return base::invalid("it is not the id of a device").at("/by");
    return id;
}

base::Result<Heir> decode_heir(const json::Value& body) {
    TRY(body.only({"by"}));
    TRY_VALUE(const device::DeviceId by, heir_at(body));
    return Heir{by, {}, {}};
}

base::Result<Heir> decode_replacement(const json::Value& body) {
    TRY(body.only({"by", "stamp", "why"}));
    Heir heir;
    TRY_VALUE(const auto why, body.optional_string_at("why", 1000));
    heir.why = why.value_or("");
    TRY_VALUE(heir.by, heir_at(body));
    TRY_VALUE(heir.stamp, body.string_at("stamp", 64));
    return heir;
}

} // namespace

std::string_view to_string(BulkAction action) {
    constexpr std::array<std::string_view, 6> kNames{"set", "move", "hold", "release", "retire", "re-enrol"};
    return kNames[static_cast<std::size_t>(action)];
}

void write(Out& o, const BulkPreview::LeftOut& v) {
    object(o, [&] { o("reason", v.reason)("count", v.count)("sample", v.sample); });
}
void write(Out& o, const BulkPreview& v) {
    object(o, [&] {
        o("matched", v.matched)("unknown", v.unknown)("changes", v.changes)("sample", v.sample);
        o("left_out", v.left_out)("lasting", v.lasting)("sentence", v.sentence)("stamp", v.stamp);
    });
}
void write(Out& o, const ReplacementPreview::Change& v) {
    object(o, [&] { o("key", v.key)("before", v.before)("after", v.after); });
}
void write(Out& o, const ReplacementPreview::Decision& v) {
    object(o, [&] { o("id", v.id)("sentence", v.sentence)("passes", v.passes)("note", v.note); });
}
void write(Out& o, const ReplacementPreview& v) {
    object(o, [&] {
        o("old", v.old)("new", v.fresh)("changes", v.changes)("decisions", v.decisions)("notes", v.notes);
        o("sentence", v.sentence)("stamp", v.stamp);
    });
}
void write(Out& o, const Edit& v) {
    object(o, [&] {
        o("id", v.id)("kind", v.kind)("name", v.name)("query", v.query)("why", v.why)("state", v.state);
        o("actor", v.actor)("at", v.at)("ended", v.ended)("undone", v.undone)("undone_by", v.undone_by);
        o("total", v.total)("created", v.created)("changed", v.changed)("unchanged", v.unchanged);
        o("refused", v.refused)("put_back", v.put_back)("left_alone", v.left_alone)("reasons", v.reasons);
        o("left", v.left)("undoable", !v.why_not)("why_not", v.why_not)("sentence", v.sentence);
    });
}
void write(Out& o, const EditedDevice::Change& v) {
    object(o, [&] { o("key", v.key)("before", v.before)("after", v.after); });
}
void write(Out& o, const EditedDevice& v) {
    object(o, [&] {
        o("device", v.device)("line", v.line)("created", v.created)("undone", v.undone)("changes", v.changes)(
            "sentence", v.sentence);
    });
}

void preview_bulk(Context& context, Call call) {
    BODY(request, kBulk, decode_look);
    context.services.edits.preview(call.actor(), std::move(*request), answer_json<BulkPreview>(call));
}

void apply_bulk(Context& context, Call call) {
    BODY(request, kBulk, decode_apply);
    context.services.edits.apply(call.actor(), std::move(*request), answer_json<Edit>(call));
}

void preview_replacement(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    BODY(heir, kQuery, decode_heir);
    context.services.edits.preview_replacement(call.actor(), *id, heir->by,
                                               answer_json<ReplacementPreview>(call));
}

void replace_device(Context& context, Call call) {
    PATH_ID(id, device::DeviceId);
    BODY(heir, kQuery, decode_replacement);
    context.services.edits.replace(call.actor(), *id, heir->by, std::move(heir->stamp), std::move(heir->why),
                                   answer_json<Edit>(call));
}

void list_edits(Context& context, Call call) {
    OR_PROBLEM(page, page_parameters(call));
    const std::string kind = call.parameter("kind");
    if (!kind.empty() && kind != "import" && kind != "bulk" && kind != "replacement")
        return call.reply.problem(base::invalid("it is import, bulk or replacement").at("kind"));
    context.services.edits.list(call.actor(), kind, *page, answer_page<Page<Edit>>(call));
}

void get_edit(Context& context, Call call) {
    PATH_ID(id, ports::EditId);
    context.services.edits.get(call.actor(), *id, answer_json<Edit>(call));
}

void list_edit_devices(Context& context, Call call) {
    PATH_ID(id, ports::EditId);
    OR_PROBLEM(page, page_parameters(call));
    context.services.edits.devices(call.actor(), *id, *page, answer_page<Page<EditedDevice>>(call));
}

void undo_edit(Context& context, Call call) {
    PATH_ID(id, ports::EditId);
    OR_PROBLEM(why, why_of(call));
    context.services.edits.undo(call.actor(), *id, std::move(*why), answer_json<Edit>(call));
}

void cancel_edit(Context& context, Call call) {
    PATH_ID(id, ports::EditId);
    OR_PROBLEM(why, why_of(call));
    context.services.edits.cancel(call.actor(), *id, std::move(*why), answer_json<Edit>(call));
}

} // namespace oakum::api
