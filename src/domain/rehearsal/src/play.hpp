// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "calendar.hpp"
#include "ring.hpp"

#include <install/deployment.hpp>
#include <rehearsal/acts.hpp>
#include <rehearsal/run.hpp>
#include <rollout/pace.hpp>

namespace oakum::rehearsal {

// What is kept of a device while a rehearsal is played. Times in seconds.
struct Actor {
    Seconds due = kNever;                                              // in the calendar
    Seconds deadline = kNever, soak_until = kNever, state_at = kNever; // of its deployment
    Seconds since = 0; // of its agent's phase; while it waits for room: which of `rooms_` has none
    Seconds asked = kNever;
    install::State state = install::State::offered;
    install::Reason reason = install::Reason::none;
    install::Phase phase = install::Phase::idle; // of its agent
    std::uint8_t attempt = 0;                    // of its deployment; 0: it was not asked
    std::uint8_t agent_attempt = 0;              // that its agent took up last
    std::uint8_t transient_failures = 0;
    std::uint8_t sequence = 0;
    std::uint8_t wave = 0; // kNoWave: left out
    bool quiet : 1 = false, told_shut : 1 = false, runs_new : 1 = false, restarted : 1 = false;
    bool in_ring : 1 = false, scout : 1 = false; // of the group that `since` names
};
static_assert(sizeof(Actor) == kBytesADevice - sizeof(std::uint32_t)); // and its kind

struct Actors {
    std::vector<Actor> all;
    const std::vector<std::uint32_t>& kind_of;
    Seconds& due(std::uint32_t device) { return all[device].due; }
    void prefetch(std::uint32_t device) const {
        __builtin_prefetch(&all[device]);
        __builtin_prefetch(&kind_of[device]);
    }
};

// One run. A second has two halves: what devices do, in the order of their numbers, and then a look at the
// gate.
class Play {
  public:
    Play(const Scene& scene, const Conditions& conditions);
    Run run(const Stop& stop);
    void tell(std::vector<End>& ends) const;

  private:
    static constexpr std::uint8_t kNoWave = 255;

    // What is known of a group of a budget; after those, of a wave and its pace.
    struct Room {
        std::uint32_t out = 0;
        std::vector<Ring> waiting; // by turn
        rollout::Begun begun{};    // of a wave
        // Of a wave: whose poll is the first that may find room, and when.
        std::optional<std::pair<Seconds, std::uint32_t>> scout{};
    };

    // ---- the rollout (play.cpp)
    void open_wave(std::size_t wave);
    void look();
    void change(rollout::Event event, bool person, std::string sentence);
    std::optional<rollout::Event> person_says(const rollout::Judgement& judged);
    void withdraw_all();
    bool is_done() const;
    void finish();
    void add_end(std::uint32_t device);

    // ---- devices that wait for their offer (waiting.cpp)
    void visit_waiting(std::uint32_t device);
    void plan_poll(std::uint32_t device);
    void try_offer(std::uint32_t device);
    void offer(std::uint32_t device);
    std::optional<std::uint32_t> full_group(std::uint32_t device) const;
    void wait_for_room(std::uint32_t device, std::uint32_t group);
    std::uint32_t room_of_wave(std::size_t wave) const {
        return static_cast<std::uint32_t>(scene_.groups.size() + wave);
    }
    std::optional<rollout::Slowed> slowed(std::size_t wave) const;
    void give_way(std::size_t wave, std::uint32_t device);
    // From when on there is room as far as is known; nothing: somebody has to be through first.
    std::optional<Seconds> room_from(std::uint32_t room) const;
    void leave_ring(std::uint32_t device);
    void send_scout(std::uint32_t group, std::optional<std::uint32_t> after);
    void take_room(std::uint32_t device);
    void give_room(std::uint32_t device);

    // ---- devices under way (under_way.cpp)
    void visit_under_way(std::uint32_t device);
    void deliver(std::uint32_t device, const Act& act);
    void poll(std::uint32_t device);
    void stop(std::uint32_t device);
    void timer(std::uint32_t device);
    void plan_next(std::uint32_t device);
    void plan_next(std::uint32_t device, const std::optional<Act>& act);
    Seconds poll_wanted(const Actor& actor) const;
    void apply(std::uint32_t device, const install::Deployment& next);
    void set_journey(Actor& actor, const Journey& journey);
    Journey journey(const Actor& actor) const;
    install::Deployment deployment(const Actor& actor) const;
    install::Terms terms(std::uint32_t device) const;

    base::TimePoint time_of(Seconds at) const { return scene_.start + std::chrono::seconds(at); }
    Seconds seconds_of(base::TimePoint at) const;
    base::TimePoint now() const { return time_of(calendar_.now()); }
    const schedule::Openings& openings(std::uint32_t device) const {
        return scene_.openings[scene_.kind(device).openings];
    }
    Minute& minute() { return minutes_[calendar_.now() / 60]; }
    rollout::Counts& model_counts(std::uint32_t device);

    const Scene& scene_;
    const Conditions conditions_;
    const Habits habits_;
    Actors actors_;
    Calendar<Actors> calendar_;
    std::vector<Room> rooms_; // by group
    Run run_;
    std::vector<Minute> minutes_;
    std::uint32_t downloading_ = 0;

    rollout::State state_ = rollout::State::draft;
    std::uint32_t open_wave_ = 0;
    std::optional<base::TimePoint> settled_at_;
    std::vector<rollout::Counts> counts_; // by wave
    std::vector<std::uint32_t> waiting_;  // active devices that were not asked, by open wave
    std::vector<std::uint32_t>
        seen_model_; // where a model of the scene stands in the view; kNever: nowhere yet
    rollout::GateView view_;
    rollout::Proofs proofs_;
    bool counts_changed_ = true;
    Seconds look_at_ = kNever;   // when the gate says something else without a change
    bool person_asked_ = false;  // by the gate of the open wave
    Seconds person_at_ = kNever; // when one who was asked answers
};

} // namespace oakum::rehearsal
