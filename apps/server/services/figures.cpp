// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <algorithm>
#include <assessment/daily_figures.hpp>

namespace oakum::server {

namespace {

using std::chrono::days;

constexpr days kUsual{30}, kMost{4000};

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

void FiguresService::figures(const access::Actor& actor, api::FiguresRequest request,
                             api::Answer<api::Figures> answer) {
    auto group = group_of(context_, actor, request.group);
    if (!group.ok()) return answer(std::move(group).error());
    api::Figures of;
    of.group = std::move(*group);
    of.as_of = context_.core.clock.now();
    const base::TimePoint today = assessment::day_of(of.as_of);
    of.to = std::min(request.to ? assessment::day_of(*request.to) : today, today);
    of.from = request.from ? assessment::day_of(*request.from) : of.to - kUsual + days(1);
    if (of.from > of.to)
        return answer(base::invalid("the first day is after the last one, or after today").at("from"));
    if (of.to - of.from >= kMost)
        return answer(base::invalid("at most " + std::to_string(kMost.count()) + " days are answered at once")
                          .at("from"));
    if (const auto warning = watch_.warning())
        of.held = "The server's clock jumped; figures are counted again once it is checked and the server "
                  "restarted.";
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

} // namespace oakum::server
