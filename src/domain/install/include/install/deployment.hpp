// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <install/state.hpp>

#include <optional>
#include <span>
#include <string>

namespace oakum::install {

// The server's machine: what is believed of one release going to one device. It takes any forward jump, since
// foreign agents omit phases; only what a device says of its running version and health makes it `verified`.

// Which budget an attempt that ended with this reason is taken from.
enum class ReasonClass : std::uint8_t {
    transient, // network, server or metadata: costs nothing but time
    install,   // something went wrong on the device: a few tries
    final,     // trying again cannot help
};
ReasonClass class_of(Reason reason);

struct Budget {
    std::uint32_t install = 3;
    std::uint32_t transient = 20;
};
// What stays the same for the life of a deployment.
struct Terms {
    std::string version;   // that the device has to report after its restart
    base::Duration soak{}; // how long it has to stay healthy
    base::Duration step_timeout =
        std::chrono::hours(1); // a state that lasts longer without a word is `silent`
    base::Duration wait_timeout =
        std::chrono::hours(24 * 14); // the same while a window or a person is awaited
    base::Duration silent_timeout = std::chrono::hours(24 * 30); // a silent one is given up after that
    Budget budget;
};

struct Deployment {
    State state = State::offered;
    Reason reason = Reason::none; // of the last failure, also while the next attempt is under way
    std::string detail;
    std::uint32_t attempt = 1;
    std::uint32_t transient_failures = 0; // earlier attempts that came out of the transient budget
    std::uint64_t sequence = 0;           // of the last report taken of this attempt
    std::uint32_t progress_percent = 0;
    std::string version_after;
    base::TimePoint state_at{};
    std::optional<base::TimePoint> deadline; // nothing in an end state
    std::optional<base::TimePoint> soak_until;
    bool resumed = false;
    bool operator==(const Deployment&) const = default;
};

// A device's report, after its identity and deployment were checked.
struct ReportSeen {
    std::uint32_t attempt = 1;
    std::uint64_t sequence = 1;
    State state = State::downloading;
    Reason reason = Reason::none;
    std::string detail;
    std::uint32_t progress_percent = 0;
    std::string running_version;
    bool healthy = false;
    bool resumed = false;
    // The last word of an attempt that came in a folder, as the device signed it: it soaked there, where
    // nobody could watch, and no poll follows.
    bool carried = false;
};

enum class Outcome : std::uint8_t {
    accepted, // written down, though the state may be what it was
    repeat,   // taken before: acknowledge, change nothing
    stale,    // older than what is known: acknowledge, change nothing
    stop      // accepted, and the device is to stop: the deployment was taken back
};
std::string_view to_string(Outcome outcome); // "accepted", "repeat", "stale", "withdrawn"

struct Decision {
    Deployment next;
    Outcome outcome = Outcome::accepted;
    bool changed = false; // next is to be stored
};

// A new deployment, offered now.
Deployment offer(const Terms& terms, base::TimePoint now);
// Not before then may the present attempt be offered: backoff after a failure, by its class and count.
base::TimePoint earliest_offer(const Deployment& deployment);

// Errors: invalid (a state that no device may report, or an attempt that was never offered).
base::Result<Decision> decide_report(const Deployment& deployment, const Terms& terms,
                                     const ReportSeen& report, base::TimePoint now);
// What a poll proves: the running version and the health, for a device that is rebooting, silent or soaking.
Decision decide_poll(const Deployment& deployment, const Terms& terms, std::string_view running_version,
                     bool healthy, base::TimePoint now);
// Void unless the deadline has passed.
Decision decide_timer(const Deployment& deployment, const Terms& terms, base::TimePoint now);
// Its deadline passed while it waited to begin, or for its window: where no window was open to it since
// state_at, it had no chance to go on, and waits on instead.
bool may_wait_on(const Deployment& deployment, base::TimePoint now);
Deployment wait_on(const Deployment& deployment, const Terms& terms, base::TimePoint now);
// A silent one that was in that state when it was last heard of.
bool fell_silent_in(const Deployment& deployment, State state);
// An operator or a halted rollout takes it back; before the device was told, that is the end of it.
Decision decide_withdraw(const Deployment& deployment, const Terms& terms, base::TimePoint now);
// A person carries it to the device and is awaited until then, and back again as long as for any step; what
// is good for longer replaces what was carried before. Errors: conflict (it is past being carried).
bool can_be_carried(State state);
base::Result<Decision> decide_carry(const Deployment& deployment, const Terms& terms, base::TimePoint until,
                                    base::TimePoint now);
// What cannot wait may take its place: the device changed nothing yet. Our own agent leaves what it was told
// as soon as it is told of another; a foreign client has to be waiting, or not to have begun.
enum class Speaks : bool { foreign, ours };
bool can_be_superseded(State state, Speaks speaks);
Decision decide_supersede(const Deployment& deployment, const Terms& terms, std::string why,
                          base::TimePoint now);
// What a device says of one that is over while another has its place: it may not have heard of that.
Outcome said_of_replaced(State said);

// ---- the table behind the functions
// -------------------------------------------------------------------------------

enum class Happening : std::uint8_t {
    downloading,
    downloaded,
    awaiting_window,
    awaiting_user,
    installing,
    rebooting,
    landed,       // it says installed, and not yet what runs
    runs,         // the wanted version runs, healthy; the soak time is not over
    ails,         // the wanted version runs, its checks fail
    soaked,       // the wanted version runs, and has been healthy for the soak time
    runs_other,   // after the restart another version runs
    failed_again, // failed, and the budget of its class allows another attempt
    failed,       // failed for good
    rolled_back,  // the device returned to what it ran before
    stopped,      // the device obeyed a withdrawal
    deadline,     // nothing was heard for too long
    withdraw,
    supersede,
};
inline constexpr std::size_t kStates = 17;
inline constexpr std::size_t kHappenings = 18;
std::string_view to_string(Happening happening);

enum class Effect : std::uint8_t {
    none,
    count_attempt, // the next attempt begins
    start_soak,    // soak_until counts from now
    end_soak,
    stop_device // the answer tells the device to stop
};
struct Transition {
    State from;
    Happening happening;
    State to;
    Effect effect = Effect::none;
};
// Nothing when the happening changes nothing in that state (it is older than what is known).
std::optional<Transition> transition(State state, Happening happening);

// The table as a Mermaid state diagram.
std::string deployment_diagram();

} // namespace oakum::install
