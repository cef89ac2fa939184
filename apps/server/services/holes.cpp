// SPDX-License-Identifier: Apache-2.0
// The holes behind the figures of Proof, one a device and an advisory: by the same windows, the same policy
// and the same exceptions as those.
#include "exposure.hpp"
#include "past.hpp"
#include "windows.hpp"

#include <algorithm>
#include <exceptions/excepted_then.hpp>
#include <map>
#include <risk/deadline.hpp>
#include <unordered_map>

namespace oakum::server {

using device::TenantId;

namespace {

using Standing = api::Hole::Standing;
using State = api::HoleFilter::State;

Standing standing_of(risk::Kept kept, bool excepted) {
    if (excepted) return Standing::excepted;
    switch (kept) {
    case risk::Kept::in_time:
        return Standing::kept;
    case risk::Kept::late:
        return Standing::kept_late;
    case risk::Kept::not_due:
        return Standing::not_due;
    case risk::Kept::overdue:
        return Standing::overdue;
    case risk::Kept::none:
        return Standing::without_deadline;
    }
    return Standing::without_deadline;
}

// Which standing a state asks for; nothing: it asks for something else.
std::optional<Standing> asked_standing(State state) {
    switch (state) {
    case State::kept:
        return Standing::kept;
    case State::kept_late:
        return Standing::kept_late;
    case State::overdue:
        return Standing::overdue;
    case State::excepted:
        return Standing::excepted;
    case State::not_due:
        return Standing::not_due;
    case State::without_deadline:
        return Standing::without_deadline;
    case State::any:
    case State::open:
    case State::closed:
        return std::nullopt;
    }
    return std::nullopt;
}

bool asks_for(State state, const std::optional<base::TimePoint>& closed, Standing standing) {
    if (state == State::open) return !closed;
    if (state == State::closed) return closed.has_value();
    const auto wanted = asked_standing(state);
    return !wanted || *wanted == standing;
}

// What is kept of each until the page is cut out of them.
struct Found {
    device::DeviceId device;
    std::uint32_t advisory = 0;
    base::TimePoint since{};
    std::optional<base::TimePoint> closed, due;
    Standing standing = Standing::without_deadline;
};

// What has to be known of an advisory, looked up once.
struct About {
    bool looked_up = false, wanted = false;
    base::TimePoint published;
};

} // namespace

base::Result<api::Page<api::Hole>> ExposureService::holes_of(TenantId tenant,
                                                             const fleet::Selection& selection,
                                                             const api::HoleFilter& filter,
                                                             const api::PageRequest& page) const {
    const base::TimePoint now = context_.core.clock.now();
    const base::TimePoint at = filter.as_of.value_or(now);
    const assessment::Policy policy = assessor_.deadlines().in_force(tenant, at);
    const auto assessed = assessor_.fleet(tenant);
    const auto knowledge = assessed->knowledge;
    exceptions::ExceptedThen excepted(context_.core, assessed, tenant, at);
    std::vector<About> abouts(knowledge->file.size());
    const auto about = [&](std::uint32_t advisory) -> const About& {
        About& known = abouts[advisory];
        if (!known.looked_up) {
            const advisory::AdvisoryView view = knowledge->file.advisory(advisory);
            const auto classes = classes_of(view);
            known = {true, std::ranges::find(classes, filter.of) != classes.end(), view.published};
        }
        return known;
    };
    std::unordered_map<std::uint64_t, std::optional<risk::Term>>
        terms; // by advisory and class of the context
    std::vector<Found> found;
    const auto seen = each_window(
        context_, tenant, selection, *knowledge, at,
        [&](const ports::DeviceRow& device, const std::vector<Window>& windows) {
            if (windows.empty()) return;
            if (filter.group) {
                const auto of = context_.core.fleet.groups_of({tenant, device.id});
                if (std::ranges::find(of, *filter.group) == of.end()) return;
            }
            const risk::Context context = context_of(context_.core.fleet.effective({tenant, device.id}));
            for (const Window& window : windows) {
                const About& known = about(window.advisory);
                if (!known.wanted) continue;
                const auto [term, fresh] =
                    terms.try_emplace(std::uint64_t{window.advisory} * risk::DeadlinePolicy::kClasses +
                                      policy->class_of(context));
                if (fresh)
                    term->second = risk::term(knowledge->file.advisory(window.advisory), context, *policy);
                const risk::Kept kept = risk::kept(term->second, window.from, window.closed, at);
                const bool waits = kept == risk::Kept::overdue || kept == risk::Kept::not_due;
                const Standing standing =
                    standing_of(kept, waits && excepted.covers(device.id, window.advisory, window.open_in));
                if (!asks_for(filter.state, window.closed, standing)) continue;
                Found& row = found.emplace_back();
                row.device = device.id;
                row.advisory = window.advisory;
                row.since = std::max(window.from, known.published);
                row.closed = window.closed;
                if (term->second)
                    row.due =
                        std::max(term->second->from, window.from) + std::chrono::days(term->second->days);
                row.standing = standing;
            }
        });
    if (!seen.ok()) return seen.error();
    if (filter.as_of) TRY(check_as_of(*filter.as_of, now, *seen, "these devices"));
    TRY_VALUE(api::Page<Found> paged, page_of(std::move(found), page));
    api::Page<api::Hole> view;
    view.total = paged.total;
    view.next = std::move(paged.next);
    for (const Found& row : paged.items) {
        api::Hole& hole = view.items.emplace_back();
        hole.device = device_ref(context_, tenant, row.device);
        hole.advisory = advisory_ref(knowledge->file.advisory(row.advisory));
        hole.since = row.since;
        hole.closed = row.closed;
        hole.due = row.due;
        hole.days = std::max(
            0.0,
            std::chrono::duration<double, std::ratio<86'400>>(row.closed.value_or(at) - row.since).count());
        hole.standing = row.standing;
    }
    return view;
}

void ExposureService::holes(const access::Actor& actor, api::HoleFilter filter, api::PageRequest page,
                            api::Answer<api::Page<api::Hole>> answer) {
    auto selection = registry_.selection(actor, filter.query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post(
        [this, tenant = tenant_of(actor), selection = std::move(*selection), filter = std::move(filter),
         page = std::move(page),
         answer = std::move(answer)] { answer(holes_of(tenant, selection, filter, page)); });
}

} // namespace oakum::server
