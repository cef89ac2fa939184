// SPDX-License-Identifier: Apache-2.0
#include "decode.hpp"
#include "early_return.hpp"
#include "routes.hpp"
#include "views.hpp"

#include <device/query.hpp>

#include <array>

namespace oakum::api {
namespace {

using governance::View;
using governance::ViewSharing;
using governance::ViewWish;

constexpr std::size_t kSmall = 65'536, kMostColumns = 40;
// What of a list a view can hold, beside its columns.
constexpr std::array<std::string_view, 5> kParts{"query", "search", "only", "state", "sort"};
constexpr std::string_view kLists = "/api/v1/";

std::string path_of(std::string_view list) {
    return std::string(kLists) + std::string(list);
}

// The list that a view is for, when that list takes views.
base::Result<const Route*> route_of(std::string_view list) {
    const Found found = find_route(ports::Method::get, path_of(list));
    if (!found.route || list.find('/') != std::string_view::npos || !takes(*found.route, "view"))
        return base::invalid(
                   "views are for devices, advisories, findings, fixes, releases, rollouts and alarms")
            .at("/list");
    return found.route;
}

struct ViewPatch {
    std::optional<std::string> name;
    std::optional<bool> shared;
    std::map<std::string, std::string> shows; // empty: taken out
};

base::Status decode_shows(const json::Value& body, std::map<std::string, std::string>& shows) {
    for (const std::string_view part : kParts) {
        const auto given = body.find(part);
        if (!given) continue;
        if (given->is_null()) {
            shows[std::string(part)] = "";
            continue;
        }
        TRY_VALUE(std::string value, given->as_string(4096));
        shows[std::string(part)] = std::move(value);
    }
    TRY_VALUE(const auto columns, body.optional_array_at("columns", kMostColumns));
    if (!columns) return {};
    std::string& text = shows["columns"];
    for (const json::Value& each : columns->items()) {
        TRY_VALUE(const std::string column, each.as_string(64));
        const bool plain = !column.empty() && std::ranges::all_of(column, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        });
        if (!plain) return each.wrong("a column's name has small letters, digits, '_' and '.'");
        text.append(text.empty() ? "" : ",").append(column);
    }
    return {};
}

base::Result<ViewWish> decode_view(const json::Value& body) {
    TRY(body.only({"name", "list", "query", "search", "only", "state", "sort", "columns", "shared"}));
    ViewWish wish;
    TRY_VALUE(wish.name, body.string_at("name", 256));
    TRY_VALUE(wish.list, body.string_at("list", 64));
    TRY(decode_shows(body, wish.shows));
    TRY_VALUE(const auto shared, body.optional_bool_at("shared"));
    wish.sharing = shared.value_or(false) ? ViewSharing::shared : ViewSharing::own;
    return wish;
}

base::Result<ViewPatch> decode_view_patch(const json::Value& body) {
    TRY(body.only({"name", "query", "search", "only", "state", "sort", "columns", "shared"}));
    ViewPatch patch;
    TRY_VALUE(patch.name, body.optional_string_at("name", 256));
    TRY(decode_shows(body, patch.shows));
    TRY_VALUE(patch.shared, body.optional_bool_at("shared"));
    return patch;
}

// Asks the list itself for one row: what it refuses is not kept.
void try_out(Context& context, const Call& call, ViewWish wish, std::function<void(ViewWish)> good) {
    auto route = route_of(wish.list);
    if (!route.ok()) return call.reply.problem(route.error());
    if (auto may = access::may(call.actor(), *(*route)->action).status(); !may.ok())
        return call.reply.problem(may.error());
    std::erase_if(wish.shows, [](const auto& part) { return part.second.empty(); });
    Call asking{.request = {}, .principal = call.principal, .path = {}, .reply = call.reply};
    asking.request.method = ports::Method::get;
    asking.request.path = path_of(wish.list);
    asking.request.query.emplace_back("limit", "1");
    for (const auto& [part, value] : wish.shows) {
        if (part == "columns") continue;
        if (!takes(**route, part))
            return call.reply.problem(base::invalid("this list has nothing of the kind").at("/" + part));
        asking.request.query.emplace_back(part, value);
    }
    asking.reply = call.reply.to(
        [reply = call.reply, wish = std::move(wish), good = std::move(good)](ports::HttpResponse response) {
            if (response.status != 200) return reply.send(std::move(response));
            good(wish);
        });
    (*route)->handle(context, std::move(asking));
}

Answer<View> answer_view(const Call& call, int status) {
    return [reply = call.reply, user = call.actor().user, status](base::Result<View> view) {
        if (!view.ok()) return reply.problem(view.error());
        reply.json(status, to_json(SeenView{*view, user}), {{"ETag", tag_of_version(view->row_version)}});
    };
}

} // namespace

