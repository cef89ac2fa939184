// SPDX-License-Identifier: Apache-2.0
#include "bulk.hpp"

#include "session.hpp"

#include <algorithm>
#include <cli/table.hpp>
#include <fmt/format.h>
#include <json/writer.hpp>

namespace oakum::cli {
namespace {

using ports::Method;

const std::vector<Column> kSample{
    {"ID", "/id", Format::id}, {"NAME", "/name"}, {"MODEL", "/model"}, {"SITE", "/site"}};

base::Result<std::string> action_of(const NewBulk& bulk) {
    std::string action;
    int given = 0;
    for (const auto& [is, word] : {std::pair(!bulk.facts.empty(), "set"), std::pair(bulk.move, "move"),
                                   std::pair(bulk.hold, "hold"), std::pair(bulk.release, "release"),
                                   std::pair(bulk.retire, "retire"), std::pair(bulk.re_enrol, "re-enrol")})
        if (is) {
            action = word;
            ++given;
        }
    if (given != 1)
        return base::invalid(
            "say one thing to do: --fact KEY=VALUE, --group, --hold, --release, --retire or --re-enrol");
    return action;
}

base::Status write_facts(json::Writer& writer, const std::vector<std::string>& facts) {
    writer.key("facts").begin_object();
    for (const std::string& fact : facts) {
        const std::size_t equals = fact.find('=');
        if (equals == std::string::npos || equals == 0)
            return base::invalid("--fact is KEY=VALUE, not \"" + fact + "\"");
        writer.key(fact.substr(0, equals));
        if (equals + 1 == fact.size())
            writer.null();
        else
            writer.value(std::string_view(fact).substr(equals + 1));
    }
    writer.end_object();
    return {};
}

// The members that a preview and what follows it have in common.
base::Status write_request(const Flow& flow, json::Writer& writer, const NewBulk& bulk) {
    TRY_VALUE(const std::string action, action_of(bulk));
    if (bulk.by_query == !bulk.devices.empty())
        return base::invalid("say which devices: --query, or --device, which may be given again");
    if (!bulk.by_query && !(bulk.part.empty() && bulk.fix.empty()))
        return base::invalid("--part and --fix go with --query; \"\" is all of them");
    if (bulk.by_query) writer.member("query", bulk.query);
    if (!bulk.part.empty()) writer.member("part", bulk.part);
    if (!bulk.fix.empty()) writer.member("fix", bulk.fix);
    if (!bulk.devices.empty()) {
        writer.key("devices").begin_array();
        for (const std::string& device : bulk.devices) {
            TRY_VALUE(const std::string id, id_of(flow.api, "device", device));
            writer.value(id);
        }
        writer.end_array();
    }
    writer.member("action", action);
    if (!bulk.facts.empty()) TRY(write_facts(writer, bulk.facts));
    if (bulk.move) {
        writer.key("group");
        if (bulk.group.empty()) {
            writer.null();
        } else {
            TRY_VALUE(const std::string group, id_of(flow.api, "group", bulk.group));
            writer.value(group);
        }
    }
    return {};
}

void show_preview(const Flow& flow, const json::Value& preview) {
    flow.console.out(printable(text_at(preview, "/sentence")) + "\n");
    const auto items_of = [&](const char* name) {
        std::vector<json::Value> items;
        if (const auto list = preview.find(name))
            for (const json::Value& item : list->items())
                items.push_back(item);
        return items;
    };
    for (const json::Value& said : items_of("lasting"))
        flow.console.out(printable(said.text()) + "\n");
    if (const auto sample = items_of("sample"); !sample.empty()) {
        flow.console.out(sample.size() < static_cast<std::size_t>(number_at(preview, "/changes"))
                             ? "\nSome of them:\n"
                             : "\n");
        flow.shown.page(kSample, sample, "");
    }
    std::vector<std::vector<std::string>> left;
    for (const json::Value& reason : items_of("left_out")) {
        std::string names;
        if (const auto devices = reason.find("sample"))
            for (const json::Value& device : devices->items())
                names += (names.empty() ? "" : ", ") + text_at(device, "/name");
        left.push_back({text_at(reason, "/reason"),
                        grouped(static_cast<long long>(number_at(reason, "/count"))), std::move(names)});
    }
    if (!left.empty())
        flow.console.out("\n" + render_table({{"LEFT OUT BECAUSE"}, {"DEVICES", true, true}, {"SUCH AS"}},
                                             left, flow.console.terminal ? flow.console.width : 0));
    if (const double unknown = number_at(preview, "/unknown"); unknown > 0)
        flow.console.out(fmt::format("\nOf {} more the query cannot tell; they are left out.\n",
                                     grouped(static_cast<long long>(unknown))));
}

base::Status show_edit(const Flow& flow, const json::Value& edit) {
    const std::string state = text_at(edit, "/state"), id = text_at(edit, "/id");
    if (flow.shown.output == Output::json) {
        flow.console.out(std::string(edit.source()) + "\n");
    } else if (flow.shown.output == Output::csv) {
        flow.shown.object({{"id", "/id", Format::id},
                           {"state", "/state"},
                           {"changed", "/changed", Format::integer},
                           {"unchanged", "/unchanged", Format::integer},
                           {"refused", "/refused", Format::integer},
                           {"put_back", "/put_back", Format::integer},
                           {"left_alone", "/left_alone", Format::integer}},
                          edit);
    } else {
        flow.console.out(printable(text_at(edit, "/sentence")) + "\n");
        for (const char* why : {"reasons", "left"})
            if (const auto list = edit.find(why); list && (state == "undone") == (why[0] == 'l'))
                for (const json::Value& said : list->items())
                    flow.console.out("  " + printable(said.text()) + "\n");
        if (flag_at(edit, "/undoable")) flow.console.out("To put it back: oakum edit undo " + id + "\n");
    }
    if (state == "cancelled")
        return base::conflict("it was cancelled in its middle; to put back what it did: oakum edit undo " +
                              id);
    if (state == "interrupted")
        return base::unavailable(
            "it was interrupted in its middle; do it again, or undo it: oakum edit undo " + id);
    return {};
}

void show_replacement(const Flow& flow, const json::Value& preview) {
    flow.console.out(printable(text_at(preview, "/sentence")) + "\n");
    std::vector<std::vector<std::string>> rows;
    if (const auto changes = preview.find("changes"))
        for (const json::Value& change : changes->items())
            rows.push_back({text_at(change, "/key"), text_at(change, "/before"), text_at(change, "/after")});
    if (!rows.empty())
        flow.console.out("\n" + render_table({{"WHAT"}, {"NEW DEVICE HAS"}, {"WILL HAVE"}}, rows,
                                             flow.console.terminal ? flow.console.width : 0));
    std::string told;
    if (const auto decisions = preview.find("decisions"))
        for (const json::Value& decision : decisions->items())
            told += printable(text_at(decision, "/sentence")) + ": " + printable(text_at(decision, "/note")) +
                    ".\n";
    if (const auto notes = preview.find("notes"))
        for (const json::Value& note : notes->items())
            told += printable(note.text()) + "\n";
    if (!told.empty()) flow.console.out("\n" + told);
}

} // namespace

base::Result<json::Value> wait_for_end(const Flow& flow, json::Value edit, std::string_view what) {
    for (bool drawn = false;;) {
        const auto count = [&](const char* of) { return static_cast<std::uint64_t>(number_at(edit, of)); };
        const std::string state = text_at(edit, "/state");
        const bool undoing = state == "undoing";
        if (state != "running" && state != "cancelling" && !undoing) {
            if (drawn) progress(flow.console, what, 1, 1);
            return edit;
        }
        const std::uint64_t all = undoing ? count("/created") + count("/changed") : count("/total");
        const std::uint64_t done =
            undoing ? count("/put_back") + count("/left_alone")
                    : count("/created") + count("/changed") + count("/unchanged") + count("/refused");
        // The end of the bar belongs to the end of the edit.
        drawn = drawn || all > 0;
        if (all > 0) progress(flow.console, what, std::min(done, all - 1), all);
        flow.console.wait(std::chrono::milliseconds(500));
        TRY_VALUE(edit, flow.api.get("/api/v1/edits/" + encode(text_at(edit, "/id"))));
    }
}

base::Status change_devices(const Flow& flow, const NewBulk& bulk) {
    std::string request;
    json::Writer writer(request);
    writer.begin_object();
    TRY(write_request(flow, writer, bulk));
    const Api::Body look{"application/json", request + "}", {}};
    TRY_VALUE(const json::Value preview, flow.api.call(Method::post, "/api/v1/devices/bulk/preview", &look));
    const bool goes = bulk.yes && !flow.dry_run;
    if (flow.shown.output == Output::table)
        show_preview(flow, preview);
    else if (!goes && flow.shown.output == Output::json)
        flow.console.out(std::string(preview.source()) + "\n");
    else if (!goes)
        flow.shown.object({{"matched", "/matched", Format::integer},
                           {"changes", "/changes", Format::integer},
                           {"unknown", "/unknown", Format::integer}},
                          preview);
    if (!goes) {
        if (flow.shown.output == Output::table)
            flow.console.out(
                "\nNothing was changed; " +
                std::string(bulk.yes ? "run it again without --dry-run." : "add --yes to do it.") + "\n");
        return {};
    }
    writer.member("stamp", text_at(preview, "/stamp"));
    if (!bulk.why.empty()) writer.member("why", bulk.why);
    writer.end_object();
    const Api::Body body{"application/json", request, {}};
    TRY_VALUE(json::Value edit, flow.api.call(Method::post, "/api/v1/devices/bulk", &body));
    TRY_VALUE(edit, wait_for_end(flow, std::move(edit), "Changing"));
    if (flow.shown.output == Output::table) flow.console.out("\n");
    return show_edit(flow, edit);
}

base::Status replace_device(const Flow& flow, const NewReplacement& replacement) {
    TRY_VALUE(const std::string old, id_of(flow.api, "device", replacement.old));
    TRY_VALUE(const std::string fresh, id_of(flow.api, "device", replacement.fresh));
    const std::string place = "/api/v1/devices/" + encode(old) + "/actions/replace";
    std::string request;
    json::Writer writer(request);
    writer.begin_object().member("by", fresh);
    const Api::Body look{"application/json", request + "}", {}};
    TRY_VALUE(const json::Value preview, flow.api.call(Method::post, place + "/preview", &look));
    const bool goes = replacement.yes && !flow.dry_run;
    if (flow.shown.output == Output::table)
        show_replacement(flow, preview);
    else if (!goes && flow.shown.output == Output::json)
        flow.console.out(std::string(preview.source()) + "\n");
    else if (!goes)
        flow.shown.object(
            {{"old", "/old/id", Format::id}, {"new", "/new/id", Format::id}, {"what", "/sentence"}}, preview);
    if (!goes) {
        if (flow.shown.output == Output::table)
            flow.console.out(
                "\nNothing was changed; " +
                std::string(replacement.yes ? "run it again without --dry-run." : "add --yes to do it.") +
                "\n");
        return {};
    }
    writer.member("stamp", text_at(preview, "/stamp"));
    if (!replacement.why.empty()) writer.member("why", replacement.why);
    writer.end_object();
    const Api::Body body{"application/json", request, {}};
    TRY_VALUE(const json::Value edit, flow.api.call(Method::post, place, &body));
    if (flow.shown.output == Output::table) flow.console.out("\n");
    return show_edit(flow, edit);
}

base::Status undo_edit(const Flow& flow, const std::string& id, const std::string& why) {
    const std::string place = "/api/v1/edits/" + encode(id);
    if (flow.dry_run) {
        TRY_VALUE(const json::Value edit, flow.api.get(place));
        if (const std::string not_possible = text_at(edit, "/why_not"); !not_possible.empty())
            return base::conflict(not_possible);
        return changed_nothing(flow, "Would put back \"" + printable(text_at(edit, "/name")) + "\" of " +
                                         printable(text_at(edit, "/actor")) +
                                         ", on each device where nobody changed it since.");
    }
    std::string request;
    json::Writer writer(request);
    writer.begin_object();
    if (!why.empty()) writer.member("why", why);
    writer.end_object();
    const Api::Body body{"application/json", request, {}};
    TRY_VALUE(json::Value edit, flow.api.call(Method::post, place + "/actions/undo", &body));
    TRY_VALUE(edit, wait_for_end(flow, std::move(edit), "Putting back"));
    return show_edit(flow, edit);
}

} // namespace oakum::cli
