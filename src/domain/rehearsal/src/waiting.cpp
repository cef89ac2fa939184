// SPDX-License-Identifier: Apache-2.0
// Devices that were not asked yet: when they poll, whether they may be, and whether there is room for them.
#include "play.hpp"

#include <device/lifecycle.hpp>
#include <rollout/terms.hpp>

namespace oakum::rehearsal {
namespace {

base::Duration ahead_of(const Kind& kind) {
    return kind.keeps ? schedule::kAhead : base::Duration::zero();
}

} // namespace

void Play::visit_waiting(std::uint32_t device) {
    Actor& actor = actors_.all[device];
    const std::optional<std::uint32_t> scouted = actor.scout ? std::optional(actor.since) : std::nullopt;
    actor.scout = false;
    const Seconds second = calendar_.now();
    if (scouted && rooms_[*scouted].scout && rooms_[*scouted].scout->second == device)
        rooms_[*scouted].scout.reset();
    if (habits_.is_poll(device, second)) {
        if (actor.quiet) {
            actor.quiet = false;
            ++waiting_[actor.wave];
            counts_changed_ = true;
        }
        try_offer(device);
    } else if (!actor.quiet) {
        // Its poll was lost, or it has now been silent for too long.
        if (second >= device::quiet_from(habits_.previous_poll(device, second), scene_.kind(device).turn)) {
            leave_ring(device);
            actor.quiet = true;
            --waiting_[actor.wave];
            counts_changed_ = true;
        }
        plan_poll(device);
    }
    if (scouted) send_scout(*scouted, device);
}

// Its next poll at which it may be asked, or the moment from which on it counts as quiet.
void Play::plan_poll(std::uint32_t device) {
    if (!rollout::offers(state_)) return;
    const Actor& actor = actors_.all[device];
    Seconds at = habits_.next_poll(device, calendar_.now() + 1);
    if (actor.quiet) return calendar_.set(device, at);
    const schedule::Openings& open = openings(device);
    const base::Duration ahead = ahead_of(scene_.kind(device));
    while (at <= scene_.horizon && !open.may_begin(time_of(at), ahead)) {
        const schedule::Interval* next = open.at_or_after(time_of(at));
        if (next == nullptr)
            at = kNever;
        else
            at = habits_.next_poll(device, std::max(at + 1, seconds_of(next->from - ahead)));
    }
    const Seconds limit = std::min(at, scene_.horizon + 1);
    calendar_.set(device, std::min(at, habits_.falls_quiet(device, calendar_.now(), limit)));
}

void Play::try_offer(std::uint32_t device) {
    if (!rollout::offers(state_)) return;
    leave_ring(device);
    if (!openings(device).may_begin(now(), ahead_of(scene_.kind(device)))) return plan_poll(device);
    if (const auto full = full_group(device)) return wait_for_room(device, *full);
    const std::uint8_t wave = actors_.all[device].wave;
    if (slowed(wave)) {
        wait_for_room(device, room_of_wave(wave));
        return send_scout(room_of_wave(wave), device);
    }
    offer(device);
}

std::optional<rollout::Slowed> Play::slowed(std::size_t wave) const {
    const rollout::Pace& pace = scene_.plan.waves[wave].pace;
    if (!rollout::is_paced(pace)) return std::nullopt;
    return rollout::slowed(pace, counts_[wave].started, counts_[wave].pending,
                           rooms_[room_of_wave(wave)].begun, calendar_.now());
}

std::optional<Seconds> Play::room_from(std::uint32_t room) const {
    if (room < scene_.groups.size())
        return rooms_[room].out < scene_.groups[room].allowed ? std::optional(calendar_.now()) : std::nullopt;
    const auto slowed = this->slowed(room - scene_.groups.size());
    if (!slowed) return calendar_.now();
    if (slowed->by == rollout::Slowed::By::in_flight) return std::nullopt;
    return static_cast<Seconds>(slowed->room_from);
}

// One of the wave began, or is through.
void Play::give_way(std::size_t wave, std::uint32_t device) {
    if (rollout::is_paced(scene_.plan.waves[wave].pace)) send_scout(room_of_wave(wave), device);
}

void Play::offer(std::uint32_t device) {
    Actor& actor = actors_.all[device];
    actor.asked = calendar_.now();
    actor.attempt = 1;
    rollout::Counts& model = model_counts(device);
    for (rollout::Counts* counts : {&counts_[actor.wave], &model}) {
        ++counts->started;
        ++counts->pending;
    }
    --waiting_[actor.wave];
    counts_changed_ = true;
    ++minute().offers;
    rooms_[room_of_wave(actor.wave)].begun.add(calendar_.now());
    take_room(device);
    apply(device, install::offer(terms(device), now()));
    deliver(device, take_offer(actor.attempt, calendar_.now()));
    plan_next(device);
    give_way(actor.wave, device);
}

std::optional<std::uint32_t> Play::full_group(std::uint32_t device) const {
    for (const std::uint32_t group : scene_.kind(device).groups)
        if (rooms_[group].out >= scene_.groups[group].allowed) return group;
    return std::nullopt;
}

void Play::wait_for_room(std::uint32_t device, std::uint32_t group) {
    Actor& actor = actors_.all[device];
    const std::uint32_t turn = habits_.turn(device);
    std::vector<Ring>& rings = rooms_[group].waiting;
    auto ring = std::ranges::find(rings, turn, &Ring::turn);
    if (ring == rings.end()) ring = rings.emplace(rings.end(), turn);
    ring->insert(habits_.phase(device), device);
    actor.in_ring = true;
    actor.since = group;
    calendar_.set(device, habits_.falls_quiet(device, calendar_.now(), scene_.horizon + 1));
}

void Play::leave_ring(std::uint32_t device) {
    Actor& actor = actors_.all[device];
    if (!actor.in_ring) return;
    actor.in_ring = false;
    for (Ring& ring : rooms_[actor.since].waiting)
        if (ring.turn() == habits_.turn(device)) ring.erase(habits_.phase(device), device);
}

// Who of those that wait polls next once there is room: the others' polls until then change nothing.
void Play::send_scout(std::uint32_t group, std::optional<std::uint32_t> after) {
    const std::optional<Seconds> from = rollout::offers(state_) ? room_from(group) : std::nullopt;
    if (!from) return;
    if (*from > calendar_.now()) after.reset();
    std::optional<Ring::Next> first;
    for (const Ring& ring : rooms_[group].waiting) {
        if (ring.empty()) continue;
        const Ring::Next next = ring.next_after(*from, after);
        if (!first || std::pair(next.at, next.device) < std::pair(first->at, first->device)) first = next;
    }
    if (!first) return;
    if (group >= scene_.groups.size()) {
        auto& sent = rooms_[group].scout;
        if (sent && *sent < std::pair(first->at, first->device)) return;
        sent = {first->at, first->device};
    }
    leave_ring(first->device);
    Actor& actor = actors_.all[first->device];
    actor.scout = true;
    actor.since = group;
    calendar_.set(first->device,
                  std::min(first->at, habits_.falls_quiet(first->device, calendar_.now(), first->at)));
}

void Play::take_room(std::uint32_t device) {
    for (const std::uint32_t group : scene_.kind(device).groups)
        run_.most_out[group] = std::max(run_.most_out[group], ++rooms_[group].out);
}

void Play::give_room(std::uint32_t device) {
    for (const std::uint32_t group : scene_.kind(device).groups) {
        --rooms_[group].out;
        send_scout(group, device);
    }
}

rollout::Counts& Play::model_counts(std::uint32_t device) {
    const std::uint32_t model = scene_.kind(device).model;
    if (seen_model_[model] == kNever) {
        seen_model_[model] = static_cast<std::uint32_t>(view_.models.size());
        view_.models.emplace_back(scene_.models[model], rollout::Counts());
    }
    return view_.models[seen_model_[model]].second;
}

} // namespace oakum::rehearsal
