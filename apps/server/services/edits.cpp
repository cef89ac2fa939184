// SPDX-License-Identifier: Apache-2.0
#include "edits.hpp"

#include "device_parts.hpp"

#include <algorithm>

namespace oakum::server {
namespace {

using Kind = fleet::Deed::Kind;

Kind kind_of(api::BulkAction action) {
    switch (action) {
    case api::BulkAction::set:
        return Kind::set;
    case api::BulkAction::move:
        return Kind::move;
    case api::BulkAction::hold:
        return Kind::hold;
    case api::BulkAction::release:
        return Kind::release;
    case api::BulkAction::retire:
        return Kind::retire;
    case api::BulkAction::re_enrol:
        return Kind::re_enrol;
    }
    return Kind::hold;
}

// Whom, for the record of an edit, as the list says it.
std::string words(const api::Those& those) {
    switch (those.part) {
    case api::Part::all:
        break;
    case api::Part::unknown:
        return "of which it cannot be told whether they match";
    case api::Part::no_software:
        return "that report no software, and to whose firmware no SBOM is attached";
    case api::Part::not_assessed:
        return "of whose software no part could be assessed";
    case api::Part::partly_assessed:
        return "with parts that could not be assessed, beside what could";
    case api::Part::unclear:
        return "of which nothing is known to be open, and for some component the data does not say";
    case api::Part::unsupported:
        return "that are or run what its maker mends no longer";
    case api::Part::fixable:
        return "that are open to something exploited and have a fix at hand";
    case api::Part::without_fix:
        return "that are exposed, and that no update at hand helps";
    case api::Part::affected:
        return "that are exposed, or were offered an update";
    case api::Part::fix_exists:
        return "that are exposed and have a fix, or were offered an update";
    case api::Part::in_rollout:
        return "that an approved rollout reaches, or that were offered an update";
    case api::Part::of_fix:
        return "that the fix " + those.fix + " counts";
    }
    return "";
}

// "Holds 7 of 10 devices: ..."
std::string foreseen(api::BulkAction action, const fleet::BulkPreview& preview) {
    const std::string whom = grouped(preview.changes) + " of " + counted(preview.matched, "device");
    switch (action) {
    case api::BulkAction::set:
        return "Changes what is stated of " + whom + ": " + preview.name + ".";
    case api::BulkAction::move:
        return "Moves " + whom + ": " + preview.name + ".";
    case api::BulkAction::hold:
        return "Holds " + whom + ": nothing is installed on them until they are released.";
    case api::BulkAction::release:
        return "Releases " + whom + ": updates are offered to them again.";
    case api::BulkAction::retire:
        return "Retires " + whom + ": they are refused, and leave every count.";
    case api::BulkAction::re_enrol:
        return "Asks " + whom + " to enrol again: they are refused until they have.";
    }
    return {};
}

std::vector<std::string> lasting(api::BulkAction action, const fleet::BulkPreview& preview) {
    if (!fleet::is_lasting(kind_of(action)) || preview.changes == 0) return {};
    return {"This cannot be undone: " +
            std::string(preview.changes == 1 ? "its certificate is" : "their certificates are") +
            " refused from now on, and " + counted(preview.changes, "device") +
            " must be enrolled with a new "
            "enrolment token."};
}

std::string sentence_of(const ports::EditRow& edit) {
    std::vector<std::string> parts;
    const auto add = [&](std::uint64_t count, std::string words) {
        if (count > 0) parts.push_back(std::move(words));
    };
    add(edit.fresh, counted(edit.fresh, "new device"));
    parts.push_back(counted(edit.changed, "device") + " changed");
    add(edit.unchanged, grouped(edit.unchanged) + (edit.unchanged == 1 ? " was" : " were") + " so already");
    add(edit.refused, grouped(edit.refused) + (edit.refused == 1 ? " was" : " were") +
                          (edit.kind == "import" ? " refused" : " left out"));
    std::string said;
    for (const std::string& part : parts)
        said += (said.empty() ? "" : ", ") + part;
    const bool goes_on = edit.state == "running" || edit.state == "cancelling";
    said += goes_on ? " so far." : ".";
    if (edit.state == "cancelling") said += " It is being cancelled by " + edit.undone_by + ".";
    if (edit.state == "cancelled") said += " It was cancelled: what was not done yet was not done.";
    if (edit.state == "interrupted") said += " It was interrupted: what was not done yet was not done.";
    if (edit.state == "undoing" || edit.state == "undone" || edit.put_back + edit.left_alone > 0)
        said += std::string(edit.state == "undone" ? " Undone: " : " Undone so far: ") +
                grouped(edit.put_back) + " put back, " + grouped(edit.left_alone) + " left alone.";
    return said;
}

api::Edit view_of(const ports::EditRow& row) {
    api::Edit view;
    view.id = row.id;
    view.kind = row.kind;
    view.name = row.name;
    view.query = some(row.query);
    view.why = row.why;
    view.state = row.state;
    view.actor = row.actor;
    view.at = row.created;
    view.ended = row.ended;
    view.undone = row.undone;
    if (row.state != "cancelling") view.undone_by = some(row.undone_by);
    view.total = row.total;
    view.created = row.fresh;
    view.changed = row.changed;
    view.unchanged = row.unchanged;
    view.refused = row.refused;
    view.put_back = row.put_back;
    view.left_alone = row.left_alone;
    view.reasons = row.reasons;
    view.left = row.left;
    view.why_not = some(fleet::why_not_undone(row));
    view.sentence = sentence_of(row);
    return view;
}

// Groups are told by their names.
std::optional<std::string> told(const Context& context, device::TenantId tenant, const device::Fact& fact) {
    const auto id = device::GroupId::parse(fact.value);
    if (fact.key == ports::kEditedGroup && id.ok())
        if (const auto group = context.core.control.find<ports::GroupRow>(tenant, *id)) return group->name;
    return some(fact.value);
}

std::string told_key(const device::Fact& fact) {
    return fact.key.starts_with('=') ? fact.key.substr(1) : fact.key;
}

api::ReplacementPreview view_of(const Context& context, device::TenantId tenant, device::DeviceId old,
                                device::DeviceId fresh, fleet::ReplacementPreview seen) {
    api::ReplacementPreview view;
    view.old = device_ref(context, tenant, old);
    view.fresh = device_ref(context, tenant, fresh);
    for (std::size_t i = 0; i < seen.after.size(); ++i)
        view.changes.push_back({told_key(seen.after[i]), told(context, tenant, seen.before[i]),
                                told(context, tenant, seen.after[i])});
    for (fleet::BoundDecision& decision : seen.decisions)
        view.decisions.push_back(
            {decision.id, std::move(decision.sentence), std::move(decision.note), decision.passes});
    if (view.old.model != view.fresh.model)
        view.notes.push_back("They are of different models: " + view.old.model.value_or("not known") +
                             " and " + view.fresh.model.value_or("not known") + ".");
    if (seen.to_be_accepted)
        view.notes.emplace_back(
            "The new device waits to be accepted: nothing is offered to it until somebody does.");
    view.sentence = view.fresh.name + " takes the place of " + view.old.name + ": " +
                    counted(seen.after.size(), "value") + " " + (seen.after.size() == 1 ? "passes" : "pass") +
                    " to it" + (seen.retires ? ", and " + view.old.name + " is retired." : ".");
    view.stamp = std::move(seen.stamp);
    return view;
}

shard::Completion<ports::EditRow> viewed(api::Answer<api::Edit> answer) {
    return [answer = std::move(answer)](base::Result<ports::EditRow> row) {
        if (!row.ok()) return answer(std::move(row).error());
        answer(view_of(*row));
    };
}

} // namespace

fleet::BulkWish EditsService::wish_of(const access::Actor& actor, api::BulkRequest request) const {
    fleet::BulkWish wish;
    wish.named = !request.query;
    wish.query = std::move(request.query).value_or("");
    wish.devices = std::move(request.devices);
    if (request.those.part != api::Part::all) {
        wish.chosen = words(request.those);
        wish.choose = [this, actor, query = wish.query, those = request.those] {
            return devices_of(context_, registry_, assessor_, actor, query, those);
        };
    }
    wish.deed.kind = kind_of(request.action);
    for (auto& [key, value] : request.facts)
        wish.deed.facts[key] = std::move(value).value_or("");
    wish.deed.group = request.group.value_or(device::GroupId());
    return wish;
}

void EditsService::preview(const access::Actor& actor, api::BulkRequest request,
                           api::Answer<api::BulkPreview> answer) {
    const api::BulkAction action = request.action;
    bulk_.preview(actor, wish_of(actor, std::move(request)),
                  [this, tenant = tenant_of(actor), action,
                   answer = std::move(answer)](base::Result<fleet::BulkPreview> seen) {
                      if (!seen.ok()) return answer(std::move(seen).error());
                      const auto refs = [&](const std::vector<device::DeviceId>& ids) {
                          std::vector<api::DeviceRef> devices;
                          for (const device::DeviceId& id : ids)
                              devices.push_back(device_ref(context_, tenant, id));
                          return devices;
                      };
                      api::BulkPreview view;
                      view.matched = seen->matched;
                      view.unknown = seen->unknown;
                      view.changes = seen->changes;
                      view.sample = refs(seen->sample);
                      for (const auto& left : seen->left_out)
                          view.left_out.push_back({left.reason, left.count, refs(left.sample)});
                      view.lasting = lasting(action, *seen);
                      view.sentence = foreseen(action, *seen);
                      view.stamp = seen->stamp;
                      answer(std::move(view));
                  });
}

void EditsService::apply(const access::Actor& actor, api::BulkApply request, api::Answer<api::Edit> answer) {
    bulk_.apply(actor, wish_of(actor, std::move(static_cast<api::BulkRequest&>(request))),
                std::move(request.stamp), std::move(request.why), viewed(std::move(answer)));
}

void EditsService::preview_replacement(const access::Actor& actor, device::DeviceId old,
                                       device::DeviceId fresh, api::Answer<api::ReplacementPreview> answer) {
    replacements_.preview(actor, old, fresh,
                          [this, tenant = tenant_of(actor), old, fresh,
                           answer = std::move(answer)](base::Result<fleet::ReplacementPreview> seen) {
                              if (!seen.ok()) return answer(std::move(seen).error());
                              answer(view_of(context_, tenant, old, fresh, std::move(*seen)));
                          });
}

void EditsService::replace(const access::Actor& actor, device::DeviceId old, device::DeviceId fresh,
                           std::string stamp, std::string why, api::Answer<api::Edit> answer) {
    replacements_.apply(actor, old, fresh, std::move(stamp), std::move(why), viewed(std::move(answer)));
}

void EditsService::list(const access::Actor& actor, std::string kind, api::PageRequest page,
                        api::Answer<api::Page<api::Edit>> answer) {
    const auto rows = edits_.list(actor, kind);
    if (!rows.ok()) return answer(rows.error());
    std::vector<api::Edit> views;
    for (const ports::EditRow& row : *rows)
        views.push_back(view_of(row));
    answer(page_of(std::move(views), page));
}

void EditsService::get(const access::Actor& actor, ports::EditId id, api::Answer<api::Edit> answer) {
    viewed(std::move(answer))(edits_.get(actor, id));
}

api::EditedDevice EditsService::edited(device::TenantId tenant, const ports::EditedDeviceRow& row) const {
    api::EditedDevice view;
    view.device = device_ref(context_, tenant, row.device);
    if (row.line > 0) view.line = row.line;
    view.created = row.created;
    view.undone = row.undone;
    for (std::size_t i = 0; i < row.after.size() && i < row.before.size(); ++i) {
        view.changes.push_back({told_key(row.after[i]), told(context_, tenant, row.before[i]),
                                told(context_, tenant, row.after[i])});
        const auto& change = view.changes.back();
        view.sentence += (i > 0 ? "; " : "") + change.key + ": " + change.before.value_or("none") + " -> " +
                         change.after.value_or("none");
    }
    return view;
}

void EditsService::devices(const access::Actor& actor, ports::EditId id, api::PageRequest page,
                           api::Answer<api::Page<api::EditedDevice>> answer) {
    std::optional<device::DeviceId> after;
    if (!page.after.empty()) {
        const auto parsed = device::DeviceId::parse(page.after);
        if (!parsed.ok()) return answer(base::invalid("this cursor is not one of ours").at("cursor"));
        after = *parsed;
    }
    context_.background.post([this, actor, id, after, limit = page.limit, answer = std::move(answer)] {
        auto found = edits_.devices(actor, id, after, limit);
        if (!found.ok()) return answer(std::move(found).error());
        api::Page<api::EditedDevice> views;
        for (const ports::EditedDeviceRow& row : found->rows)
            views.items.push_back(edited(tenant_of(actor), row));
        if (found->next) views.next = found->next->text();
        answer(std::move(views));
    });
}

void EditsService::undo(const access::Actor& actor, ports::EditId id, std::string why,
                        api::Answer<api::Edit> answer) {
    edits_.undo(actor, id, std::move(why), viewed(std::move(answer)));
}

void EditsService::cancel(const access::Actor& actor, ports::EditId id, std::string why,
                          api::Answer<api::Edit> answer) {
    edits_.cancel(actor, id, std::move(why), viewed(std::move(answer)));
}

} // namespace oakum::server
