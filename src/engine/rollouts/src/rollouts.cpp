// SPDX-License-Identifier: Apache-2.0
// What people and gates decide about a rollout as a whole.
#include "decisions.hpp"
#include "deployments.hpp"
#include "paces.hpp"
#include "waiting.hpp"

#include <rollout/edit.hpp>
#include <rollout/place.hpp>
#include <rollouts/needs.hpp>
#include <rollouts/rollouts.hpp>

#include <set>

namespace oakum::rollouts {

using device::TenantId;
using ports::DeploymentRow;
using ports::ReleaseRow;
using ports::RolloutId;
using ports::RolloutRow;
using shard::Held;
using shard::Transaction;

namespace {

std::string state_json(const RolloutRow& row) {
    return R"({"state":")" + std::string(rollout::to_string(row.state)) + R"(","open_wave":)" +
           std::to_string(row.open_wave) + "}";
}

constexpr auto kFurthestStart = std::chrono::hours(24 * 366);

// Kept beside its row: most have none.
std::string priority_document(RolloutId id) {
    return "rollout-priority/" + id.text();
}

// What a device downloaded of it would be refused: nothing new is offered until it is whole again.
bool is_damaged(const shard::ControlTables& control, TenantId tenant, const ReleaseRow& release) {
    const Held<ports::ArtifactRow> artifact = control.find<ports::ArtifactRow>(tenant, release.artifact);
    return artifact && artifact->damaged;
}

std::uint64_t random_word(ports::Random& random) {
    std::array<std::uint8_t, 8> bytes{};
    random.fill(bytes);
    std::uint64_t word = 0;
    for (const std::uint8_t byte : bytes)
        word = word << 8 | byte;
    return word;
}

access::Action action_of(rollout::Event event) {
    switch (event) {
    case rollout::Event::approve:
        return access::Action::rollout_approve;
    case rollout::Event::pause:
    case rollout::Event::halt:
    case rollout::Event::abort:
        return access::Action::rollout_halt;
    case rollout::Event::submit:
    case rollout::Event::start:
    case rollout::Event::resume:
    case rollout::Event::proceed:
    case rollout::Event::open_next_wave:
    case rollout::Event::settle:
    case rollout::Event::finish:
    case rollout::Event::roll_back:
    case rollout::Event::rolled_back_all:
        return access::Action::rollout_operate;
    }
    return access::Action::rollout_operate;
}

} // namespace

Rollouts::Rollouts(fleet::Core& core, shard::Timers& timers, ports::Random& random, Approval approval,
                   base::LogSink& log)
    : core_(core), timers_(timers), random_(random), approval_(approval), log_(log),
      board_(std::make_shared<const Board>()), waiting_(std::make_unique<Waiting>(core.fleet)),
      paces_(std::make_unique<Paces>(core)) {}
Rollouts::~Rollouts() = default;

void Rollouts::start() {
    timers_.handle("deployment", [this](const shard::Timer& timer) { fired(timer); });
    std::set<std::pair<TenantId, RolloutId>> under_way;
    core_.fleet.each_deployment([&](TenantId tenant, const DeploymentRow& row) {
        arm(tenant, row);
        if (!install::is_terminal(row.state) && !row.is_rollback) under_way.emplace(tenant, row.rollout);
    });
    // The server may have ended between the decision to stop and the taking back of what had been offered.
    for (const auto& [tenant, id] : under_way)
        if (const Held<RolloutRow> rollout = core_.control.find<RolloutRow>(tenant, id);
            rollout && (rollout->state == rollout::State::halted ||
                        rollout->state == rollout::State::aborted || takes_back(rollout->state)))
            withdraw_unstarted(tenant, id);
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (std::holds_alternative<RolloutRow>(row) || std::holds_alternative<ReleaseRow>(row) ||
                    std::holds_alternative<ports::ArtifactRow>(row))
                    return rebuild();
    });
    paces_->start();
    rebuild();
}

void Rollouts::rebuild() {
    std::vector<Running> all;
    std::vector<TakingBack> taking_back;
    for (const TenantId tenant : core_.control.tenants())
        for (const Held<RolloutRow>& rollout : core_.control.list<RolloutRow>(tenant)) {
            const bool offers = rollout::offers(rollout->state);
            if (!offers && !takes_back(rollout->state)) continue;
            const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout->plan.release);
            if (release && !offers) taking_back.push_back({tenant, rollout->id, release->version});
            if (!release || !offers || release->state != "published" ||
                is_damaged(core_.control, tenant, *release))
                continue;
            auto running = running_with_needs(core_.control, tenant, *rollout, *release, steered(tenant));
            if (running.ok()) running->priority = priority(tenant, rollout->id);
            if (running.ok())
                all.push_back(std::move(*running));
            else
                log_.write(base::LogLevel::error, "rollout",
                           "rollout " + rollout->id.text() + " offers nothing: " + running.error().text());
        }
    auto board = std::make_shared<const Board>(std::move(all), std::move(taking_back));
    waiting_->use(board);
    board_.store(std::move(board));
    paces_->forget_over();
}

