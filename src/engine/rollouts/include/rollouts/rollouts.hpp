// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <budgets/budgets.hpp>
#include <fleet/core.hpp>
#include <fleet/offers.hpp>
#include <install/deployment.hpp>
#include <rollout/blocked.hpp>
#include <rollout/gate.hpp>
#include <rollout/machine.hpp>
#include <rollouts/board.hpp>
#include <schedules/schedules.hpp>
#include <shard/clock_watch.hpp>
#include <shard/timers.hpp>

#include <atomic>
#include <map>
#include <memory>

namespace oakum::rollouts {

// Whether the one who made a rollout may also approve or start it without approval.
enum class Approval : bool { not_required, required };

// What a gate saw and said when it was last looked at.
struct GateState {
    rollout::GateView view;
    rollout::GateDecision decision;
};

// Going back from a release that may be bad does not wait for what lets urgent fixes through.
schedule::Priority priority_of(schedule::Priority planned, bool is_rollback);

// When the devices of a wave may install, as windows and freezes are now.
struct WaveTimes {
    struct Later {
        base::TimePoint from{}, to{}; // the opening in which they can
        std::uint64_t devices = 0;
    };
    std::uint64_t now = 0;    // devices that may install at once
    std::vector<Later> later; // by the time from which they may, the soonest first; at most kMostLater
    std::uint64_t after_those = 0;
    std::uint64_t never = 0;        // no opening can be seen
    std::uint64_t zone_unknown = 0; // of all these
    static constexpr std::size_t kMostLater = 50;
};

// Whom a rollout does not ask although they are in its scope, and why.
struct Reach {
    std::vector<rollout::BlockedDevices> blocked; // in the order of the reasons; by time, by budget
    std::uint64_t next = 0;                       // of an open wave, and asked when they poll next
    std::uint64_t later = 0;                      // in reach, of waves that are not open
    std::uint64_t looked = 0;                     // devices that were looked at, which is what it costs
    // Times that are told apart for one reason; what opens later than these is added to the last.
    static constexpr std::size_t kMostTimes = 20;
};

class Waiting;
class Paces;

// Rollouts and what they ask of devices. Reading: any thread. Changing: durable before it is answered,
// audited, and told by the change feed. One object a process.
class Rollouts final : public fleet::OfferSource {
  public:
    Rollouts(fleet::Core& core, shard::Timers& timers, ports::Random& random, Approval approval,
             base::LogSink& log);
    ~Rollouts() override;

    // After the writer has loaded everything: builds the board and sets the timers of what is under way.
    void start();

    // From then on no wave is opened while that clock is in doubt; before anything else.
    void heed(const shard::ClockWatch& watch) { watch_ = &watch; }

    // From then on devices install only when these say so; before anything else.
    void keep_to(const schedules::Schedules& schedules) { schedules_ = &schedules; }
    // From then on no group of devices has more out of service than these allow; before anything else.
    void keep_within(budgets::Budgets& budgets) { budgets_ = &budgets; }

    // From then on phones are brought to levels through the management systems that this says. One object
    // until something changes; then `reconsider`. Before anything else.
    using SteeredBy = std::function<std::shared_ptr<const Steered>(device::TenantId)>;
    void steer_by(SteeredBy steered) { steered_by_ = std::move(steered); }
    // What may be written to, or what is offered, changed. On the writer's executor.
    void reconsider() { rebuild(); }

    // From then on this is told of each rollout that began, by a person or by itself, on the writer's
    // executor; before anything else.
    using Began = std::function<void(device::TenantId, ports::RolloutId)>;
    void when_one_begins(Began began) { began_ = std::move(began); }

    // ---- people. Errors: invalid with its place, not_found, conflict, denied.
    // `priority` says which windows, freezes and budgets it need not keep.
    void create(access::Actor actor, rollout::Plan plan, schedule::Priority priority,
                shard::Completion<ports::RolloutId> done);
    // `seen`: of approve, the content that was looked at; nothing: whatever it is now.
    void act(access::Actor actor, ports::RolloutId id, rollout::Event event, std::string why,
             std::function<void(base::Status)> done, std::optional<base::Digest256> seen = {});
    // Changes the waves that have not opened. `seen`: the content (rollout::content_of) of the plan that was
    // looked at. Where approvals are asked for, no other wave opens before somebody else approved it; what is
    // open goes on meanwhile. Errors: denied, not_found, invalid and conflict with their place.
    void edit(access::Actor actor, ports::RolloutId id, std::vector<rollout::Wave> waves,
              base::Digest256 seen, std::string why, std::function<void(base::Status)> done);
    // Approves the changes of a rollout that was started. `seen`: of that content and no other. Errors:
    // denied (who made it, or changed it), not_found, conflict.
    void approve_changes(access::Actor actor, ports::RolloutId id, std::optional<base::Digest256> seen,
                         std::string why, std::function<void(base::Status)> done);
    // Who changed it since it was approved, where that is asked for; empty: nothing waits.
    std::vector<std::string> unapproved(device::TenantId tenant, ports::RolloutId id) const;
    // An operator does not wait for the wave: places this device in the open wave of the rollout that it
    // belongs to.
    void update_now(access::Actor actor, device::DeviceId device, std::string why,
                    std::function<void(base::Status)> done);

