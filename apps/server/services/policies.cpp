// SPDX-License-Identifier: Apache-2.0
#include "policies.hpp"

#include <assessment/deadline_change.hpp>
#include <policy_files/deadline_table.hpp>

#include <algorithm>

namespace oakum::server {

using assessment::Deadlines;

namespace {

api::DeadlinePolicy view_of(const Deadlines::Listed& listed) {
    const risk::DeadlinePolicy& policy = *listed.policy;
    api::DeadlinePolicy view;
    view.id = policy.id();
    view.name = policy.name();
    view.source = policy.source();
    view.in_use = listed.in_use;
    view.own = policy.is_own();
    view.added_by = some(listed.added_by);
    view.added = listed.added;
    for (const risk::Outcome& outcome : policy.outcomes())
        view.outcomes.push_back({outcome.name, outcome.days, outcome.forensic_triage, outcome.adjustable});
    for (const risk::Point point : policy.points())
        view.columns.emplace_back(risk::words_of(point).name);
    for (const risk::DeadlineRule& rule : policy.rules()) {
        const risk::Outcome& outcome = policy.outcomes()[rule.outcome];
        api::DeadlinePolicy::Row row{{}, outcome.name, outcome.days, outcome.forensic_triage};
        for (const risk::Point point : policy.points())
            row.cells.push_back(policy_files::cell_of(rule, point));
        view.rows.push_back(std::move(row));
    }
    view.table = policy_files::write_deadline_table(policy);
    return view;
}

api::DeadlinePolicies view_of(const Deadlines::View& view) {
    api::DeadlinePolicies out;
    for (const Deadlines::Listed& listed : view.policies)
        out.policies.push_back(view_of(listed));
    for (const Deadlines::Use& use : view.uses)
        out.uses.push_back({use.from, use.policy, use.by, use.why});
    out.stamp = view.stamp;
    return out;
}

Deadlines::Wish wish_of(api::DeadlineWish wish) {
    Deadlines::Wish out;
    out.policy = std::move(wish.policy);
    for (auto& [outcome, days] : wish.days)
        out.days.push_back({std::move(outcome), days});
    return out;
}

std::string sentence_of(const api::DeadlinePreview& view, const std::string& name) {
    if (view.sooner + view.later + view.newly_overdue + view.no_longer_overdue == 0)
        return "\"" + name + "\" would change nothing today.";
    std::string text = "\"" + name + "\" would give " + counted(view.sooner, "open finding") +
                       " an earlier deadline and " + grouped(view.later) + " a later one. ";
    text += view.newly_overdue == 0 ? "No device becomes overdue"
                                    : counted(view.newly_overdue, "device") +
                                          (view.newly_overdue == 1 ? " becomes" : " become") + " overdue";
    if (view.no_longer_overdue > 0)
        text += ", " + counted(view.no_longer_overdue, "device") +
                (view.no_longer_overdue == 1 ? " is" : " are") + " no longer";
    return text + ": " + grouped(view.overdue_before) + " today, " + grouped(view.overdue_after) + " then.";
}

} // namespace

void PoliciesService::list(const access::Actor& actor, api::Answer<api::DeadlinePolicies> answer) {
    auto view = deadlines_.list(actor);
    if (!view.ok()) return answer(std::move(view).error());
    answer(view_of(*view));
}

void PoliciesService::get(const access::Actor& actor, std::string id,
                          api::Answer<api::DeadlinePolicy> answer) {
    auto view = deadlines_.list(actor);
    if (!view.ok()) return answer(std::move(view).error());
    const auto found = std::ranges::find_if(
        view->policies, [&](const Deadlines::Listed& each) { return each.policy->id() == id; });
    if (found == view->policies.end()) return answer(base::not_found("there is no such policy").at("id"));
    answer(view_of(*found));
}

void PoliciesService::preview(const access::Actor& actor, api::DeadlineWish wish,
                              api::Answer<api::DeadlinePreview> answer) {
    auto policy = deadlines_.wished(actor, wish_of(std::move(wish)));
    if (!policy.ok()) return answer(std::move(policy).error());
    show(actor, std::move(*policy), std::move(answer));
}

void PoliciesService::test(const access::Actor& actor, std::string name, std::string table,
                           api::Answer<api::DeadlinePreview> answer) {
    auto policy = policy_files::read_deadline_table("tested", std::move(name), table);
    if (!policy.ok()) return answer(std::move(policy).error().at("/table"));
    show(actor, std::make_shared<const risk::DeadlinePolicy>(std::move(*policy)), std::move(answer));
}

void PoliciesService::show(const access::Actor& actor, assessment::Policy policy,
                           api::Answer<api::DeadlinePreview> answer) {
    if (!actor.whole_tenant())
        return answer(base::denied("a policy is for the whole fleet, and you see only some groups of it"));
    auto view = deadlines_.list(actor);
    if (!view.ok()) return answer(std::move(view).error());
    context_.background.post([this, tenant = tenant_of(actor), stamp = view->stamp,
                              policy = std::move(policy), answer = std::move(answer)] {
        const assessment::DeadlineChange change =
            assessment::deadline_change(context_.core.fleet, tenant, assessor_.fleet(tenant),
                                        deadlines_.in_force(tenant), policy, context_.core.clock.now());
        api::DeadlinePreview out;
        out.policy = policy->id();
        out.stamp = stamp;
        out.devices = change.devices;
        out.overdue_before = change.overdue_before;
        out.overdue_after = change.overdue_after;
        out.newly_overdue = change.newly_overdue;
        out.no_longer_overdue = change.no_longer_overdue;
        out.findings = change.findings;
        out.sooner = change.sooner;
        out.later = change.later;
        out.on_assumption_before = change.on_assumption_before;
        out.on_assumption_after = change.on_assumption_after;
        for (const assessment::DeadlineChange::Row& row : change.rows)
            out.rows.push_back({row.days, row.forensic_triage, row.before, row.after});
        out.sentence = sentence_of(out, policy->name());
        answer(std::move(out));
    });
}

void PoliciesService::use(const access::Actor& actor, api::DeadlineWish wish, std::string stamp,
                          std::string why, api::Answer<api::DeadlinePolicies> answer) {
    deadlines_.use(actor, wish_of(std::move(wish)), std::move(stamp), std::move(why),
                   [answer = std::move(answer)](base::Result<Deadlines::View> view) {
                       if (!view.ok()) return answer(std::move(view).error());
                       answer(view_of(*view));
                   });
}

void PoliciesService::add(const access::Actor& actor, std::string name, std::string table,
                          api::Answer<api::DeadlinePolicy> answer) {
    deadlines_.add(actor, std::move(name), std::move(table),
                   [this, actor, answer = std::move(answer)](base::Result<std::string> id) {
                       if (!id.ok()) return answer(std::move(id).error());
                       get(actor, *id, answer);
                   });
}

void PoliciesService::remove(const access::Actor& actor, std::string id, api::Answer<base::Nothing> answer) {
    deadlines_.remove(actor, std::move(id), "", [answer = std::move(answer)](base::Status status) {
        if (!status.ok()) return answer(std::move(status).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