schedule::Priority Rollouts::priority(TenantId tenant, RolloutId id) const {
    const auto kept = schedule::parse_priority(core_.control.document(tenant, priority_document(id)));
    return kept.ok() ? *kept : schedule::Priority::normal;
}

void Rollouts::create(access::Actor actor, rollout::Plan plan, schedule::Priority priority,
                      shard::Completion<RolloutId> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::rollout_create); !allowed.ok())
        return done(std::move(allowed).error());
    // Who gives it a date starts it.
    if (base::Status allowed = fleet::may_do(actor, access::Action::rollout_operate);
        plan.starts && !allowed.ok())
        return done(std::move(allowed).error());
    if (base::Status sound = rollout::check(plan); !sound.ok()) return done(std::move(sound).error());
    if (const auto query = device::parse_query(plan.query); !query.ok())
        return done(base::Error(query.error()).at("/query "));
    if (const base::TimePoint now = core_.clock.now(); plan.starts && *plan.starts <= now)
        return done(
            base::invalid("it is over; leave it out, and start the rollout yourself").at("/starts_at"));
    else if (plan.starts && *plan.starts > now + kFurthestStart)
        return done(base::invalid("a rollout starts within a year").at("/starts_at"));
    const TenantId tenant = fleet::tenant_of(actor);
    RolloutRow row;
    row.id = core_.ids.next_as<RolloutId>();
    row.plan = std::move(plan);
    row.key0 = random_word(random_);
    row.key1 = random_word(random_);
    row.created_by = actor.text();
    core_.writer.submit<RolloutId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, row, actor, priority](Transaction& transaction) mutable -> base::Result<RolloutId> {
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(row.plan.release);
            if (!release) return base::not_found("there is no such release").at("/release");
            if (release->state != "published")
                return base::conflict("the release " + release->name + " " + release->version +
                                      " is not published; publish it first")
                    .at("/release");
            if (row.plan.rollback_on_halt && release->target_path.empty())
                return base::invalid("no phone goes back to an older system: what was set for phones is put "
                                     "back when the rollout halts, and nothing more can be")
                    .at("/rollback_on_halt");
            TRY(scope_query(row, *release, level_of(core_.control, transaction.tenant(), release->id)));
            row.created = transaction.now();
            row.state =
                approval_ == Approval::required ? rollout::State::awaiting_approval : rollout::State::draft;
            transaction.put(row);
            if (priority != schedule::Priority::normal)
                transaction.put(
                    ports::DocumentRow{priority_document(row.id), std::string(to_string(priority))});
            transaction.put(ports::RolloutDecisionRow{row.id, transaction.now(), "created",
                                                      "Created by " + actor.text() + " to bring " +
                                                          release->name + " " + release->version + "."});
            transaction.change("rollout", row.id.text(), state_json(row));
            transaction.audit(
                {actor.text(), "rollout.create", "rollout " + row.id.text(), "", state_json(row), ""});
            return row.id;
        },
        std::move(done));
}

void Rollouts::act(access::Actor actor, RolloutId id, rollout::Event event, std::string why,
                   std::function<void(base::Status)> done, std::optional<base::Digest256> seen) {
    if (base::Status allowed = fleet::may_do(actor, action_of(event)); !allowed.ok())
        return done(std::move(allowed));
    const bool opens = event == rollout::Event::start || event == rollout::Event::open_next_wave;
    if (const auto warning = opens && watch_ != nullptr ? watch_->warning() : std::nullopt)
        return done(base::unavailable(*warning));
    const TenantId tenant = fleet::tenant_of(actor);
    std::optional<std::uint64_t> row_seen;
    if (event == rollout::Event::approve) {
        const Held<RolloutRow> row = core_.control.find<RolloutRow>(tenant, id);
        if (!row) return done(base::not_found("there is no such rollout"));
        const auto editors = unapproved(tenant, id);
        if (row->started && !editors.empty())
            return approve_changes(std::move(actor), id, seen, std::move(why), std::move(done));
        if (base::Status second = may_approve(actor, *row, editors); !second.ok())
            return done(std::move(second));
        // Changed by somebody else, or looked at before that: the decision is about the row as it is.
        if (seen && rollout::content_of(row->plan) != *seen)
            return done(base::conflict("the plan was changed since it was looked at; look at it again")
                            .at("/content"));
        row_seen = row->row_version;
    }
    const std::string sentence = actor.text() + ": " + (why.empty() ? "no reason given" : why);
    change_state(tenant, id, row_seen, event, decision_words(event), sentence,
                 {actor.text(), "rollout." + decision_words(event), "rollout " + id.text(), "", "", why},
                 std::move(done));
}