    // Keeps what brings phones to the level that this floor asks for: a release without a file, which a plan
    // can name. One that asks for the same is kept once.
    void create_level(access::Actor actor, floor::Policy level, shard::Completion<ports::ReleaseId> done);

    // Somebody carries to a device what is asked of it, or would be with its next poll: the same waves,
    // windows, freezes and budgets hold. It waits for that person until then. Errors: not_found, conflict (in
    // words: why nothing is carried to it).
    struct Carry {
        std::optional<ports::ReleaseId> only; // nothing: whatever is asked of it
        base::TimePoint until{};
    };
    struct Carried {
        fleet::OfferView offer;
        ports::ReleaseId release;
        ports::RolloutId rollout;
        std::uint32_t wave = 0;
    };
    void carry(shard::DeviceKey device, Carry wish, shard::Completion<Carried> done);
    // Whether it would, as far as committed rows tell. Any thread, with the device's block shared.
    bool would_carry(const fleet::Glance& device, const std::optional<ports::ReleaseId>& only) const;

    // ---- devices
    bool would_offer(const fleet::Glance& device, fleet::Keeps keeps) const override;
    void offer(const fleet::DeviceActor& device, fleet::Keeps keeps,
               shard::Completion<std::optional<fleet::OfferView>> done) override;
    std::optional<fleet::OfferView> present(const fleet::DeviceActor& device) const override;
    bool listens(const fleet::DeviceActor& device) const override;
    void seen(const fleet::DeviceActor& device, std::string running_version, bool healthy,
              std::function<void(base::Status)> done) override;
    // Errors: not_found (no such deployment of this device), invalid.
    void report(fleet::DeviceActor device, ports::DeploymentId id, install::ReportSeen report,
                shard::Completion<install::Outcome> done);

