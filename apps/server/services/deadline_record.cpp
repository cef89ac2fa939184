// SPDX-License-Identifier: Apache-2.0
// Deadlines kept, kept late, overdue, by group.
#include "exposure.hpp"
#include "past.hpp"
#include "windows.hpp"

#include <exceptions/excepted_then.hpp>
#include <map>
#include <risk/deadline.hpp>
#include <unordered_map>

namespace oakum::server {

using device::TenantId;

namespace {

void count(api::DeadlineRecord::Row& row, risk::Kept kept, bool excepted) {
    if (excepted) {
        ++row.excepted;
        return;
    }
    switch (kept) {
    case risk::Kept::in_time:
        ++row.kept;
        return;
    case risk::Kept::late:
        ++row.kept_late;
        return;
    case risk::Kept::not_due:
        ++row.not_due;
        return;
    case risk::Kept::overdue:
        ++row.overdue;
        return;
    case risk::Kept::none:
        ++row.without_deadline;
        return;
    }
}

} // namespace

base::Result<api::DeadlineRecord> ExposureService::record(TenantId tenant, const fleet::Selection& selection,
                                                          std::string query,
                                                          std::optional<base::TimePoint> as_of) const {
    const base::TimePoint now = context_.core.clock.now();
    api::DeadlineRecord view;
    view.query = some(std::move(query));
    view.as_of = as_of.value_or(now);
    const assessment::Policy policy = assessor_.deadlines().in_force(tenant, view.as_of);
    view.policy = policy->name();
    view.definition =
        "Each finding of each device, by the policy that was in force then and what is known of the "
        "device now: kept when the device was proven to be rid of it by the deadline, kept late after "
        "it; overdue when it is open past it; excepted when it is open, and "
        "was accepted, suppressed or ruled out then.";
    const auto assessed = assessor_.fleet(tenant);
    const auto knowledge = assessed->knowledge;
    exceptions::ExceptedThen excepted(context_.core, assessed, tenant, view.as_of);
    std::unordered_map<std::uint64_t, std::optional<risk::Term>>
        terms; // by advisory and class of the context
    std::map<device::GroupId, api::DeadlineRecord::Row> groups;
    api::DeadlineRecord::Row whole;
    const auto seen = each_window(
        context_, tenant, selection, *knowledge, view.as_of,
        [&](const ports::DeviceRow& device, const std::vector<Window>& windows) {
            if (windows.empty()) return;
            const risk::Context context = context_of(context_.core.fleet.effective({tenant, device.id}));
            const auto of = context_.core.fleet.groups_of({tenant, device.id});
            for (const Window& window : windows) {
                const auto [term, fresh] =
                    terms.try_emplace(std::uint64_t{window.advisory} * risk::DeadlinePolicy::kClasses +
                                      policy->class_of(context));
                if (fresh)
                    term->second = risk::term(knowledge->file.advisory(window.advisory), context, *policy);
                const risk::Kept kept = risk::kept(term->second, window.from, window.closed, view.as_of);
                const bool waits = kept == risk::Kept::overdue || kept == risk::Kept::not_due;
                const bool aside = waits && excepted.covers(device.id, window.advisory, window.open_in);
                count(whole, kept, aside);
                for (const device::GroupId& group : of)
                    count(groups[group], kept, aside);
            }
        });
    if (!seen.ok()) return seen.error();
    if (as_of) TRY(check_as_of(*as_of, now, whole_since(context_, tenant, *seen), "these devices"));
    view.rows.push_back(whole);
    for (const auto& row : context_.core.control.list<ports::GroupRow>(tenant)) {
        const auto found = groups.find(row->id);
        if (found == groups.end() || row->deleted) continue;
        found->second.group = api::GroupRef{row->id, row->name};
        view.rows.push_back(found->second);
    }
    return view;
}

void ExposureService::deadline_record(const access::Actor& actor, std::string query,
                                      std::optional<base::TimePoint> as_of,
                                      api::Answer<api::DeadlineRecord> answer) {
    auto selection = registry_.selection(actor, query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection), query,
                              as_of, answer = std::move(answer)] {
        const base::Duration began = context_.core.clock.steady();
        const KeptAnswers<api::DeadlineRecord>::Of of{tenant, selection.scope, query};
        if (auto kept = as_of ? std::nullopt : record_kept_.find(of, began)) return answer(*std::move(kept));
        auto made = record(tenant, selection, query, as_of);
        if (made.ok() && !as_of) record_kept_.keep(of, *made, began, context_.core.clock.steady());
        answer(std::move(made));
    });
}

} // namespace oakum::server
