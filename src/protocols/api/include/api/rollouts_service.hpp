// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <api/refs.hpp>
#include <base/time.hpp>
#include <explain/explanation.hpp>
#include <install/state.hpp>
#include <rollout/blocked.hpp>
#include <rollout/gate.hpp>
#include <rollout/plan.hpp>
#include <schedule/priority.hpp>

namespace oakum::rehearsal {
struct Report;
}

namespace oakum::api {

// A preset for what a plan leaves out.
enum class Care : std::uint8_t { careful, normal, urgent };
std::string_view to_string(Care care);

struct PlanNew {
    struct Wave {
        std::string name;
        std::uint32_t share_ppm = 0;
        std::optional<rollout::Gate> gate;
        std::string query; // of those, whom; empty: all
        std::optional<rollout::Pace> pace;
    };
    std::string name;
    rollout::ReleaseId release; // zero: what the floor asks for
    std::string floor;          // by name; empty: a release
    std::string query;
    Care care = Care::normal;
    std::string first;       // whom, in a wave before those of the preset; empty: there is none
    std::vector<Wave> waves; // empty: the preset's
    rollout::Pace pace;      // of waves that say none
    std::optional<base::Duration> soak, step_timeout;
    std::optional<std::uint32_t> max_attempts;
    std::optional<bool> rollback_on_halt;
    std::optional<base::TimePoint> starts;
    schedule::Priority priority = schedule::Priority::normal;
};

// Other waves, after those that have opened.
struct WavesChange {
    std::vector<PlanNew::Wave> waves;
    base::Digest256 content; // of the plan that was looked at
    std::string why;
};

struct RolloutSummary {
    rollout::RolloutId id;
    std::string name, sentence;
    rollout::State state = rollout::State::draft;
    std::optional<std::string> state_reason;
    ReleaseRef release;
    std::string query;
    std::uint64_t waves_count = 0;
    std::optional<std::uint64_t> open_wave;
    rollout::Counts totals;
    std::uint64_t in_scope = 0;
    std::string devices_query;      // by which those in scope are found
    std::uint64_t cannot_tell = 0;  // devices of which its query needs a fact that is missing
    bool person_opens_next = false; // its gate holds for nothing else
    std::string created_by;
    std::optional<std::string> approved_by;
    base::TimePoint created{};
    std::optional<base::TimePoint> starts_at; // by itself, while it was not started
    std::optional<base::TimePoint> started, ended;
};

enum class RolloutAction : std::uint8_t {
    start,
    approve,
    pause,
    resume,
    halt,
    abort,
    open_next_wave,
    roll_back,
    finish
};
// As in the path: "open-next-wave".
std::string_view to_string(RolloutAction action);

struct RolloutWave {
    enum class State : std::uint8_t { waiting, open, passed, halted };
    enum class Gate : std::uint8_t { wait, proceed, hold, halt, none };
    struct Stratum {
        std::string stratum;
        rollout::Counts counts;
    };
    std::uint64_t index = 0;
    std::string name;
    std::uint32_t share_ppm = 0;
    std::string query; // whom of the rollout's devices; empty: all
    State state = State::waiting;
    std::optional<base::TimePoint> opened_at;
    std::uint64_t expected = 0;
    rollout::Counts counts;
    std::vector<Stratum> strata;
    rollout::Gate gate;
    Gate gate_verdict = Gate::none;
    std::string gate_sentence;
    std::uint64_t needed = 0;
    std::uint64_t to_prove = 0; // devices of the whole rollout
};
std::string_view to_string(RolloutWave::State state);
std::string_view to_string(RolloutWave::Gate gate);

struct Rollout : RolloutSummary {
    struct Blocked {
        rollout::Blocked kind = rollout::Blocked::held;
        std::string reason; // in words
        std::uint64_t devices = 0;
        std::optional<base::TimePoint> until;
        std::optional<std::string> query;
    };
    struct Example {
        DeviceRef device;
        std::string detail;
    };
    struct Failure {
        std::string model;
        install::Reason reason = install::Reason::none;
        std::uint64_t devices = 0;
        std::optional<Example> example;
    };
    // What the open wave's gate goes by: outcomes of all waves, and the lines that they are held against.
    struct Evidence {
        std::uint32_t tolerated_failure_ppm = 0;
        std::uint64_t devices = 0, failed = 0, pending = 0;
        std::vector<rollout::GateLine> lines;
    };
    rollout::Plan plan;
    schedule::Priority priority = schedule::Priority::normal;
    std::vector<RolloutWave> waves;
    std::optional<Evidence> evidence; // once it was started
    std::vector<Blocked> blocked;
    std::vector<Failure> failures;
    std::optional<double> risk_before, risk_now;
    std::vector<RolloutAction> actions;
    std::uint64_t cannot_roll_back = 0;
    base::Digest256 content; // of the plan: what is approved, and changed
    // Who changed waves that nobody else has approved yet; empty: nothing waits.
    std::vector<std::string> unapproved;
    std::vector<std::string> warnings; // sentences, for whoever is about to start it
    std::uint64_t row_version = 0;     // for the ETag
};

// One release going to one device, as lists show it.
struct Deployment {
    rollout::DeploymentId id;
    DeviceRef device;
    std::optional<RolloutRef> rollout;
    ReleaseRef release;
    std::uint64_t wave = 0;
    std::string stratum;
    install::State state = install::State::offered;
    install::Reason reason = install::Reason::none;
    std::string detail;
    std::uint32_t attempt = 1, progress_percent = 0;
    std::optional<std::string> version_before, version_after;
    base::TimePoint offered_at{}, state_at{};
    std::optional<base::TimePoint> deadline, soak_until;
    bool is_rollback = false, resumed = false;
};

// Which of a rollout's deployments, by how its figures count them. started: all that count; trouble: failed,
// fell back, were ordered back or fell silent; wrong: those of them that nobody ordered.
struct DeploymentFilter {
    enum class Outcome : std::uint8_t {
        any,
        started,
        pending,
        verified,
        failed,
        rolled_back,
        silent,
        trouble,
        wrong
    };
    std::optional<install::State> state;
    Outcome outcome = Outcome::any;
    std::optional<std::uint64_t> wave; // its index
    std::optional<std::string> model;
    std::optional<install::Reason> reason;
};
std::string_view to_string(DeploymentFilter::Outcome outcome);

struct RolloutDecision {
    base::TimePoint at{};
    std::string decision, sentence;
};

// When the devices that were not asked yet may install, by windows and freezes as they are.
struct RolloutTimes {
    struct Later {
        base::TimePoint from{}, to{};
        std::uint64_t devices = 0;
    };
    struct Wave {
        std::string name;
        std::uint64_t now = 0;
        std::vector<Later> later; // the soonest first
        std::uint64_t after_those = 0, never = 0, zone_unknown = 0;
        std::string sentence;
    };
    std::vector<Wave> waves;
};

class RolloutsService {
  public:
    virtual ~RolloutsService() = default;
    virtual void list(const access::Actor& actor, std::optional<rollout::State> state, PageRequest page,
                      Answer<Page<RolloutSummary>> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, rollout::RolloutId id, Answer<Rollout> answer) = 0;
    // Errors: invalid (with its place; the query with its column), not_found (release), conflict.
    virtual void create(const access::Actor& actor, PlanNew plan, Answer<Rollout> answer) = 0;
    // Errors: not_found, conflict (its state), denied (the maker approves).
    // `seen`, of approve: that content and no other.
    virtual void act(const access::Actor& actor, rollout::RolloutId id, RolloutAction action, std::string why,
                     std::optional<base::Digest256> seen, Answer<Rollout> answer) = 0;
    // Errors: invalid (with its place), not_found, conflict (a wave that has opened, at its place; its state;
    // somebody else was first, at /content), denied.
    virtual void change(const access::Actor& actor, rollout::RolloutId id, WavesChange change,
                        Answer<Rollout> answer) = 0;
    // Only devices in the caller's scope. Errors: not_found.
    virtual void devices(const access::Actor& actor, rollout::RolloutId id, DeploymentFilter filter,
                         PageRequest page, Answer<Page<Deployment>> answer) = 0;
    // Errors: not_found.
    virtual void decisions(const access::Actor& actor, rollout::RolloutId id, PageRequest page,
                           Answer<Page<RolloutDecision>> answer) = 0;
    // Errors: not_found.
    virtual void times(const access::Actor& actor, rollout::RolloutId id, Answer<RolloutTimes> answer) = 0;
    // Played in virtual time over the devices that it would ask; nothing is changed. Errors: not_found,
    // conflict (phones), too_large (more devices than are played here), unavailable (others are being played,
    // or it takes too long).
    virtual void rehearse(const access::Actor& actor, rollout::RolloutId id,
                          Answer<rehearsal::Report> answer) = 0;
    // What it does and waits for, in sentences.
    virtual void explain(const access::Actor& actor, rollout::RolloutId id,
                         Answer<explain::Explanation> answer) = 0;
};

} // namespace oakum::api
