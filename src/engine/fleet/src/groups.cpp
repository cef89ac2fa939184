// SPDX-License-Identifier: Apache-2.0
#include "columns.hpp"
#include "facts.hpp"

#include <fleet/groups.hpp>

#include <algorithm>
#include <map>

namespace oakum::fleet {
namespace {

constexpr std::size_t kMostGroups = 10'000, kMaxName = 128;

std::string describe(const ports::GroupRow& row) {
    std::string defaults;
    for (const device::Fact& fact : row.defaults)
        defaults += (defaults.empty() ? "" : ", ") + fact.key + "=" + fact.value;
    return json_of({{"name", row.name}, {"query", row.query}, {"defaults", defaults}});
}

base::Status check(const GroupWish& wish) {
    if (wish.name.empty() || wish.name.size() > kMaxName || !base::is_utf8(wish.name))
        return base::invalid("a name of at most 128 bytes is needed").at("/name");
    const bool odd = std::any_of(wish.name.begin(), wish.name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '*';
    });
    if (odd) return base::invalid("a name has no quotes, stars or control characters").at("/name");
    if (wish.defaults.size() > 64) return base::too_large("more than 64 defaults").at("/defaults");
    for (const auto& [key, value] : wish.defaults) {
        if (key == device::key::serial || key == device::key::address || key == device::key::name)
            return base::invalid("'" + key + "' is each device's own").at("/defaults/" + key);
        if (value.empty()) return base::invalid("a default needs a value").at("/defaults/" + key);
        TRY(check_fact(key, value));
    }
    if (wish.query.empty()) return {};
    auto query = device::parse_query(wish.query);
    if (!query.ok()) return std::move(query).error();
    return {};
}

// A query may name other groups, but no chain of them may come back to its own, or be longer than is looked
// at.
base::Status check_chain(const shard::Transaction& transaction, const GroupWish& wish, GroupId own) {
    struct Asked {
        std::string query;
        int depth = 1; // groups from this one on
    };
    std::vector<Asked> texts{{wish.query}};
    std::map<GroupId, int> deepest;
    while (!texts.empty()) {
        const auto query = device::parse_query(texts.back().query);
        const int depth = texts.back().depth + 1;
        texts.pop_back();
        if (!query.ok()) continue;
        for (const device::Term& term : query->terms) {
            if (term.field != device::Field::group) continue;
            for (const device::Literal& literal : term.values) {
                if (device::matches_text(literal, wish.name) || device::matches_text(literal, own.text()))
                    return base::invalid("a group's query cannot lead back to the group itself").at("/query");
                for (const auto& other : transaction.list<ports::GroupRow>()) {
                    if (other->deleted || other->query.empty()) continue;
                    if (!device::matches_text(literal, other->name) &&
                        !device::matches_text(literal, other->id.text()))
                        continue;
                    if (depth > kGroupDepth)
                        return base::invalid("groups whose queries ask for other groups go " +
                                             std::to_string(kGroupDepth) + " deep; ask for what '" +
                                             other->name + "' asks for instead")
                            .at("/query");
                    int& known = deepest[other->id];
                    if (known >= depth) continue;
                    known = depth;
                    texts.push_back({other->query, depth});
                }
            }
        }
    }
    return {};
}

base::Status check_name(const shard::Transaction& transaction, const std::string& name, GroupId own) {
    std::size_t count = 0;
    for (const auto& other : transaction.list<ports::GroupRow>()) {
        if (other->deleted) continue;
        ++count;
        if (other->id != own && device::equal_ignoring_case(other->name, name))
            return base::conflict("there is a group '" + other->name + "' already").at("/name");
    }
    if (count >= kMostGroups) return base::too_large("more than 10,000 groups");
    return {};
}

void fill(ports::GroupRow& row, const GroupWish& wish, const access::Actor& actor, base::TimePoint now) {
    row.name = wish.name;
    row.query = wish.query;
    row.defaults.clear();
    for (const auto& [key, value] : wish.defaults)
        row.defaults.push_back({key, value, device::FactSource::person, actor.name, minute_of(now)});
}

} // namespace

