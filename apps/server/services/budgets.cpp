// SPDX-License-Identifier: Apache-2.0
#include "budgets.hpp"

namespace oakum::server {

namespace {

api::Budget view_of(const budgets::Preview& preview) {
    api::Budget view;
    view.budget = preview.budget;
    view.sentence = preview.sentence;
    view.devices = preview.devices;
    view.groups = preview.groups;
    view.full = preview.full;
    for (const budgets::Preview::Group& group : preview.tightest)
        view.tightest.push_back({group.words, group.devices, group.out, group.allowed});
    view.warnings = preview.warnings;
    return view;
}

} // namespace

void BudgetsService::list(const access::Actor& actor, api::Answer<api::Budgets> answer) {
    context_.background.post([this, actor, answer = std::move(answer)] {
        const auto all = budgets_.list(actor);
        if (!all.ok()) return answer(all.error());
        api::Budgets view;
        for (const budgets::Preview& each : *all)
            view.items.push_back(view_of(each));
        answer(std::move(view));
    });
}

void BudgetsService::preview(const access::Actor& actor, budget::Budget budget,
                             api::Answer<api::Budget> answer) {
    context_.background.post([this, actor, budget = std::move(budget), answer = std::move(answer)] {
        const auto said = budgets_.preview(actor, budget);
        if (!said.ok()) return answer(said.error());
        answer(view_of(*said));
    });
}

void BudgetsService::put(const access::Actor& actor, budget::Budget budget, api::Answer<api::Budget> answer) {
    // What it means is counted on the background, not on the writer's thread.
    budgets_.put(actor, budget, [this, actor, budget, answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        preview(actor, budget, answer);
    });
}

void BudgetsService::remove(const access::Actor& actor, std::string name, api::Answer<base::Nothing> answer) {
    budgets_.remove(actor, std::move(name), "", [answer = std::move(answer)](base::Status done) {
        if (!done.ok()) return answer(std::move(done).error());
        answer(base::Nothing{});
    });
}

} // namespace oakum::server
