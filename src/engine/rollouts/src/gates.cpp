// SPDX-License-Identifier: Apache-2.0
// What is decided when the gates are looked at.
#include "decisions.hpp"
#include "waiting.hpp"

#include <limits>
#include <numeric>
#include <rollouts/rollouts.hpp>

namespace oakum::rollouts {

using device::TenantId;
using ports::ReleaseRow;
using ports::RolloutRow;
using shard::Held;

namespace {

// What is counted of a rollout that just began, each time the gates are looked at; some ten milliseconds.
constexpr std::size_t kCountedAtOnce = 250'000;
// What is counted of the groups of budgets: each asks more of a device than a rollout does.
constexpr std::size_t kSizedAtOnce = 20'000;

std::size_t open_wave(const RolloutRow& rollout) {
    return std::min<std::size_t>(rollout.open_wave, rollout.plan.waves.size() - 1);
}

// Of a stratum, "SITE/MODEL".
std::string_view model_of(std::string_view stratum) {
    return stratum.substr(stratum.rfind('/') + 1);
}

} // namespace

GateState Rollouts::gate(TenantId tenant, const RolloutRow& rollout) const {
    return gate(tenant, rollout, members(tenant, rollout).at(open_wave(rollout)));
}

GateState Rollouts::gate(TenantId tenant, const RolloutRow& rollout,
                         std::optional<std::uint32_t> waiting) const {
    GateState state;
    const std::size_t open = open_wave(rollout);
    state.view.gate = rollout.plan.waves[open].gate;
    state.view.wave_index = open;
    state.view.chosen = !rollout.plan.waves[open].query.empty();
    state.view.last_wave = open + 1 == rollout.plan.waves.size();
    state.view.opened_at = rollout.wave_opened_at.value_or(core_.clock.now());
    std::map<std::string, rollout::Counts, std::less<>> models;
    for (const auto& [key, counts] : counts(tenant, rollout.id)) {
        if (key.first == open) state.view.wave = state.view.wave + counts;
        if (key.first <= open) {
            rollout::Counts& model = models[std::string(model_of(key.second))];
            model = model + counts;
        }
    }
    state.view.models.assign(models.begin(), models.end());
    // Not known yet: as if it were many, which is the most careful.
    state.view.members =
        waiting ? state.view.wave.started + *waiting : std::numeric_limits<std::uint32_t>::max();
    state.decision = rollout::decide(state.view, core_.clock.now());
    return state;
}

bool Rollouts::awaits_return(TenantId tenant, const RolloutRow& rollout) const {
    for (const auto& [key, counts] : counts(tenant, rollout.id))
        if (counts.pending > 0) return true;
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return false;
    // Those that a newer rollout took over, and those that were retired or revoked, do not come back to it.
    // Quiet ones are ordered back when they are heard of, however late: nobody waits for them.
    std::vector<device::DeviceId> left;
    core_.fleet.each({tenant, {}, device::parse_query("").value()}, [&](const fleet::Glance& device) {
        if (device.desired_rollout() == rollout.id && device.running_version() == release->version &&
            device.lifecycle() != device::Lifecycle::quiet)
            left.push_back(device.id());
    });
    return std::any_of(left.begin(), left.end(), [&](const device::DeviceId& id) {
        const std::optional<ports::DeviceRow> row = core_.fleet.device({tenant, id});
        return row && !row->revoked && row->desired_release == release->id;
    });
}

void Rollouts::look_at_gates() {
    if (budgets_ != nullptr) budgets_->count(kSizedAtOnce);
    if (watch_ != nullptr && watch_->warning()) return;
    const base::TimePoint now = core_.clock.now();
    for (const TenantId tenant : core_.control.tenants()) {
        waiting_->refresh(tenant, kCountedAtOnce);
        for (const Held<RolloutRow>& rollout : core_.control.list<RolloutRow>(tenant)) {
            const auto warn = [this, id = rollout->id](base::Status status) {
                if (!status.ok() && status.error().kind != base::ErrorKind::conflict)
                    log_.write(base::LogLevel::warning, "rollout",
                               "rollout " + id.text() + ": " + status.error().text());
            };
            // Of what was looked at, and nothing else: while a commit takes its time, the next look finds the
            // same.
            const auto decide = [&](rollout::Event event, const std::string& sentence,
                                    std::function<void(base::Status)> then) {
                change_state(tenant, rollout->id, rollout->row_version, event, decision_words(event),
                             sentence,
                             {"oakumd", "rollout." + decision_words(event), "rollout " + rollout->id.text(),
                              "", "", sentence},
                             std::move(then));
            };
            // Where somebody else has to approve it, it waits for that, however late.
            const bool due = rollout->plan.starts && !rollout->started && *rollout->plan.starts <= now;
            if (due &&
                rollout::apply(rollout->state, 0, rollout->plan.waves.size(), rollout::Event::start).ok()) {
                decide(rollout::Event::start,
                       "The plan begins by itself at " + base::to_iso8601(*rollout->plan.starts) + ".", warn);
                continue;
            }
            if (rollout->state == rollout::State::rolling_back) {
                if (!awaits_return(tenant, *rollout))
                    decide(rollout::Event::rolled_back_all,
                           "Every device that had the release is back on what it ran before, or cannot go "
                           "back; quiet "
                           "ones are ordered back when they are heard of.",
                           warn);
                continue;
            }
            if (rollout->state != rollout::State::running && rollout->state != rollout::State::settled)
                continue;
            const auto left = waiting(tenant, *rollout); // by wave; nothing: not counted yet
            const GateState state =
                gate(tenant, *rollout, left ? std::optional(left->at(open_wave(*rollout))) : std::nullopt);
            const auto end = [&]() -> std::optional<rollout::EndView> {
                if (!left) return std::nullopt;
                rollout::EndView view{{}, 0, rollout->settled_at};
                for (const auto& [key, counts] : counts(tenant, rollout->id))
                    view.whole = view.whole + counts;
                view.waiting = std::accumulate(left->begin(), left->end(), std::uint32_t{0});
                return view;
            };
            const auto event =
                rollout::next_event(rollout->state, state.decision.verdict, state.view.last_wave, now, end);
            if (event == rollout::Event::halt)
                decide(*event, state.decision.sentence,
                       [this, tenant, id = rollout->id, back = rollout->plan.rollback_on_halt,
                        warn](base::Status status) {
                           const bool halted = status.ok();
                           warn(std::move(status));
                           const std::string why = "The plan orders updated devices back when it halts.";
                           if (halted && back)
                               change_state(
                                   tenant, id, std::nullopt, rollout::Event::roll_back,
                                   decision_words(rollout::Event::roll_back), why,
                                   {"oakumd", "rollout.rolling back", "rollout " + id.text(), "", "", why},
                                   warn);
                       });
            else if (event == rollout::Event::proceed && unapproved(tenant, rollout->id).empty())
                decide(*event, state.decision.sentence, warn);
            else if (event == rollout::Event::settle)
                decide(*event,
                       "Every device in reach has its outcome; those that appear later are still served.",
                       warn);
            else if (event == rollout::Event::finish)
                decide(*event, "No device joined for a week; those that appear from now on are not served.",
                       warn);
        }
    }
}

} // namespace oakum::rollouts
