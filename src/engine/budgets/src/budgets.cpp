// SPDX-License-Identifier: Apache-2.0
// What people do with budgets.
#include <budgets/budgets.hpp>

#include <budget_files/budget_json.hpp>
#include <device/query_fields.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace oakum::budgets {

using budget::Budget;
using device::TenantId;

namespace {

std::string json_of(const Budget& budget) {
    std::string text;
    json::Writer writer(text);
    budget_files::write_budget(writer, budget);
    return text;
}

constexpr std::string_view kAskInstead = " may change while a device is out of service, which would no "
                                         "longer be counted; ask for facts that stay, "
                                         "such as site, model or tag.role, for groups, or for id";

// A fact that an update changes, or that follows from being out of service.
bool may_change(std::string_view key) {
    constexpr std::array<std::string_view, 13> kChange{device::key::firmware_version,
                                                       device::key::os_version,
                                                       device::key::patch_level,
                                                       device::key::kernel,
                                                       device::key::address,
                                                       fleet::kInventoryKey,
                                                       "x.os_build",
                                                       "x.cpe",
                                                       "x.update_status",
                                                       "x.compliance",
                                                       "x.artifact_name",
                                                       "x.seen_at",
                                                       "x.services"};
    return std::ranges::find(kChange, key) != kChange.end() || key.starts_with("x.provides.");
}

std::string_view name_of(const device::Term& term) {
    if (term.field == device::Field::fact) return term.name;
    const auto fields = device::query_fields();
    const auto at = std::ranges::find(fields, term.field, &device::QueryField::field);
    return at == fields.end() ? term.name : at->name;
}

// The first thing that the query asks for and that would let go of a device while it is out.
std::optional<device::Term> lets_go(const device::Query& query) {
    using device::Field;
    for (const device::Term& term : query.terms)
        if (term.field == Field::fact ? may_change(term.name)
                                      : term.field != Field::id && term.field != Field::group)
            return term;
    return std::nullopt;
}

// A group that is one by such a query lets go too.
base::Status stays(const shard::ControlTables& control, TenantId tenant, const device::Query& query) {
    if (const auto term = lets_go(query))
        return base::invalid(std::string(name_of(*term)) + std::string(kAskInstead))
            .at("/query column " + std::to_string(term->column));
    for (const device::Term& term : query.terms) {
        if (term.field != device::Field::group) continue;
        for (const auto& group : control.list<ports::GroupRow>(tenant)) {
            const bool named = std::ranges::any_of(term.values, [&](const device::Literal& literal) {
                return device::matches_text(literal, group->name) ||
                       device::matches_text(literal, group->id.text());
            });
            if (group->deleted || !named) continue;
            const auto members = device::parse_query(group->query);
            if (!members.ok()) continue;
            if (const auto asked = lets_go(*members))
                return base::invalid("the group \"" + group->name + "\" asks for " +
                                     std::string(name_of(*asked)) + ", which" + std::string(kAskInstead))
                    .at("/query column " + std::to_string(term.column));
        }
    }
    return {};
}

// The budgets with this one among them, in the place of the one of its name.
struct Replaced {
    std::string text;          // as they are kept
    std::optional<Budget> was; // the one of its name
};
base::Result<Replaced> replaced(const std::string& kept, const Budget& budget) {
    Replaced out;
    TRY_VALUE(std::vector<Budget> budgets, budget_files::read_budgets(kept));
    const auto before = std::ranges::find(budgets, budget.name, &Budget::name);
    if (before == budgets.end()) {
        if (budgets.size() >= budget_files::kMostBudgets)
            return base::too_large("there are " + std::to_string(budget_files::kMostBudgets) +
                                   " budgets already");
        budgets.push_back(budget);
    } else {
        out.was = std::exchange(*before, budget);
    }
    out.text = budget_files::write_budgets(budgets);
    // What cannot be read again would hold every device, and could not be removed.
    TRY(budget_files::read_budgets(out.text));
    return out;
}

} // namespace

base::Status sound(const shard::ControlTables& control, TenantId tenant, const Budget& budget) {
    TRY(budget::check(budget));
    const auto query = device::parse_query(budget.query);
    if (!query.ok()) return base::Error(query.error()).at("/query ");
    TRY(stays(control, tenant, *query));
    for (std::size_t i = 0; i < budget.by.size(); ++i) {
        const std::string place = "/by/" + std::to_string(i);
        const device::QueryField* field = device::find_query_field(budget.by[i]);
        if (field == nullptr) return base::invalid("there is no fact \"" + budget.by[i] + "\"").at(place);
        if (field->field != device::Field::fact || may_change(budget.by[i]))
            return base::invalid(
                       budget.by[i] +
                       (field->field == device::Field::fact
                            ? std::string(kAskInstead)
                            : " is not a fact; devices are grouped by facts that stay, such as site, "
                              "model or tag.role"))
                .at(place);
    }
    return {};
}

base::Result<std::vector<Preview>> Budgets::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    std::vector<Preview> all;
    if (const auto kept = rules(fleet::tenant_of(actor)))
        for (const Budget& each : kept->budgets())
            all.push_back(view(fleet::tenant_of(actor), fleet::scope_of(actor), each));
    return all;
}

base::Result<Preview> Budgets::preview(const access::Actor& actor, Budget budget) const {
    TRY(fleet::may_do(actor, access::Action::policy_read));
    TRY(sound(core_.control, fleet::tenant_of(actor), budget));
    TRY(replaced(core_.control.document(fleet::tenant_of(actor), kDocument), budget));
    return view(fleet::tenant_of(actor), fleet::scope_of(actor), budget);
}

void Budgets::put(access::Actor actor, Budget budget, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed));
    if (auto good = sound(core_.control, fleet::tenant_of(actor), budget); !good.ok())
        return done(std::move(good));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, budget](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(Replaced next, replaced(transaction.document(kDocument), budget));
            if (next.was == budget) return {};
            transaction.put(ports::DocumentRow{kDocument, std::move(next.text)});
            transaction.audit({actor.text(), "budget.set", "budget " + budget.name,
                               next.was ? json_of(*next.was) : "{}", json_of(budget), budget.why});
            transaction.change("budget", budget.name);
            return {};
        },
        std::move(done));
}

void Budgets::remove(access::Actor actor, std::string name, std::string why,
                     std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, name = std::move(name),
         why = std::move(why)](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(std::vector<Budget> budgets,
                      budget_files::read_budgets(transaction.document(kDocument)));
            const auto found = std::ranges::find(budgets, name, &Budget::name);
            if (found == budgets.end())
                return base::not_found("there is no budget \"" + name.substr(0, 60) + "\"");
            const std::string was = json_of(*found);
            budgets.erase(found);
            transaction.put(
                ports::DocumentRow{kDocument, budgets.empty() ? "" : budget_files::write_budgets(budgets)});
            transaction.audit({actor.text(), "budget.remove", "budget " + name, was, "{}", why});
            transaction.change("budget", name);
            return {};
        },
        std::move(done));
}

} // namespace oakum::budgets