void Rollouts::change_state(TenantId tenant, RolloutId id, std::optional<std::uint64_t> seen,
                            rollout::Event event, std::string decision, std::string sentence,
                            shard::AuditEntry audit, std::function<void(base::Status)> done) {
    core_.writer.submit<RolloutRow>(
        shard::control_of(tenant), shard::Priority::terminal,
        [=, this](Transaction& transaction) mutable -> base::Result<RolloutRow> {
            const Held<RolloutRow> stored = transaction.find<RolloutRow>(id);
            if (!stored) return base::not_found("there is no such rollout");
            RolloutRow row = *stored;
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(row.plan.release);
            if (event == rollout::Event::roll_back && release && release->target_path.empty())
                return base::conflict(
                    "no phone goes back to an older system; halt or abort the rollout: what "
                    "was set for its phones is put back");
            if (seen && row.row_version != *seen)
                return base::conflict("the rollout changed since it was looked at");
            TRY_VALUE(const rollout::Step step,
                      rollout::apply(row.state, row.open_wave, row.plan.waves.size(), event));
            const bool another_wave = step.wave_opened && event != rollout::Event::start;
            if (another_wave) TRY(may_open(transaction, id));
            audit.before = state_json(row);
            row.state = step.state;
            row.open_wave = step.open_wave;
            if (step.wave_opened) row.wave_opened_at = transaction.now();
            if (event == rollout::Event::settle) row.settled_at = transaction.now();
            if (event == rollout::Event::start) row.started = transaction.now();
            if (event == rollout::Event::approve) {
                row.approved_by = audit.actor;
                forget_editors(transaction, id);
            }
            if (rollout::is_over(row.state)) row.ended = transaction.now();
            const bool stopped = event == rollout::Event::halt || event == rollout::Event::pause;
            row.state_reason = stopped ? sentence : "";
            audit.after = state_json(row);
            if (step.wave_opened)
                decision +=
                    " " + std::to_string(row.open_wave + 1) + " (" + row.plan.waves[row.open_wave].name + ")";
            transaction.put(row);
            transaction.put(ports::RolloutDecisionRow{row.id, transaction.now(), decision, sentence});
            transaction.change("rollout", row.id.text(), state_json(row));
            transaction.audit(std::move(audit));
            return row;
        },
        [this, tenant, event, done = std::move(done)](base::Result<RolloutRow> row) {
            if (!row.ok()) return done(std::move(row).error());
            const bool takes_back = event == rollout::Event::halt || event == rollout::Event::abort ||
                                    event == rollout::Event::roll_back;
            if (takes_back) withdraw_unstarted(tenant, row->id);
            if (event == rollout::Event::start && began_) began_(tenant, row->id);
            done({});
        });
}

void Rollouts::withdraw_unstarted(TenantId tenant, RolloutId rollout) {
    std::vector<DeploymentRow> rows;
    core_.fleet.each_deployment([&](TenantId owner, const DeploymentRow& row) {
        if (owner == tenant && row.rollout == rollout && !install::is_terminal(row.state) && !row.is_rollback)
            rows.push_back(row);
    });
    for (const DeploymentRow& row : rows)
        core_.writer.submit<std::optional<DeploymentRow>>(
            shard::place_of(tenant, row.device), shard::Priority::terminal,
            [this, device = row.device,
             id = row.id](Transaction& transaction) -> base::Result<std::optional<DeploymentRow>> {
                const std::optional<DeploymentRow> newest = transaction.deployment(device, id);
                if (!newest || install::is_terminal(newest->state)) return std::optional<DeploymentRow>();
                const Held<RolloutRow> plan = transaction.find<RolloutRow>(newest->rollout);
                const Held<ReleaseRow> release = transaction.find<ReleaseRow>(newest->release);
                if (!plan || !release) return std::optional<DeploymentRow>();
                const install::Decision decision = install::decide_withdraw(
                    value_of(*newest), terms({transaction.tenant(), device}, *plan, *release),
                    transaction.now());
                if (!decision.changed) return std::optional<DeploymentRow>();
                TRY(apply(transaction, *newest, decision.next));
                // Taken back before it began: a rollout that goes on may offer it again.
                if (std::optional<ports::DeviceRow> owner = transaction.device(device);
                    owner && decision.next.state == install::State::withdrawn) {
                    owner->desired_rollout = {};
                    owner->desired_release = {};
                    owner->desired_number = std::max<std::uint64_t>(
                        owner->desired_number + 1,
                        static_cast<std::uint64_t>(base::unix_seconds(transaction.now())));
                    transaction.put(*owner);
                }
                return transaction.deployment(device, id);
            },
            [this, tenant](base::Result<std::optional<DeploymentRow>> done) {
                if (!done.ok())
                    log_.write(base::LogLevel::warning, "rollout",
                               "an offer could not be withdrawn: " + done.error().text());
                else if (*done)
                    arm(tenant, **done);
            });
}

