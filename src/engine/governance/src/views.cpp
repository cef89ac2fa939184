// SPDX-License-Identifier: Apache-2.0
#include <governance/views.hpp>

#include "rows.hpp"

#include <base/bytes.hpp>
#include <json/parse.hpp>

#include <algorithm>
#include <tuple>

namespace oakum::governance {
namespace {

constexpr std::string_view kPrefix = "view/";
constexpr std::size_t kMaxName = 64, kMaxValue = 4096, kMostParts = 12, kMostOwn = 100, kMostShared = 500;

std::string document_of(ViewId id) {
    return std::string(kPrefix) + id.text();
}

std::string body_of(const View& view) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object();
    writer.member("name", view.wish.name).member("list", view.wish.list);
    writer.key("shows").begin_object();
    for (const auto& [key, value] : view.wish.shows)
        writer.member(key, value);
    writer.end_object();
    writer.member("shared", view.wish.sharing == ViewSharing::shared);
    writer.member("owner", view.owner.text()).member("owner_name", view.owner_name);
    writer.key("scope").begin_array();
    for (const base::Id128& group : view.scope)
        writer.value(base::to_text(group));
    writer.end_array();
    writer.member("changed", base::to_iso8601(view.changed)).member("version", view.row_version);
    writer.end_object();
    return text;
}

base::Result<View> view_of(const ports::DocumentRow& row) {
    TRY_VALUE(const json::Value body, json::parse(row.body));
    View view;
    TRY_VALUE(view.id, ViewId::parse(std::string_view(row.name).substr(kPrefix.size())));
    TRY_VALUE(view.wish.name, body.string_at("name"));
    TRY_VALUE(view.wish.list, body.string_at("list"));
    TRY_VALUE(const json::Value shows, body.object_at("shows"));
    for (const json::Value& each : shows.items()) {
        TRY_VALUE(std::string value, each.as_string());
        view.wish.shows[std::string(each.key())] = std::move(value);
    }
    TRY_VALUE(const bool shared, body.bool_at("shared"));
    view.wish.sharing = shared ? ViewSharing::shared : ViewSharing::own;
    TRY_VALUE(const std::string owner, body.string_at("owner"));
    TRY_VALUE(view.owner, access::UserId::parse(owner));
    TRY_VALUE(view.owner_name, body.string_at("owner_name"));
    TRY_VALUE(const json::Value scope, body.array_at("scope"));
    for (const json::Value& each : scope.items()) {
        TRY_VALUE(const std::string text, each.as_string());
        TRY_VALUE(const base::Id128 group, base::parse_id128(text));
        view.scope.push_back(group);
    }
    TRY_VALUE(const std::string changed, body.string_at("changed"));
    TRY_VALUE(view.changed, base::parse_time(changed));
    TRY_VALUE(view.row_version, body.uint_at("version"));
    return view;
}

// A document that cannot be read stands in nobody's way.
std::vector<View> views_of(const std::vector<shard::Held<ports::DocumentRow>>& documents) {
    std::vector<View> views;
    for (const auto& document : documents)
        if (document->name.starts_with(kPrefix) && !document->body.empty())
            if (auto view = view_of(*document); view.ok()) views.push_back(std::move(*view));
    return views;
}

bool sees(const access::Actor& actor, const View& view) {
    if (view.owner == actor.user) return true;
    if (view.wish.sharing == ViewSharing::own) return false;
    access::Resource resource{.tenant = actor.tenant, .groups = std::nullopt};
    if (!view.scope.empty()) resource.groups = view.scope;
    return access::may(actor, access::Action::self_edit, resource).allowed;
}

// One's own; a shared one also for whoever may share and sees all that its maker saw.
base::Status may_change(const access::Actor& actor, const View& view) {
    if (view.owner == actor.user) return {};
    TRY(access::may(actor, access::Action::device_edit).status());
    const bool covers =
        actor.whole_tenant() ||
        (!view.scope.empty() && std::ranges::all_of(view.scope, [&](const base::Id128& group) {
            return std::ranges::find(actor.scope, group) != actor.scope.end();
        }));
    if (!covers) return base::denied("this view is shared beyond the groups that you see");
    return {};
}

bool is_line(std::string_view text) {
    return base::is_utf8(text) && std::ranges::none_of(text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
           });
}

base::Status check(const access::Actor& actor, const ViewWish& wish) {
    TRY(access::may(actor, access::Action::self_edit).status());
    if (wish.sharing == ViewSharing::shared)
        if (auto allowed = access::may(actor, access::Action::device_edit).status(); !allowed.ok())
            return std::move(allowed).error().at("/shared");
    const std::string& name = wish.name;
    if (name.empty() || name.size() > kMaxName || !is_line(name) || name.front() == ' ' || name.back() == ' ')
        return base::invalid("a name has 1 to 64 bytes on one line, and no space at its ends").at("/name");
    if (ViewId::parse(name).ok()) return base::invalid("a name does not look like an id").at("/name");
    if (wish.shows.size() > kMostParts) return base::too_large("more than a list has").at("/list");
    for (const auto& [key, value] : wish.shows)
        if (value.size() > kMaxValue || !is_line(value))
            return base::invalid("it has at most 4,096 bytes, on one line").at("/" + key);
    return {};
}

