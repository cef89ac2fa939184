// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <algorithm>
#include <assessment/adoption.hpp>
#include <assessment/daily_figures.hpp>

namespace oakum::server {

namespace {

using std::chrono::days;

constexpr days kUsual{30}, kMost{4000}, kMostOfVersions{400};

// The group whose figures the actor may see; nothing: the whole fleet.
base::Result<std::optional<api::GroupRef>> group_of(const Context& context, const access::Actor& actor,
                                                    std::optional<device::GroupId> wanted) {
    const fleet::Scope scope = fleet::scope_of(actor);
    if (!wanted && scope.size() > 1)
        return base::invalid("you see several groups, not the whole fleet: name one of them").at("group");
    if (!wanted && !scope.empty()) wanted = scope.front();
    if (!wanted) return std::optional<api::GroupRef>();
    const auto row = context.core.control.find<ports::GroupRow>(tenant_of(actor), *wanted);
    const bool seen = scope.empty() || std::find(scope.begin(), scope.end(), *wanted) != scope.end();
    if (!row || row->deleted || !seen)
        return base::not_found("there is no group " + wanted->text()).at("group");
    return std::optional(api::GroupRef{row->id, row->name});
}

} // namespace

base::Status FiguresService::take_days(std::optional<base::TimePoint> from, std::optional<base::TimePoint> to,
                                       days most, auto& of) const {
    of.as_of = context_.core.clock.now();
    const base::TimePoint today = assessment::day_of(of.as_of);
    of.to = std::min(to ? assessment::day_of(*to) : today, today);
    of.from = from ? assessment::day_of(*from) : of.to - kUsual + days(1);
    if (of.from > of.to)
        return base::invalid("the first day is after the last one, or after today").at("from");
    if (of.to - of.from >= most)
        return base::invalid("at most " + std::to_string(most.count()) + " days are answered at once")
            .at("from");
    if (watch_.warning())
        of.held = "The server's clock jumped; figures are counted again once it is checked and the server "
                  "restarted.";
    return {};
}

void FiguresService::figures(const access::Actor& actor, api::FiguresRequest request,
                             api::Answer<api::Figures> answer) {
    auto group = group_of(context_, actor, request.group);
    if (!group.ok()) return answer(std::move(group).error());
    api::Figures of;
    of.group = std::move(*group);
    if (auto days_ok = take_days(request.from, request.to, kMost, of); !days_ok.ok())
        return answer(std::move(days_ok).error());
    context_.background.post([this, tenant = tenant_of(actor), of = std::move(of),
                              answer = std::move(answer)]() mutable { answer(read(tenant, std::move(of))); });
}

base::Result<api::Figures> FiguresService::read(device::TenantId tenant, api::Figures of) const {
    const device::GroupId group = of.group ? of.group->id : device::GroupId();
    TRY_VALUE(of.first_day, records_.first_day(tenant, group));
    TRY_VALUE(of.days, records_.figures(tenant, group, of.from, of.to));
    // Those of a group are seen by it alone; those of the fleet by whoever sees the fleet.
    TRY_VALUE(of.marks, records_.marks(tenant, group, of.from, of.to + days(1)));
    if (!group.is_zero())
        std::erase_if(of.marks, [](const ports::MarkRow& mark) {
            return mark.group.is_zero() && (mark.kind == "exploited" || mark.kind == "devices");
        });
    return of;
}

void FiguresService::adoption(const access::Actor& actor, api::AdoptionRequest request,
                              api::Answer<api::Adoption> answer) {
    if (!actor.whole_tenant())
        return answer(base::denied(
            "which versions ran when is kept of the whole fleet, and you see some groups of it"));
    api::Adoption of;
    if (auto days_ok = take_days(request.from, request.to, kMostOfVersions, of); !days_ok.ok())
        return answer(std::move(days_ok).error());
    context_.background.post(
        [this, tenant = tenant_of(actor), of = std::move(of), model = std::move(request.model),
         answer = std::move(answer)]() mutable { answer(read(tenant, std::move(model), std::move(of))); });
}

api::Adoption FiguresService::read(device::TenantId tenant, std::optional<std::string> model,
                                   api::Adoption of) const {
    using Kind = api::Adoption::Kind;
    if (const auto last = assessment::last_adoption(context_.core.control, tenant))
        for (const auto& each : last->models)
            of.models.push_back({some(each.model), each.devices});
    if (!model && !of.models.empty()) model = of.models.front().model.value_or("");
    if (!model) return of;
    of.model = some(*model);
    bool met = false; // days before its first device are none of it
    for (const auto& day : assessment::adoption(context_.core.control, tenant, of.from, of.to)) {
        const auto found = assessment::model_on(day, *model);
        if (!found) continue; // it was left out: a gap, not a model without devices
        if (found->devices == 0) {
            if (met) of.rows.push_back({day.day, Kind::unknown, std::nullopt, 0});
            continue;
        }
        met = true;
        for (const auto& each : found->versions)
            of.rows.push_back({day.day, Kind::version, each.version, each.devices});
        if (found->others > 0) of.rows.push_back({day.day, Kind::others, std::nullopt, found->others});
        if (found->unknown > 0) of.rows.push_back({day.day, Kind::unknown, std::nullopt, found->unknown});
    }
    return of;
}

} // namespace oakum::server