void Rollouts::update_now(access::Actor actor, device::DeviceId device, std::string why,
                          std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_on_device(core_, actor, access::Action::device_operate, device);
        !allowed.ok())
        return done(std::move(allowed));
    const TenantId tenant = fleet::tenant_of(actor);
    const std::shared_ptr<const Board> board = board_.load();
    auto offer = std::make_shared<std::optional<ports::DeploymentId>>();
    core_.writer.submit<std::optional<DeploymentRow>>(
        shard::place_of(tenant, device), shard::Priority::person,
        [=, this](Transaction& transaction) -> base::Result<std::optional<DeploymentRow>> {
            const Running* chosen = nullptr;
            core_.fleet.glance({tenant, device}, [&](const fleet::Glance& glance) {
                chosen = board->offered(glance, Board::Waves::all);
            });
            if (chosen == nullptr)
                return base::conflict(
                    "no running rollout has an update for this device, or it is on hold, busy or up to date");
            std::optional<ports::DeviceRow> row = transaction.device(device);
            const Held<RolloutRow> rollout = transaction.find<RolloutRow>(chosen->id);
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(chosen->release);
            const std::optional<DeploymentRow> before = row && !row->deployment.is_zero()
                                                            ? transaction.deployment(device, row->deployment)
                                                            : std::nullopt;
            if (!row || row->hold || row->revoked || row->lifecycle != device::Lifecycle::active ||
                (before && !install::is_terminal(before->state)) || chosen->id <= row->desired_rollout ||
                !rollout || !release || !rollout::offers(rollout->state) || release->state != "published")
                return base::conflict("the rollout or the device changed meanwhile; look again");
            if (const auto none = full({tenant, device}, chosen->priority))
                return base::conflict("it would exceed a limit, " + in_words(*none) +
                                      "; wait for that one, or change the budget");
            DeploymentRow made;
            made.id = core_.ids.next_as<ports::DeploymentId>();
            made.device = device;
            made.rollout = rollout->id;
            made.release = release->id;
            made.wave = rollout->open_wave;
            made.stratum = "by hand";
            made.version_before = runs_now(transaction, *row);
            made.offered_at = transaction.now();
            write_back(
                install::offer(terms({transaction.tenant(), device}, *rollout, *release), transaction.now()),
                made);
            rollout::Counts counts = transaction.gate_count(rollout->id, made.wave, made.stratum);
            ++counts.started;
            ++counts.pending;
            transaction.put(ports::GateCountRow{rollout->id, made.wave, made.stratum, counts});
            row->desired_number = std::max<std::uint64_t>(
                row->desired_number + 1, static_cast<std::uint64_t>(base::unix_seconds(transaction.now())));
            row->desired_release = release->id;
            row->desired_rollout = rollout->id;
            row->deployment = made.id;
            transaction.put(*row);
            transaction.put(made);
            transaction.change("deployment", made.id.text());
            transaction.audit({actor.text(), "device.update_now", "device " + device.text(), "", "", why});
            take_place({tenant, device}, made);
            *offer = made.id;
            return transaction.deployment(device, made.id);
        },
        [this, tenant, offer, done = std::move(done)](base::Result<std::optional<DeploymentRow>> row) {
            offer_decided(tenant, *offer);
            if (!row.ok()) return done(std::move(row).error());
            if (*row) arm(tenant, **row);
            done({});
        });
}

std::vector<Held<RolloutRow>> Rollouts::list(TenantId tenant) const {
    return core_.control.list<RolloutRow>(tenant);
}

Rollouts::Counts Rollouts::counts(TenantId tenant, RolloutId id) const {
    return core_.fleet.gate_counts(tenant, id);
}

} // namespace oakum::rollouts
