// SPDX-License-Identifier: Apache-2.0
#include "kept_deadlines.hpp"

#include <base/digest.hpp>
#include <fleet/core.hpp>
#include <json/writer.hpp>
#include <policy_files/deadline_table.hpp>

#include <algorithm>

namespace oakum::assessment {

using device::TenantId;
using fleet::tenant_of;

namespace {

std::string stamp_of(std::string_view body) {
    return base::sha256(base::as_bytes(body)).hex().substr(0, 16);
}

// A name of one's own as the id that commands take: "Plant 3" is "plant-3".
std::string id_of(std::string_view name) {
    std::string id;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            id += upper ? static_cast<char>(c - 'A' + 'a') : c;
        else if (!id.empty() && id.back() != '-')
            id += '-';
    }
    while (id.ends_with('-'))
        id.pop_back();
    return id;
}

base::Status check_name(std::string_view name) {
    if (name.empty() || name.size() > 60 || id_of(name).empty() ||
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return base::invalid("a name of 1 to 60 characters, with a letter or a digit").at("/name");
    return {};
}

// Nothing: there is no such policy, or its table cannot be read any more.
base::Result<Policy> policy_of(const DeadlinesDocument& document, const std::string& id,
                               const std::vector<risk::DeadlinePolicy::Days>& days, bool removed_too) {
    std::string list;
    for (const KeptTable& table : document.tables) {
        if (table.removed && !removed_too) continue;
        list += ", " + table.id;
        if (table.id != id) continue;
        TRY_VALUE(const risk::DeadlinePolicy own,
                  policy_files::read_deadline_table(table.id, table.name, table.text));
        TRY_VALUE(risk::DeadlinePolicy with, own.with(days));
        return Policy(std::make_shared<const risk::DeadlinePolicy>(std::move(with)));
    }
    for (const risk::DeadlinePolicy& preset : risk::deadline_policies()) {
        if (preset.id() != id) continue;
        TRY_VALUE(risk::DeadlinePolicy with, preset.with(days));
        return Policy(std::make_shared<const risk::DeadlinePolicy>(std::move(with)));
    }
    std::string names;
    for (const risk::DeadlinePolicy& preset : risk::deadline_policies())
        names += (names.empty() ? "" : ", ") + preset.id();
    return base::not_found("there is no policy \"" + id + "\"; there are " + names + list);
}

Policy the_default() {
    static const Policy policy = std::make_shared<const risk::DeadlinePolicy>(risk::default_policy());
    return policy;
}

std::string words_of(const KeptUse& use) {
    std::string text;
    json::Writer w(text);
    w.begin_object().member("policy", use.policy);
    for (const risk::DeadlinePolicy::Days& each : use.days)
        w.member(each.outcome, each.days);
    w.end_object();
    return text;
}

} // namespace

struct Deadlines::Kept {
    std::string body;
    DeadlinesDocument document;
    std::vector<std::pair<base::TimePoint, Policy>> uses; // the oldest first
};

std::shared_ptr<const Deadlines::Kept> Deadlines::kept(TenantId tenant) const {
    std::string body = control_.document(tenant, kDeadlinesDocument);
    base::Lock lock(mutex_);
    std::shared_ptr<const Kept>& known = kept_[tenant];
    if (known && known->body == body) return known;
    auto made = std::make_shared<Kept>();
    // What cannot be read any more leaves the default in force.
    if (auto document = read_deadlines(body); document.ok()) made->document = std::move(*document);
    for (const KeptUse& use : made->document.uses) {
        // The same use stays the same object: what was worked out by it stays good.
        const std::size_t number = made->uses.size();
        if (known && number < known->uses.size() && known->document.uses[number] == use)
            made->uses.push_back(known->uses[number]);
        else if (auto policy = policy_of(made->document, use.policy, use.days, true); policy.ok())
            made->uses.emplace_back(use.from, std::move(*policy));
    }
    made->body = std::move(body);
    known = made;
    return known;
}

Policy Deadlines::in_force(TenantId tenant) const {
    const auto known = kept(tenant);
    return known->uses.empty() ? the_default() : known->uses.back().second;
}

Policy Deadlines::in_force(TenantId tenant, base::TimePoint at) const {
    Policy policy = the_default();
    for (const auto& [from, use] : kept(tenant)->uses)
        if (from <= at) policy = use;
    return policy;
}

Deadlines::View Deadlines::view(TenantId tenant) const {
    const auto known = kept(tenant);
    const Policy now = known->uses.empty() ? the_default() : known->uses.back().second;
    View view;
    view.stamp = stamp_of(known->body);
    const auto add = [&](const Policy& policy, std::string by, std::optional<base::TimePoint> at) {
        const bool in_use = policy->id() == now->id();
        view.policies.push_back({in_use ? now : policy, in_use, std::move(by), at});
    };
    for (const risk::DeadlinePolicy& preset : risk::deadline_policies())
        add(std::make_shared<const risk::DeadlinePolicy>(preset), "", std::nullopt);
    for (const KeptTable& table : known->document.tables)
        if (!table.removed)
            if (auto policy = policy_of(known->document, table.id, {}, false); policy.ok())
                add(*policy, table.by, table.at);
    for (const KeptUse& use : known->document.uses)
        view.uses.insert(view.uses.begin(), Use{use.from, use.policy, use.by, use.why});
    return view;
}

base::Result<Deadlines::View> Deadlines::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    return view(tenant_of(actor));
}