// Names are told apart among one's own and among the shared ones, list by list.
base::Status check_place(const std::vector<View>& views, const View& wanted) {
    const bool shared = wanted.wish.sharing == ViewSharing::shared;
    std::size_t count = 0;
    for (const View& other : views) {
        if (other.id == wanted.id || other.wish.sharing != wanted.wish.sharing) continue;
        if (!shared && other.owner != wanted.owner) continue;
        ++count;
        if (other.wish.list == wanted.wish.list && other.wish.name == wanted.wish.name)
            return base::conflict(shared ? "there is a shared view of this name; choose another"
                                         : "you have a view of this name; choose another, or change that one")
                .at("/name");
    }
    if (count >= (shared ? kMostShared : kMostOwn))
        return base::too_large(shared ? "there are 500 shared views; remove one first"
                                      : "you have 100 views; remove one first");
    return {};
}

void keep(shard::Transaction& transaction, const access::Actor& actor, std::string_view action,
          const View* before, const View* after) {
    const ViewId id = (after ? after : before)->id;
    transaction.put(ports::DocumentRow{document_of(id), after ? body_of(*after) : std::string()});
    transaction.change("view", id.text());
    const auto shared = [](const View* view) { return view && view->wish.sharing == ViewSharing::shared; };
    if (!shared(before) && !shared(after)) return; // what somebody keeps for themselves is nobody's business
    shard::AuditEntry entry = entry_of(actor, std::string(action), resource_of(id));
    if (shared(before)) entry.before = body_of(*before);
    if (shared(after)) entry.after = body_of(*after);
    transaction.audit(std::move(entry));
}

base::Result<View> stored(shard::Transaction& transaction, const access::Actor& actor, ViewId id) {
    const auto row = transaction.find<ports::DocumentRow>(document_of(id));
    const auto missing = [&] { return base::not_found("there is no view " + id.text()); };
    if (!row || row->body.empty()) return missing();
    TRY_VALUE(View view, view_of(*row));
    if (!sees(actor, view)) return missing();
    return view;
}

} // namespace

std::string resource_of(ViewId id) {
    return "view " + id.text();
}

base::Result<std::vector<View>> Views::list(const access::Actor& actor, std::string_view of_list) const {
    TRY(access::may(actor, access::Action::self_edit).status());
    std::vector<View> views = views_of(control_.list<ports::DocumentRow>(tenant_of(actor)));
    std::erase_if(views, [&](const View& view) {
        return !sees(actor, view) || (!of_list.empty() && view.wish.list != of_list);
    });
    std::ranges::sort(views, {}, [](const View& view) {
        return std::tuple(view.wish.list, view.wish.name, view.wish.sharing, view.id);
    });
    return views;
}

base::Result<View> Views::get(const access::Actor& actor, ViewId id) const {
    TRY_VALUE(std::vector<View> views, list(actor));
    for (View& view : views)
        if (view.id == id) return std::move(view);
    return base::not_found("there is no view " + id.text());
}

base::Result<View> Views::find(const access::Actor& actor, std::string_view of_list,
                               std::string_view name) const {
    TRY_VALUE(std::vector<View> views, list(actor, of_list));
    for (View& view : views) // one's own stand first
        if (view.wish.name == name || view.id.text() == name) return std::move(view);
    return base::not_found("there is no view of this name for this list").at("view");
}

void Views::add(const access::Actor& actor, ViewWish wish, shard::Completion<View> done) {
    if (auto valid = check(actor, wish); !valid.ok()) return done(std::move(valid).error());
    writer_.submit<View>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, wish = std::move(wish),
         id = ids_.next_as<ViewId>()](shard::Transaction& transaction) -> base::Result<View> {
            View view{.id = id,
                      .wish = wish,
                      .owner = actor.user,
                      .owner_name = actor.name,
                      .scope = actor.scope,
                      .changed = transaction.now(),
                      .row_version = 1};
            TRY(check_place(views_of(transaction.list<ports::DocumentRow>()), view));
            keep(transaction, actor, "view.share", nullptr, &view);
            return view;
        },
        std::move(done));
}

void Views::change(const access::Actor& actor, ViewId id, ViewWish wish,
                   std::optional<std::uint64_t> expected, shard::Completion<View> done) {
    if (auto valid = check(actor, wish); !valid.ok()) return done(std::move(valid).error());
    writer_.submit<View>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id, wish = std::move(wish), expected](shard::Transaction& transaction) -> base::Result<View> {
            TRY_VALUE(const View before, stored(transaction, actor, id));
            TRY(may_change(actor, before));
            if (expected && *expected != before.row_version)
                return base::conflict("somebody else changed this view meanwhile").at("If-Match");
            if (wish.list != before.wish.list) return base::invalid("a view stays with its list").at("/list");
            View after = before;
            after.wish = wish;
            if (before.wish.sharing == ViewSharing::own) after.scope = actor.scope;
            after.changed = transaction.now();
            ++after.row_version;
            TRY(check_place(views_of(transaction.list<ports::DocumentRow>()), after));
            keep(transaction, actor, "view.change", &before, &after);
            return after;
        },
        std::move(done));
}

void Views::remove(const access::Actor& actor, ViewId id, std::function<void(base::Status)> done) {
    writer_.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(const View before, stored(transaction, actor, id));
            TRY(may_change(actor, before));
            keep(transaction, actor, "view.remove", &before, nullptr);
            return {};
        },
        std::move(done));
}

} // namespace oakum::governance
