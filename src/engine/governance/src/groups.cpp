// SPDX-License-Identifier: Apache-2.0
#include <governance/groups.hpp>

#include "rows.hpp"

#include <governance/password_rules.hpp>

#include <algorithm>

namespace oakum::governance {
namespace {

constexpr std::size_t kMaxDefaults = 64, kMaxQuery = 4096, kMaxValue = 512;

access::Resource resource_of(const access::Actor& actor, device::GroupId group) {
    return {.tenant = actor.tenant, .groups = std::vector{group.get()}};
}

base::Error no_group(device::GroupId id) {
    return base::not_found("there is no group " + id.text());
}

bool name_taken(shard::Transaction& transaction, const std::string& name, device::GroupId except) {
    const auto groups = transaction.list<ports::GroupRow>();
    return std::ranges::any_of(groups, [&](const auto& group) {
        return !group->deleted && group->id != except && group->name == name;
    });
}

void set_defaults(ports::GroupRow& row, const std::map<std::string, std::string>& defaults,
                  base::TimePoint now) {
    row.defaults.clear();
    for (const auto& [key, value] : defaults)
        row.defaults.push_back(
            {.key = key, .value = value, .source = device::FactSource::group, .detail = row.name, .at = now});
}

} // namespace

base::Status Groups::check(const std::optional<std::string>& name, const std::optional<std::string>& query,
                           const std::optional<std::map<std::string, std::string>>& defaults) const {
    if (name)
        if (auto label = check_label(*name); !label.ok()) return std::move(label).error().at("/name");
    if (query && !query->empty()) {
        if (query->size() > kMaxQuery) return base::too_large("a query has at most 4096 bytes").at("/query");
        if (auto valid = rules_.check_query(*query); !valid.ok()) {
            base::Error error = std::move(valid).error();
            error.where = error.where.empty() ? "/query" : "/query, " + error.where;
            return error;
        }
    }
    if (defaults) {
        if (defaults->size() > kMaxDefaults)
            return base::too_large("a group has at most 64 defaults").at("/defaults");
        for (const auto& [key, value] : *defaults) {
            base::Status valid = value.empty() ? base::Status(base::invalid("the value is empty"))
                                 : value.size() > kMaxValue
                                     ? base::Status(base::too_large("a value has at most 512 bytes"))
                                     : rules_.check_fact(key, value);
            if (!valid.ok()) return std::move(valid).error().at("/defaults/" + key.substr(0, 64));
        }
    }
    return {};
}

base::Result<std::vector<ports::GroupRow>> Groups::list(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::group_read).status());
    std::vector<ports::GroupRow> groups;
    for (const auto& group : control_.list<ports::GroupRow>(tenant_of(actor)))
        if (!group->deleted &&
            access::may(actor, access::Action::group_read, resource_of(actor, group->id)).allowed)
            groups.push_back(*group);
    return groups;
}

base::Result<ports::GroupRow> Groups::get(const access::Actor& actor, device::GroupId id) const {
    const auto group = control_.find<ports::GroupRow>(tenant_of(actor), id);
    if (!group || group->deleted) return no_group(id);
    const access::Decision decision = access::may(actor, access::Action::group_read, resource_of(actor, id));
    if (decision.hidden) return no_group(id);
    TRY(decision.status());
    return *group;
}

void Groups::create(const access::Actor& actor, GroupNew group, shard::Completion<ports::GroupRow> done) {
    if (auto allowed = access::may(actor, access::Action::group_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto valid = check(group.name, group.query, group.defaults); !valid.ok())
        return done(std::move(valid).error());
    writer_.submit<ports::GroupRow>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [this, actor,
         group = std::move(group)](shard::Transaction& transaction) -> base::Result<ports::GroupRow> {
            if (name_taken(transaction, group.name, {}))
                return base::conflict("there is a group \"" + group.name + "\" already").at("/name");
            if (transaction.list<ports::GroupRow>().size() >= settings_.groups)
                return base::conflict("there are " + std::to_string(settings_.groups) + " groups already");
            ports::GroupRow row;
            row.id = device::GroupId(ids_.next());
            row.name = group.name;
            row.query = group.query;
            set_defaults(row, group.defaults, transaction.now());
            shard::AuditEntry entry = entry_of(actor, "group.create", "group " + row.id.text());
            entry.after = json_of(row);
            transaction.audit(std::move(entry));
            transaction.change("group", row.id.text());
            row.row_version = 1;
            transaction.put(row);
            return row;
        },
        std::move(done));
}

void Groups::patch(const access::Actor& actor, device::GroupId id, GroupPatch patch,
                   shard::Completion<ports::GroupRow> done) {
    if (auto visible = get(actor, id); !visible.ok()) return done(std::move(visible).error());
    if (auto allowed = access::may(actor, access::Action::group_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto valid = check(patch.name, patch.query, patch.defaults); !valid.ok())
        return done(std::move(valid).error());
    writer_.submit<ports::GroupRow>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id,
         patch = std::move(patch)](shard::Transaction& transaction) -> base::Result<ports::GroupRow> {
            const auto stored = transaction.find<ports::GroupRow>(id);
            if (!stored || stored->deleted) return no_group(id);
            if (patch.expected_version && *patch.expected_version != stored->row_version)
                return base::conflict("the group was changed meanwhile; read it again").at("If-Match");
            if (patch.name && name_taken(transaction, *patch.name, id))
                return base::conflict("there is a group \"" + *patch.name + "\" already").at("/name");
            ports::GroupRow row = *stored;
            row.name = patch.name.value_or(row.name);
            row.query = patch.query.value_or(row.query);
            if (patch.defaults) set_defaults(row, *patch.defaults, transaction.now());
            shard::AuditEntry entry = entry_of(actor, "group.update", "group " + id.text());
            entry.before = json_of(*stored);
            entry.after = json_of(row);
            transaction.audit(std::move(entry));
            transaction.change("group", id.text());
            transaction.put(row);
            row.row_version = stored->row_version + 1;
            return row;
        },
        std::move(done));
}

void Groups::remove(const access::Actor& actor, device::GroupId id, std::function<void(base::Status)> done) {
    if (auto visible = get(actor, id); !visible.ok()) return done(std::move(visible).error());
    if (auto allowed = access::may(actor, access::Action::group_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    writer_.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::GroupRow>(id);
            if (!stored || stored->deleted) return no_group(id);
            for (const auto& user : transaction.list<ports::UserRow>())
                if (std::ranges::find(user->scope, id) != user->scope.end())
                    return base::conflict("the scope of user " + user->name + " names this group");
            for (const auto& token : transaction.list<ports::TokenRow>())
                if (token->kind == ports::TokenKind::enrolment && token->group == id &&
                    !ends_before(*token, transaction.now()))
                    return base::conflict("the enrolment token \"" + token->label +
                                          "\" names this group; revoke it first");
            ports::GroupRow row = *stored;
            row.deleted = true;
            shard::AuditEntry entry = entry_of(actor, "group.delete", "group " + id.text());
            entry.before = json_of(*stored);
            transaction.audit(std::move(entry));
            transaction.change("group", id.text());
            transaction.put(std::move(row));
            return {};
        },
        std::move(done));
}

} // namespace oakum::governance
