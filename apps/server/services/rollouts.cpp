// SPDX-License-Identifier: Apache-2.0
#include "rollouts.hpp"

#include <algorithm>
#include <map>
#include <rollout/edit.hpp>
#include <rollout/preset.hpp>
#include <rollouts/board.hpp>

namespace oakum::server {

using device::TenantId;
using ports::DeploymentRow;
using ports::RolloutRow;

namespace {

rollout::Care care_of(api::Care care) {
    switch (care) {
    case api::Care::careful:
        return rollout::Care::careful;
    case api::Care::normal:
        return rollout::Care::normal;
    case api::Care::urgent:
        return rollout::Care::urgent;
    }
    return rollout::Care::normal;
}

rollout::Event event_of(api::RolloutAction action) {
    switch (action) {
    case api::RolloutAction::start:
        return rollout::Event::start;
    case api::RolloutAction::approve:
        return rollout::Event::approve;
    case api::RolloutAction::pause:
        return rollout::Event::pause;
    case api::RolloutAction::resume:
        return rollout::Event::resume;
    case api::RolloutAction::halt:
        return rollout::Event::halt;
    case api::RolloutAction::abort:
        return rollout::Event::abort;
    case api::RolloutAction::open_next_wave:
        return rollout::Event::open_next_wave;
    case api::RolloutAction::roll_back:
        return rollout::Event::roll_back;
    case api::RolloutAction::finish:
        return rollout::Event::finish;
    }
    return rollout::Event::abort;
}

constexpr std::array kActions{
    api::RolloutAction::start,          api::RolloutAction::approve,   api::RolloutAction::pause,
    api::RolloutAction::resume,         api::RolloutAction::halt,      api::RolloutAction::abort,
    api::RolloutAction::open_next_wave, api::RolloutAction::roll_back, api::RolloutAction::finish};

rollout::Plan plan_of(const api::PlanNew& wish) {
    rollout::Plan plan = rollout::preset(care_of(wish.care));
    plan.name = wish.name;
    plan.release = wish.release;
    plan.query = wish.query;
    if (!wish.waves.empty()) {
        const rollout::Gate gate = plan.waves.front().gate;
        plan.waves.clear();
        for (const api::PlanNew::Wave& wave : wish.waves)
            plan.waves.push_back({wave.name, wave.share_ppm, wave.gate.value_or(gate), wave.query,
                                  wave.pace.value_or(wish.pace)});
    } else {
        for (rollout::Wave& wave : plan.waves)
            wave.pace = wish.pace;
    }
    if (!wish.first.empty()) plan.waves.insert(plan.waves.begin(), rollout::first_wave(wish.first, plan));
    plan.soak = wish.soak.value_or(plan.soak);
    plan.step_timeout = wish.step_timeout.value_or(plan.step_timeout);
    plan.max_attempts = wish.max_attempts.value_or(plan.max_attempts);
    plan.rollback_on_halt = wish.rollback_on_halt.value_or(plan.rollback_on_halt);
    plan.starts = wish.starts;
    return plan;
}

// The phones of a floor that have to keep it, and of these those of the plan.
std::string whom(const floor::Floor& floor, const std::string& query, base::TimePoint now) {
    std::string text = floor.policy.query;
    const auto narrow = [&text](const std::string& more) {
        if (more.empty()) return;
        text = text.empty() ? more : "(" + text + ") and (" + more + ")";
    };
    narrow(query);
    for (const floor::Exception& one : floor.exceptions)
        if (one.counts(now)) narrow("not (" + one.query + ")");
    return text;
}

// Why devices of the open waves do not have it yet: what a person who reads the list would ask next.
std::string why_waiting(const rollouts::Reach& reach, const rollout::Counts& totals) {
    std::string text;
    std::uint64_t timed = 0, times = 0, crowded = 0, out = 0, reasons = 0;
    const rollout::BlockedDevices *soonest = nullptr, *most = nullptr, *fullest = nullptr;
    std::uint64_t asked = 0; // of those who wait for a time
    for (const rollout::BlockedDevices& each : reach.blocked)
        if (rollout::waits_for_time(each.by)) {
            timed += each.devices;
            ++times;
            if (each.by == rollout::Blocked::window_ahead) asked += each.devices;
            if (soonest == nullptr || (each.until && (!soonest->until || *each.until < *soonest->until)))
                soonest = &each;
        } else if (rollout::waits_for_room(each.by)) {
            crowded += each.devices;
            if (fullest == nullptr || each.devices > fullest->devices) fullest = &each;
        } else {
            out += each.devices;
            ++reasons;
            if (most == nullptr || each.devices > most->devices) most = &each;
        }
    if (soonest != nullptr) {
        const std::uint64_t all =
            reach.next + crowded + timed - asked + std::max<std::uint64_t>(totals.pending, asked);
        text += " " + grouped(timed) + " of " + counted(all, "device") + " to go ";
        if (times == 1)
            text += rollout::in_words(*soonest) + ".";
        else
            text += std::string(timed == 1 ? "waits" : "wait") + " for windows and freezes; the first " +
                    grouped(soonest->devices) + " " + rollout::in_words(*soonest) + ".";
    }
    if (fullest != nullptr)
        text += " " + counted(crowded, "device") + " not asked yet: " + rollout::in_words(*fullest) + ".";
    if (most != nullptr)
        text += " Out of reach: " + counted(out, "device") + ", " +
                (reasons > 1 ? "most of them (" + grouped(most->devices) + ") " : "") +
                rollout::in_words(*most) + ".";
    return text;
}

std::string sentence_of(const RolloutRow& row, const api::ReleaseRef& release, const rollout::Counts& totals,
                        std::uint64_t in_scope, const rollouts::Reach& reach, bool person_opens_next) {
    const std::string what = release.name + " " + release.version;
    const std::string progress = grouped(totals.verified) + " of " + counted(in_scope, "device") +
                                 " in scope run " + what + " and are healthy";
    std::string trouble;
    if (rollout::bad(totals) > 0)
        trouble = "; " + grouped(totals.rolled_back) + " fell back, " + grouped(totals.failed) + " failed, " +
                  grouped(totals.silent) + " went silent";
    switch (row.state) {
    case rollout::State::draft:
        return "Brings " + what + " to " + counted(in_scope, "device") +
               (row.plan.starts ? "; it starts by itself at " + base::to_iso8601(*row.plan.starts) + "."
                                : "; not started.");
    case rollout::State::awaiting_approval:
        return "Brings " + what + " to " + counted(in_scope, "device") +
               "; waits for somebody else's approval" +
               (row.plan.starts ? ", and starts by itself at " + base::to_iso8601(*row.plan.starts) + "."
                                : ".");
    case rollout::State::scheduled:
        return "Approved; brings " + what + " to " + counted(in_scope, "device") +
               (row.plan.starts ? " at " + base::to_iso8601(*row.plan.starts) + ", by itself."
                                : " once it is started.");
    case rollout::State::running:
        return "Wave " + std::to_string(row.open_wave + 1) + " of " + std::to_string(row.plan.waves.size()) +
               " (" + row.plan.waves[std::min<std::size_t>(row.open_wave, row.plan.waves.size() - 1)].name +
               ") is open: " + progress + trouble + "." +
               (person_opens_next ? " It waits for a person who opens the next wave." : "") +
               why_waiting(reach, totals);
    case rollout::State::paused:
        return "Paused: " + progress + trouble + ".";
    case rollout::State::settled:
        return "Every device in reach has its outcome: " + progress + trouble + ".";
    case rollout::State::finished:
        return "Finished: " + progress + trouble + ".";
    case rollout::State::halted:
        return "Halted: " + row.state_reason;
    case rollout::State::rolling_back:
        return "Devices are returning to what they ran before; " + grouped(totals.verified) + " still run " +
               what + ".";
    case rollout::State::rolled_back:
        return "Rolled back: " + counted(totals.rolled_back, "device") + " returned.";
    case rollout::State::aborted:
        return "Aborted: " + progress + trouble + ".";
    }
    return progress + ".";
}

} // namespace

rollouts::Reach RolloutsService::reach(TenantId tenant, const RolloutRow& row) const {
    const base::Duration now = context_.core.clock.steady();
    const std::pair key(tenant, row.id);
    {
        base::Lock lock(mutex_);
        const auto at = looked_.find(key);
        // Ten microseconds a device: the look that is repeated takes a fiftieth of that.
        if (at != looked_.end() && at->second.row_version == row.row_version &&
            now - at->second.at < at->second.reach.looked * std::chrono::microseconds(10))
            return at->second.reach;
    }
    rollouts::Reach reach = rollouts_.reach(tenant, row);
    base::Lock lock(mutex_);
    looked_[key] = {row.row_version, now, reach};
    return reach;
}

RolloutsService::Walked RolloutsService::walked(TenantId tenant, const RolloutRow& row) const {
    const base::Duration now = context_.core.clock.steady();
    const std::pair key(tenant, row.id);
    {
        base::Lock lock(mutex_);
        const auto at = walked_.find(key);
        if (at != walked_.end() && at->second.row_version == row.row_version &&
            now - at->second.at < at->second.looked * std::chrono::microseconds(10))
            return at->second;
    }
    Walked walked;
    walked.row_version = row.row_version;
    walked.at = now;
    // Of one that runs these are kept up, and cost nothing.
    if (!rollout::offers(row.state)) {
        walked.members = rollouts_.members(tenant, row);
        walked.gate = rollouts_.gate(tenant, row);
    }
    if (!rollout::is_over(row.state) && row.state != rollout::State::rolling_back)
        walked.without_return = rollouts_.without_return(tenant, row);
    walked.looked = rollouts_.in_scope(tenant, row).yes;
    base::Lock lock(mutex_);
    walked_[key] = walked;
    return walked;
}

api::RolloutSummary RolloutsService::summary(TenantId tenant, const RolloutRow& row,
                                             const rollouts::Reach& reach) const {
    api::RolloutSummary view;
    view.id = row.id;
    view.name = row.plan.name;
    view.state = row.state;
    view.state_reason = some(row.state_reason);
    view.release = release_ref(context_, tenant, row.plan.release);
    view.query = row.plan.query;
    view.waves_count = row.plan.waves.size();
    if (row.started) view.open_wave = row.open_wave;
    for (const auto& [key, counts] : rollouts_.counts(tenant, row.id))
        view.totals = view.totals + counts;
    const fleet::Count scope = rollouts_.in_scope(tenant, row);
    view.in_scope = scope.yes;
    if (const auto release = context_.core.control.find<ports::ReleaseRow>(tenant, row.plan.release))
        if (const auto query = rollouts::scope_query(row, *release, rollouts_.level(tenant, release->id));
            query.ok())
            view.devices_query = query->text;
    view.cannot_tell = scope.unknown;
    view.person_opens_next =
        row.state == rollout::State::running && rollouts_.gate(tenant, row).decision.asks;
    view.created_by = row.created_by;
    view.approved_by = some(row.approved_by);
    view.created = row.created;
    if (!row.started && !rollout::is_over(row.state)) view.starts_at = row.plan.starts;
    view.started = row.started;
    view.ended = row.ended;
    view.sentence = sentence_of(row, view.release, view.totals, view.in_scope, reach, view.person_opens_next);
    return view;
}

base::Result<api::Rollout> RolloutsService::whole(TenantId tenant, rollout::RolloutId id) const {
    const auto row = context_.core.control.find<RolloutRow>(tenant, id);
    if (!row) return base::not_found("there is no such rollout");
    api::Rollout view;
    const rollouts::Reach reach =
        rollout::is_over(row->state) ? rollouts::Reach() : this->reach(tenant, *row);
    static_cast<api::RolloutSummary&>(view) = summary(tenant, *row, reach);
    view.plan = row->plan;
    view.priority = rollouts_.priority(tenant, id);
    view.row_version = row->row_version;
    view.content = rollout::content_of(row->plan);
    view.unapproved = rollouts_.unapproved(tenant, id);
    std::tie(view.risk_before, view.risk_now) = risk_(tenant, *row);

    const auto counts = rollouts_.counts(tenant, id);
    const Walked walked = this->walked(tenant, *row);
    const rollouts::GateState gate = walked.gate ? *walked.gate : rollouts_.gate(tenant, *row);
    rollout::Counts whole;
    for (const auto& [key, count] : counts)
        whole = whole + count;
    const std::vector<std::uint32_t> members =
        walked.members.empty() ? rollouts_.members(tenant, *row) : walked.members;
    for (std::size_t i = 0; i < row->plan.waves.size(); ++i) {
        const rollout::Wave& wave = row->plan.waves[i];
        api::RolloutWave shown;
        shown.index = i;
        shown.name = wave.name;
        shown.share_ppm = wave.share_ppm;
        shown.query = wave.query;
        shown.gate = wave.gate;
        for (const auto& [key, count] : counts)
            if (key.first == i) {
                shown.strata.push_back({key.second, count});
                shown.counts = shown.counts + count;
            }
        shown.expected = shown.counts.started + members.at(i);
        const std::uint64_t needed = std::min<std::uint64_t>(wave.gate.minimum, shown.expected);
        shown.to_prove = rollout::devices_to_prove(wave.gate, whole);
        shown.needed = needed > shown.counts.verified ? needed - shown.counts.verified : 0;
        if (!row->started || i > row->open_wave) {
            shown.state = api::RolloutWave::State::waiting;
            shown.gate_verdict = api::RolloutWave::Gate::wait;
        } else if (i < row->open_wave) {
            shown.state = api::RolloutWave::State::passed;
            shown.gate_verdict = api::RolloutWave::Gate::proceed;
        } else {
            const bool halted = row->state == rollout::State::halted ||
                                row->state == rollout::State::rolling_back ||
                                row->state == rollout::State::rolled_back;
            shown.state = halted ? api::RolloutWave::State::halted
                          : row->state == rollout::State::settled || rollout::is_over(row->state)
                              ? api::RolloutWave::State::passed
                              : api::RolloutWave::State::open;
            shown.opened_at = row->wave_opened_at;
            shown.gate_sentence = gate.decision.sentence;
            shown.gate_verdict =
                gate.decision.verdict == rollout::Verdict::halt      ? api::RolloutWave::Gate::halt
                : gate.decision.verdict == rollout::Verdict::proceed ? api::RolloutWave::Gate::proceed
                                                                     : api::RolloutWave::Gate::hold;
        }
        view.waves.push_back(std::move(shown));
    }
    if (row->started) {
        const std::size_t open = std::min<std::size_t>(row->open_wave, row->plan.waves.size() - 1);
        const rollout::Gate& by = row->plan.waves[open].gate;
        std::uint64_t reached = 0;
        for (std::size_t i = 0; i <= open; ++i)
            reached += view.waves[i].expected;
        // As far as there are devices, and at least until something can be proven.
        const std::uint64_t shown = std::max(reached, rollout::devices_to_prove(by, whole) * 5 / 4);
        view.evidence = api::Rollout::Evidence{by.tolerated_failure_ppm, whole.started, rollout::bad(whole),
                                               whole.pending, rollout::gate_lines(by, shown)};
    }
    if (row->started && !view.unapproved.empty() && !rollout::is_over(row->state)) {
        view.actions.push_back(api::RolloutAction::approve);
        view.sentence += " Its waves were changed by " + view.unapproved.back() +
                         ": no other opens before somebody else has approved that.";
    }
    for (const api::RolloutAction action : kActions)
        if (rollout::apply(row->state, row->open_wave, row->plan.waves.size(), event_of(action)).ok())
            view.actions.push_back(action);
    for (const auto& [version, devices] : walked.without_return)
        view.warnings.push_back(
            counted(devices, "device") + (version.empty() ? " without a known version" : " on " + version) +
            " could not be ordered back: no release of " + view.release.name + " " + version +
            " is published. Each still falls back by itself when its health check fails. Publish that "
            "version first if you may want to order a return.");
    for (const rollout::BlockedDevices& each : reach.blocked)
        view.blocked.push_back(
            {each.by, rollout::in_words(each), each.devices, each.until, some(each.query)});
    return view;
}

void RolloutsService::answer_whole(TenantId tenant, rollout::RolloutId id, api::Answer<api::Rollout> answer) {
    context_.background.post([this, tenant, id, answer = std::move(answer)] {
        auto view = whole(tenant, id);
        if (!view.ok()) return answer(std::move(view));
        const auto row = context_.core.control.find<RolloutRow>(tenant, id);
        if (!row) return answer(base::not_found("there is no such rollout"));
        auto troubles = this->troubles(tenant, *row);
        if (!troubles.ok()) return answer(std::move(troubles).error());
        view->failures = std::move(troubles->failures);
        view->cannot_roll_back = troubles->cannot_roll_back;
        answer(std::move(view));
    });
}

void RolloutsService::list(const access::Actor& actor, std::optional<rollout::State> state,
                           api::PageRequest page, api::Answer<api::Page<api::RolloutSummary>> answer) {
    context_.background.post([this, tenant = tenant_of(actor), state, page, answer = std::move(answer)] {
        std::vector<shard::Held<RolloutRow>> rows;
        for (const auto& row : rollouts_.list(tenant))
            if (!state || row->state == *state) rows.push_back(row);
        std::reverse(rows.begin(), rows.end());
        // Only what is shown is looked at.
        auto paged = page_of(std::move(rows), page);
        if (!paged.ok()) return answer(std::move(paged).error());
        api::Page<api::RolloutSummary> view;
        view.total = paged->total;
        view.next = paged->next;
        for (const auto& row : paged->items)
            view.items.push_back(
                summary(tenant, *row,
                        row->state == rollout::State::running ? reach(tenant, *row) : rollouts::Reach()));
        answer(std::move(view));
    });
}

void RolloutsService::get(const access::Actor& actor, rollout::RolloutId id,
                          api::Answer<api::Rollout> answer) {
    answer_whole(tenant_of(actor), id, std::move(answer));
}

void RolloutsService::create_of_floor(const access::Actor& actor, api::PlanNew plan,
                                      api::Answer<api::Rollout> answer) {
    // A floor looks at every phone.
    context_.background.post([this, actor, plan = std::move(plan), answer = std::move(answer)]() mutable {
        const auto seen = floors_.get(actor, plan.floor);
        if (!seen.ok()) return answer(base::Error(seen.error()).at("/floor"));
        const floor::Floor& floor = seen->floor;
        plan.floor.clear();
        plan.query = whom(floor, plan.query, context_.core.clock.now());
        // A phone restarts when its owner lets it, and takes the days that the floor gives it.
        if (!plan.step_timeout)
            plan.step_timeout = std::chrono::hours(24) * std::clamp(floor.policy.days, 7U, 30U);
        if (!plan.rollback_on_halt) plan.rollback_on_halt = false;
        rollouts_.create_level(actor, floor.policy,
                               [this, actor, plan = std::move(plan),
                                answer = std::move(answer)](base::Result<rollout::ReleaseId> level) mutable {
                                   if (!level.ok()) return answer(std::move(level).error());
                                   plan.release = *level;
                                   create(actor, std::move(plan), std::move(answer));
                               });
    });
}

void RolloutsService::create(const access::Actor& actor, api::PlanNew plan,
                             api::Answer<api::Rollout> answer) {
    if (!plan.floor.empty()) return create_of_floor(actor, std::move(plan), std::move(answer));
    rollouts_.create(
        actor, plan_of(plan), plan.priority,
        [this, tenant = tenant_of(actor), answer = std::move(answer)](base::Result<rollout::RolloutId> id) {
            if (!id.ok()) return answer(std::move(id).error());
            answer_whole(tenant, *id, answer);
        });
}

// What the scope's risk was before the first device was touched: kept, so that the page can say what the
// rollout removed.
void RolloutsService::keep_risk(TenantId tenant, rollout::RolloutId id) {
    context_.background.post([this, tenant, id] {
        const auto row = context_.core.control.find<RolloutRow>(tenant, id);
        const std::optional<double> risk = row ? risk_(tenant, *row).second : std::nullopt;
        if (!risk) return;
        context_.core.writer.submit(
            shard::control_of(tenant), shard::Priority::person,
            [id, value = std::to_string(*risk)](shard::Transaction& transaction) -> base::Status {
                if (transaction.document("risk/" + id.text()).empty())
                    transaction.put(ports::DocumentRow{"risk/" + id.text(), value});
                return {};
            },
            [](base::Status) {});
    });
}

void RolloutsService::act(const access::Actor& actor, rollout::RolloutId id, api::RolloutAction action,
                          std::string why, std::optional<base::Digest256> seen,
                          api::Answer<api::Rollout> answer) {
    rollouts_.act(
        actor, id, event_of(action), std::move(why),
        [this, tenant = tenant_of(actor), id, answer = std::move(answer)](base::Status status) {
            if (!status.ok()) return answer(std::move(status).error());
            answer_whole(tenant, id, answer);
        },
        seen);
}

void RolloutsService::change(const access::Actor& actor, rollout::RolloutId id, api::WavesChange change,
                             api::Answer<api::Rollout> answer) {
    const auto row = context_.core.control.find<RolloutRow>(tenant_of(actor), id);
    if (!row) return answer(base::not_found("there is no such rollout"));
    const std::vector<rollout::Wave>& before = row->plan.waves;
    std::vector<rollout::Wave> waves;
    for (const api::PlanNew::Wave& wish : change.waves) {
        const auto same = std::ranges::find(before, wish.name, &rollout::Wave::name);
        const rollout::Gate& known = (same == before.end() ? before.front() : *same).gate;
        waves.push_back({wish.name, wish.share_ppm, wish.gate.value_or(known), wish.query,
                         wish.pace.value_or(rollout::Pace{})});
    }
    rollouts_.edit(actor, id, std::move(waves), change.content, std::move(change.why),
                   [this, tenant = tenant_of(actor), id, answer = std::move(answer)](base::Status status) {
                       if (!status.ok()) return answer(std::move(status).error());
                       answer_whole(tenant, id, answer);
                   });
}

void RolloutsService::decisions(const access::Actor& actor, rollout::RolloutId id, api::PageRequest page,
                                api::Answer<api::Page<api::RolloutDecision>> answer) {
    const TenantId tenant = tenant_of(actor);
    if (!context_.core.control.find<RolloutRow>(tenant, id))
        return answer(base::not_found("there is no such rollout"));
    context_.background.post([this, tenant, id, page, answer = std::move(answer)] {
        const auto rows = context_.core.history.decisions(tenant, id);
        if (!rows.ok()) return answer(rows.error());
        std::vector<api::RolloutDecision> views;
        for (const ports::RolloutDecisionRow& row : *rows)
            views.push_back({row.at, row.decision, row.sentence});
        answer(page_of(std::move(views), page));
    });
}

} // namespace oakum::server
