// SPDX-License-Identifier: Apache-2.0
// What people do with budgets.
#include <budgets/budgets.hpp>

#include <budget_files/budget_json.hpp>

#include <algorithm>

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

base::Status sound(const Budget& budget) {
    TRY(budget::check(budget));
    if (const auto query = device::parse_query(budget.query); !query.ok())
        return base::Error(query.error()).at("/query ");
    return {};
}

} // namespace

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
    TRY(sound(budget));
    return view(fleet::tenant_of(actor), fleet::scope_of(actor), budget);
}

void Budgets::put(access::Actor actor, Budget budget, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, access::Action::policy_edit); !allowed.ok())
        return done(std::move(allowed));
    if (auto good = sound(budget); !good.ok()) return done(std::move(good));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, budget](shard::Transaction& transaction) -> base::Status {
            TRY_VALUE(std::vector<Budget> budgets,
                      budget_files::read_budgets(transaction.document(kDocument)));
            const auto before = std::ranges::find(budgets, budget.name, &Budget::name);
            std::string was = "{}";
            if (before == budgets.end()) {
                if (budgets.size() >= budget_files::kMostBudgets)
                    return base::too_large("there are " + std::to_string(budget_files::kMostBudgets) +
                                           " budgets already");
                budgets.push_back(budget);
            } else {
                if (*before == budget) return {};
                was = json_of(*before);
                *before = budget;
            }
            std::string text = budget_files::write_budgets(budgets);
            // What cannot be read again would hold every device, and could not be removed.
            TRY(budget_files::read_budgets(text));
            transaction.put(ports::DocumentRow{kDocument, std::move(text)});
            transaction.audit(
                {actor.text(), "budget.set", "budget " + budget.name, was, json_of(budget), budget.why});
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