bool takes(const Route& route, std::string_view parameter) {
    const std::string padded = " " + std::string(route.parameters) + " ";
    return padded.find(" " + std::string(parameter) + " ") != std::string::npos;
}

void write(Out& o, const SeenView& v) {
    const ViewWish& wish = v.view.wish;
    object(o, [&] {
        o("id", v.view.id)("name", wish.name)("list", wish.list);
        for (const std::string_view part : kParts) {
            const auto found = wish.shows.find(std::string(part));
            o(part, found == wish.shows.end() ? std::nullopt : std::optional(found->second));
        }
        std::vector<std::string> columns;
        if (const auto found = wish.shows.find("columns"); found != wish.shows.end())
            for (std::string_view rest = found->second; !rest.empty();) {
                const std::size_t comma = rest.find(',');
                columns.emplace_back(rest.substr(0, comma));
                rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
            }
        o("columns", columns)("shared", wish.sharing == ViewSharing::shared)(
            "mine", v.view.owner == v.reader)("owner", v.view.owner_name)("changed", v.view.changed)(
            "version", "v" + std::to_string(v.view.row_version));
    });
}

base::Status apply_view(Context& context, const access::Actor& actor, ports::HttpRequest& request) {
    const auto named = std::ranges::find(request.query, "view", [](const auto& each) { return each.first; });
    if (named == request.query.end()) return {};
    const std::string name = named->second;
    request.query.erase(named);
    TRY_VALUE(const View view,
              context.services.views.find(actor, std::string_view(request.path).substr(kLists.size()), name));
    for (const auto& [part, value] : view.wish.shows) {
        if (part == "columns") continue;
        const auto asked =
            std::ranges::find(request.query, part, [](const auto& each) { return each.first; });
        if (asked == request.query.end())
            request.query.emplace_back(part, value);
        else if (asked->second.empty())
            asked->second = value;
        // Both; a mistake in what was asked keeps its column, since nothing is put before it then.
        else if (part == "query" && device::parse_query(asked->second).ok())
            asked->second = "(" + asked->second + ") and (" + value + ")";
    }
    return {};
}

void list_views(Context& context, Call call) {
    OR_PROBLEM(of_list, text_parameter(call, "list", 64));
    OR_PROBLEM(page, page_parameters(call));
    OR_PROBLEM(views, context.services.views.list(call.actor(), *of_list));
    std::vector<SeenView> seen;
    for (View& view : *views)
        seen.push_back({std::move(view), call.actor().user});
    const Page<SeenView> piece = cut(std::move(seen), *page);
    call.reply.json(200, page_json(piece, piece.items, list_of(call)));
}

void get_view(Context& context, Call call) {
    PATH_ID(id, governance::ViewId);
    answer_view(call, 200)(context.services.views.get(call.actor(), *id));
}

void create_view(Context& context, Call call) {
    BODY(wish, kSmall, decode_view);
    try_out(context, call, std::move(*wish), [&context, call](ViewWish tried) {
        context.services.views.add(call.actor(), std::move(tried), answer_view(call, 201));
    });
}

void update_view(Context& context, Call call) {
    PATH_ID(id, governance::ViewId);
    BODY(patch, kSmall, decode_view_patch);
    OR_PROBLEM(version, expected_version(call));
    OR_PROBLEM(present, context.services.views.get(call.actor(), *id));
    ViewWish wish = present->wish;
    if (patch->name) wish.name = *patch->name;
    if (patch->shared) wish.sharing = *patch->shared ? ViewSharing::shared : ViewSharing::own;
    for (const auto& [part, value] : patch->shows)
        wish.shows[part] = value;
    // What was not named is as it was read here, so that is the version it is changed from.
    const std::uint64_t from = version->value_or(present->row_version);
    try_out(context, call, std::move(wish), [&context, call, id = *id, from](ViewWish tried) {
        context.services.views.change(
            call.actor(), id, std::move(tried), from,
            or_who_was_first(context, call, governance::resource_of(id), answer_view(call, 200)));
    });
}

void delete_view(Context& context, Call call) {
    PATH_ID(id, governance::ViewId);
    context.services.views.remove(call.actor(), *id, answer_nothing(call));
}

} // namespace oakum::api