    // ---- reading
    std::vector<shard::Held<ports::RolloutRow>> list(device::TenantId tenant) const;
    // Counts of every wave and stratum, summed over the shards.
    using Counts = std::map<std::pair<std::uint32_t, std::string>, rollout::Counts>;
    Counts counts(device::TenantId tenant, ports::RolloutId id) const;
    // The gate of the open wave as it stands now.
    GateState gate(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    // Devices that the query and the release's models select, whatever their wave.
    fleet::Count in_scope(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    // Devices that the rollout is for and has not asked yet, by wave. Costs nothing for a rollout that runs,
    // once it was counted.
    std::vector<std::uint32_t> members(device::TenantId tenant, const ports::RolloutRow& rollout) const;

    // Each device that it is for and has not asked yet; within a glance. Errors: not_found (its release),
    // invalid, conflict (a level of phones: no agent of ours is asked).
    base::Status each_waiting(device::TenantId tenant, const ports::RolloutRow& rollout,
                              const std::function<void(const fleet::Glance&)>& visit) const;

    // Devices that the rollout would change and that could not be ordered back: no release of the version
    // that they run is published. By version.
    std::map<std::string, std::uint32_t> without_return(device::TenantId tenant,
                                                        const ports::RolloutRow& rollout) const;

    // Looks at each device in scope that it has not asked yet, in memory: some 0.2 us a device.
    Reach reach(device::TenantId tenant, const ports::RolloutRow& rollout) const;

    // As the board has it, also of one that does not run. Errors: invalid, not_found (its release).
    base::Result<Running> running(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    // Whether it lets a phone that was offered its level be told now: it offers, and no window is shut.
    bool may_tell(const ports::DeploymentRow& deployment, const fleet::Glance& device) const;
    // The level that a release is; nothing of one with a file.
    std::optional<floor::Policy> level(device::TenantId tenant, ports::ReleaseId release) const;
    std::shared_ptr<const Steered> steered(device::TenantId tenant) const {
        return steered_by_ ? steered_by_(tenant) : nullptr;
    }
    schedule::Priority priority(device::TenantId tenant, ports::RolloutId id) const;
    // When the devices of each wave that were not asked yet may install. Looks at every device in scope.
    std::vector<WaveTimes> times(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    // The first of the device's groups that has no room for what a rollout of that priority brings.
    std::optional<budgets::Full> full(shard::DeviceKey device, schedule::Priority priority) const;
    // What the pace of the wave says of one more; nothing: it may begin, or no wave that is open takes the
    // device. With when the next may.
    struct Slowed {
        std::string words; // "wave \"canary\": 50 of at most 50 are under way"
        std::optional<base::TimePoint> until{};
    };
    std::optional<Slowed> slowed(shard::DeviceKey device, const ports::RolloutRow& rollout) const;
    // When one device may install what that rollout brings.
    schedules::Standing standing(shard::DeviceKey device, schedule::Priority priority) const;

    // Looks at every gate, and does what it says. Called each second or so on the writer's executor.
    void look_at_gates();

  private:
    // Nothing while it is still being counted.
    std::optional<std::vector<std::uint32_t>> waiting(device::TenantId tenant,
                                                      const ports::RolloutRow& rollout) const;
    std::vector<std::uint32_t> count_waiting(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    GateState gate(device::TenantId tenant, const ports::RolloutRow& rollout,
                   std::optional<std::uint32_t> waiting) const;
    install::Terms terms(shard::DeviceKey device, const ports::RolloutRow& rollout,
                         const ports::ReleaseRow& release) const;
    // Whether a window or a freeze lets the device begin now.
    bool may_begin(const Running& rollout, const fleet::Glance& device, fleet::Keeps keeps) const;
    // Whether budgets let one more device of its groups go out of service.
    bool has_room(const fleet::Glance& device, schedule::Priority priority) const;
    // The same for what takes the place of an update that is under way there.
    bool has_room_anew(const fleet::Glance& device, schedule::Priority priority) const;
    // Whether the pace of the wave that takes the device lets one more begin.
    bool in_pace(const Running& rollout, const fleet::Glance& device) const;
    // The offer is decided: until it is durable, or failed, it takes its place in the budgets.
    void take_place(shard::DeviceKey device, const ports::DeploymentRow& offer);
    void offer_decided(device::TenantId tenant, const std::optional<ports::DeploymentId>& offer);
    // It waits, and had no chance to go on since.
    bool was_shut(const ports::DeploymentRow& row, shard::DeviceKey device, const ports::RolloutRow& rollout,
                  base::TimePoint now) const;
    base::Status apply(shard::Transaction& transaction, ports::DeploymentRow row,
                       const install::Deployment& next);
    base::Result<std::optional<ports::DeploymentRow>>
    make_offer(shard::Transaction& transaction, device::DeviceId device, fleet::Keeps keeps,
               Board::Reached reached = Board::Reached::by_poll,
               const std::optional<ports::ReleaseId>& only = {});
    // What is under way there ends, if it may, for a rollout that cannot wait.
    base::Result<bool> leave(shard::Transaction& transaction, const ports::DeviceRow& device,
                             const Running& urgent, const std::string& name);
    base::Result<ports::DeploymentRow> hand_over(shard::Transaction& transaction, device::DeviceId device,
                                                 const Carry& wish, std::optional<ports::DeploymentId>& made);
    base::Result<std::optional<ports::DeploymentRow>> make_rollback(shard::Transaction& transaction,
                                                                    device::DeviceId device);
    void withdraw_unstarted(device::TenantId tenant, ports::RolloutId rollout);
    static void forget_editors(shard::Transaction& transaction, ports::RolloutId id);
    base::Status may_open(const shard::Transaction& transaction, ports::RolloutId id) const;
    base::Status may_approve(const access::Actor& actor, const ports::RolloutRow& row,
                             const std::vector<std::string>& editors) const;
    // `seen`: the version of the row that the decision was made on; nothing: whatever it is now.
    void change_state(device::TenantId tenant, ports::RolloutId id, std::optional<std::uint64_t> seen,
                      rollout::Event event, std::string decision, std::string sentence,
                      shard::AuditEntry audit, std::function<void(base::Status)> done);
    // A device that runs what is being rolled back is still to be ordered back, or on its way.
    bool awaits_return(device::TenantId tenant, const ports::RolloutRow& rollout) const;
    void arm(device::TenantId tenant, const ports::DeploymentRow& row);
    void fired(const shard::Timer& timer);
    void rebuild();
    void add_windows(shard::DeviceKey device, schedule::Priority priority, fleet::OfferView& offer) const;
    std::optional<fleet::OfferView> view(device::TenantId tenant, const ports::DeploymentRow& row) const;
    std::optional<ports::DeploymentRow> current(const fleet::DeviceActor& device) const;

    fleet::Core& core_;
    shard::Timers& timers_;
    ports::Random& random_;
    const Approval approval_;
    base::LogSink& log_;
    const shard::ClockWatch* watch_ = nullptr;
    const schedules::Schedules* schedules_ = nullptr;
    budgets::Budgets* budgets_ = nullptr;
    SteeredBy steered_by_;
    Began began_;
    // Shared because a poll may still read the board that is being replaced.
    std::atomic<std::shared_ptr<const Board>> board_;
    const std::unique_ptr<Waiting> waiting_;
    const std::unique_ptr<Paces> paces_;
};

} // namespace oakum::rollouts