base::Result<Policy> Deadlines::wished(const access::Actor& actor, const Wish& wish) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    return policy_of(kept(tenant_of(actor))->document, wish.policy, wish.days, false);
}

void Deadlines::use(access::Actor actor, Wish wish, std::string stamp, std::string why,
                    shard::Completion<View> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    const TenantId tenant = tenant_of(actor);
    const base::TimePoint now = fleet::whole_seconds(clock_.now());
    writer_.submit<base::Nothing>(
        shard::control_of(tenant), shard::Priority::person,
        [actor, wish = std::move(wish), stamp = std::move(stamp), why = std::move(why),
         now](shard::Transaction& transaction) -> base::Result<base::Nothing> {
            const std::string body = transaction.document(kDeadlinesDocument);
            if (stamp_of(body) != stamp)
                return base::conflict("the policies were changed since you looked; look again at what this "
                                      "one would change");
            TRY_VALUE(DeadlinesDocument document, read_deadlines(body));
            TRY_VALUE(const Policy policy, policy_of(document, wish.policy, wish.days, false));
            const KeptUse before = document.uses.empty()
                                       ? KeptUse{{}, risk::default_policy().id(), {}, {}, {}}
                                       : document.uses.back();
            const KeptUse after{now, policy->id(), wish.days, actor.text(), why};
            if (before.policy == after.policy && before.days == after.days) return base::Nothing{};
            document.uses.push_back(after);
            transaction.put(ports::DocumentRow{kDeadlinesDocument, write_deadlines(document)});
            transaction.audit({actor.text(), "policy.use", "policy " + after.policy, words_of(before),
                               words_of(after), why});
            transaction.change("policy", after.policy, words_of(after));
            return base::Nothing{};
        },
        [this, tenant, done = std::move(done)](base::Result<base::Nothing> result) {
            if (!result.ok()) return done(std::move(result).error());
            done(view(tenant));
        });
}

void Deadlines::add(access::Actor actor, std::string name, std::string table,
                    shard::Completion<std::string> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto valid = check_name(name); !valid.ok()) return done(std::move(valid).error());
    const std::string id = id_of(name);
    if (auto policy = policy_files::read_deadline_table(id, name, table); !policy.ok())
        return done(std::move(policy).error());
    const base::TimePoint now = fleet::whole_seconds(clock_.now());
    writer_.submit<std::string>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id, name = std::move(name), table = std::move(table),
         now](shard::Transaction& transaction) -> base::Result<std::string> {
            TRY_VALUE(DeadlinesDocument document, read_deadlines(transaction.document(kDeadlinesDocument)));
            // Also of one that was removed: what was decided by it keeps its name.
            if (risk::deadline_policy(id).ok() ||
                std::ranges::any_of(document.tables, [&](const KeptTable& each) { return each.id == id; }))
                return base::conflict("there is, or was, a policy \"" + id +
                                      "\"; a table is never changed, give this one another name");
            if (document.tables.size() >= kMaxTables)
                return base::too_large("there are " + std::to_string(kMaxTables) + " tables already");
            document.tables.push_back({id, name, table, actor.text(), now, false});
            transaction.put(ports::DocumentRow{kDeadlinesDocument, write_deadlines(document)});
            std::string after;
            json::Writer(after).begin_object().member("name", name).member("table", table).end_object();
            transaction.audit({actor.text(), "policy.add", "policy " + id, "{}", after, ""});
            transaction.change("policy", id);
            return id;
        },
        std::move(done));
}

void Deadlines::remove(access::Actor actor, std::string policy, std::string why,
                       std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed).error());
    writer_.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, policy = std::move(policy),
         why = std::move(why)](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(DeadlinesDocument document, read_deadlines(transaction.document(kDeadlinesDocument)));
            const auto table = std::ranges::find_if(
                document.tables, [&](const KeptTable& each) { return each.id == policy && !each.removed; });
            if (table == document.tables.end())
                return risk::deadline_policy(policy).ok()
                           ? base::conflict("\"" + policy + "\" comes with Oakum and stays")
                           : base::not_found("there is no table \"" + policy + "\"");
            if (!document.uses.empty() && document.uses.back().policy == policy)
                return base::conflict("\"" + policy + "\" is in use; use another one first");
            table->removed = true;
            transaction.put(ports::DocumentRow{kDeadlinesDocument, write_deadlines(document)});
            transaction.audit({actor.text(), "policy.remove", "policy " + policy, "{}", "{}", why});
            transaction.change("policy", policy);
            return {};
        },
        std::move(done));
}

} // namespace oakum::assessment