base::Result<std::vector<GroupView>> Groups::list(const access::Actor& actor) const {
    TRY(may_do(actor, access::Action::group_read));
    const Scope scope = scope_of(actor);
    std::vector<GroupView> views;
    for (const auto& row : core_.control.list<ports::GroupRow>(tenant_of(actor))) {
        const bool seen = scope.empty() || std::find(scope.begin(), scope.end(), row->id) != scope.end();
        if (!row->deleted && seen) views.push_back({*row, members(tenant_of(actor), row->id)});
    }
    return views;
}

base::Result<GroupView> Groups::get(const access::Actor& actor, GroupId group) const {
    TRY(may_do(actor, access::Action::group_read));
    const Scope scope = scope_of(actor);
    const auto row = core_.control.find<ports::GroupRow>(tenant_of(actor), group);
    const bool seen = scope.empty() || std::find(scope.begin(), scope.end(), group) != scope.end();
    if (!row || row->deleted || !seen) return base::not_found("there is no group " + group.text());
    return GroupView{*row, members(tenant_of(actor), group)};
}

Count Groups::members(TenantId tenant, GroupId group) const {
    Selection selection;
    selection.tenant = tenant;
    selection.query = device::parse_query("group = " + group.text()).value();
    return core_.fleet.count(selection);
}

void Groups::create(access::Actor actor, GroupWish wish, shard::Completion<GroupId> done) {
    if (auto status = may_do(actor, access::Action::group_edit); !status.ok())
        return done(std::move(status).error());
    if (auto status = check(wish); !status.ok()) return done(std::move(status).error());
    const GroupId id = core_.ids.next_as<GroupId>();
    core_.writer.submit<GroupId>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, wish = std::move(wish), id](shard::Transaction& transaction) -> base::Result<GroupId> {
            TRY(check_name(transaction, wish.name, id));
            TRY(check_chain(transaction, wish, id));
            ports::GroupRow row;
            row.id = id;
            fill(row, wish, actor, transaction.now());
            transaction.put(row);
            transaction.change("group", id.text(), "{\"what\":\"created\"}");
            transaction.audit({actor.text(), "group.create", "group " + id.text(), "", describe(row), ""});
            return id;
        },
        std::move(done));
}

void Groups::change(access::Actor actor, GroupId group, GroupWish wish, std::optional<std::uint64_t> expected,
                    std::function<void(base::Status)> done) {
    if (auto status = may_do(actor, access::Action::group_edit); !status.ok()) return done(std::move(status));
    if (auto status = check(wish); !status.ok()) return done(std::move(status));
    core_.writer.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, wish = std::move(wish), group, expected](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::GroupRow>(group);
            if (!stored || stored->deleted) return base::not_found("there is no group " + group.text());
            if (expected && *expected != stored->row_version)
                return base::conflict("somebody else changed this group meanwhile").at("If-Match");
            TRY(check_name(transaction, wish.name, group));
            TRY(check_chain(transaction, wish, group));
            ports::GroupRow row = *stored;
            fill(row, wish, actor, transaction.now());
            transaction.put(row);
            transaction.change("group", group.text(), "{\"what\":\"changed\"}");
            transaction.audit({actor.text(), "group.change", "group " + group.text(), describe(*stored),
                               describe(row), ""});
            return {};
        },
        std::move(done));
}

void Groups::remove(access::Actor actor, GroupId group, std::string why,
                    std::function<void(base::Status)> done) {
    if (auto status = may_do(actor, access::Action::group_edit); !status.ok()) return done(std::move(status));
    core_.writer.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, group, why](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::GroupRow>(group);
            if (!stored || stored->deleted) return base::not_found("there is no group " + group.text());
            ports::GroupRow row = *stored;
            row.deleted = true;
            transaction.put(row);
            transaction.change("group", group.text(), "{\"what\":\"removed\"}");
            transaction.audit(
                {actor.text(), "group.remove", "group " + group.text(), describe(*stored), "", why});
            return {};
        },
        std::move(done));
}

} // namespace oakum::fleet
