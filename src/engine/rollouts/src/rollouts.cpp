// SPDX-License-Identifier: Apache-2.0
// What people and gates decide about a rollout as a whole.
#include "deployments.hpp"
#include "waiting.hpp"

#include <limits>
#include <rollout/place.hpp>
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

// What is counted of a rollout that just began, each time the gates are looked at; some ten milliseconds.
constexpr std::size_t kCountedAtOnce = 250'000;

// The shares between which the places of the open wave are.
std::pair<std::uint32_t, std::uint32_t> open_wave(const RolloutRow& rollout) {
    const auto& waves = rollout.plan.waves;
    const std::size_t open = std::min<std::size_t>(rollout.open_wave, waves.size() - 1);
    return {open == 0 ? 0 : waves[open - 1].share_ppm, waves[open].share_ppm};
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

std::string decision_words(rollout::Event event) {
    switch (event) {
    case rollout::Event::proceed:
    case rollout::Event::open_next_wave:
        return "opened wave";
    case rollout::Event::halt:
        return "halted";
    case rollout::Event::pause:
        return "paused";
    case rollout::Event::resume:
        return "resumed";
    case rollout::Event::abort:
        return "aborted";
    case rollout::Event::start:
        return "started";
    case rollout::Event::approve:
        return "approved";
    case rollout::Event::submit:
        return "submitted";
    case rollout::Event::settle:
        return "settled";
    case rollout::Event::finish:
        return "finished";
    case rollout::Event::roll_back:
        return "rolling back";
    case rollout::Event::rolled_back_all:
        return "rolled back";
    }
    return "changed";
}

} // namespace

Rollouts::Rollouts(fleet::Core& core, shard::Timers& timers, ports::Random& random, Approval approval,
                   base::LogSink& log)
    : core_(core), timers_(timers), random_(random), approval_(approval), log_(log),
      board_(std::make_shared<const Board>()), waiting_(std::make_unique<Waiting>(core.fleet)) {}
Rollouts::~Rollouts() = default;

void Rollouts::start() {
    timers_.handle("deployment", [this](const shard::Timer& timer) { fired(timer); });
    core_.fleet.each_deployment([this](TenantId tenant, const DeploymentRow& row) { arm(tenant, row); });
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows)
                if (std::holds_alternative<RolloutRow>(row) || std::holds_alternative<ReleaseRow>(row) ||
                    std::holds_alternative<ports::ArtifactRow>(row))
                    return rebuild();
    });
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
            auto running = running_of(tenant, *rollout, *release);
            if (running.ok())
                all.push_back(std::move(*running));
            else
                log_.write(base::LogLevel::error, "rollout",
                           "rollout " + rollout->id.text() + " offers nothing: " + running.error().text());
        }
    auto board = std::make_shared<const Board>(std::move(all), std::move(taking_back));
    waiting_->use(board);
    board_.store(std::move(board));
}

void Rollouts::create(access::Actor actor, rollout::Plan plan, shard::Completion<RolloutId> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::rollout_create); !allowed.ok())
        return done(std::move(allowed).error());
    if (base::Status sound = rollout::check(plan); !sound.ok()) return done(std::move(sound).error());
    if (const auto query = device::parse_query(plan.query); !query.ok())
        return done(base::Error(query.error()).at("/query "));
    const TenantId tenant = fleet::tenant_of(actor);
    RolloutRow row;
    row.id = core_.ids.next_as<RolloutId>();
    row.plan = std::move(plan);
    row.key0 = random_word(random_);
    row.key1 = random_word(random_);
    row.created_by = actor.text();
    core_.writer.submit<RolloutId>(
        shard::control_of(tenant), shard::Priority::person,
        [this, row, actor](Transaction& transaction) mutable -> base::Result<RolloutId> {
            const Held<ReleaseRow> release = transaction.find<ReleaseRow>(row.plan.release);
            if (!release) return base::not_found("there is no such release").at("/release");
            if (release->state != "published")
                return base::conflict("the release " + release->name + " " + release->version +
                                      " is not published; publish it first")
                    .at("/release");
            TRY(scope_query(row, *release));
            row.created = transaction.now();
            row.state =
                approval_ == Approval::required ? rollout::State::awaiting_approval : rollout::State::draft;
            transaction.put(row);
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
                   std::function<void(base::Status)> done) {
    if (base::Status allowed = fleet::may_do(actor, action_of(event)); !allowed.ok())
        return done(std::move(allowed));
    const bool opens = event == rollout::Event::start || event == rollout::Event::open_next_wave;
    if (const auto warning = opens && watch_ != nullptr ? watch_->warning() : std::nullopt)
        return done(base::unavailable(*warning));
    const TenantId tenant = fleet::tenant_of(actor);
    if (event == rollout::Event::approve) {
        const Held<RolloutRow> row = core_.control.find<RolloutRow>(tenant, id);
        if (!row) return done(base::not_found("there is no such rollout"));
        const auto rule = approval_ == Approval::required ? access::SecondPerson::required
                                                          : access::SecondPerson::not_required;
        if (base::Status second = access::may_approve(actor, row->created_by, rule).status(); !second.ok())
            return done(std::move(second));
    }
    const std::string sentence = actor.text() + ": " + (why.empty() ? "no reason given" : why);
    change_state(tenant, id, std::nullopt, event, decision_words(event), sentence,
                 {actor.text(), "rollout." + decision_words(event), "rollout " + id.text(), "", "", why},
                 std::move(done));
}

void Rollouts::change_state(TenantId tenant, RolloutId id, std::optional<std::uint64_t> seen,
                            rollout::Event event, std::string decision, std::string sentence,
                            shard::AuditEntry audit, std::function<void(base::Status)> done) {
    core_.writer.submit<RolloutRow>(
        shard::control_of(tenant), shard::Priority::terminal,
        [=](Transaction& transaction) mutable -> base::Result<RolloutRow> {
            const Held<RolloutRow> stored = transaction.find<RolloutRow>(id);
            if (!stored) return base::not_found("there is no such rollout");
            RolloutRow row = *stored;
            if (seen && row.row_version != *seen)
                return base::conflict("the rollout changed since it was looked at");
            TRY_VALUE(const rollout::Step step,
                      rollout::apply(row.state, row.open_wave, row.plan.waves.size(), event));
            audit.before = state_json(row);
            row.state = step.state;
            row.open_wave = step.open_wave;
            if (step.wave_opened) row.wave_opened_at = transaction.now();
            if (event == rollout::Event::settle) row.settled_at = transaction.now();
            if (event == rollout::Event::start) row.started = transaction.now();
            if (event == rollout::Event::approve) row.approved_by = audit.actor;
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
                    value_of(*newest), terms(transaction.tenant(), *plan, *release), transaction.now());
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
            DeploymentRow made;
            made.id = core_.ids.next_as<ports::DeploymentId>();
            made.device = device;
            made.rollout = rollout->id;
            made.release = release->id;
            made.wave = rollout->open_wave;
            made.stratum = "by hand";
            made.version_before = row->running_version;
            made.offered_at = transaction.now();
            write_back(install::offer(terms(transaction.tenant(), *rollout, *release), transaction.now()),
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
            return transaction.deployment(device, made.id);
        },
        [this, tenant, done = std::move(done)](base::Result<std::optional<DeploymentRow>> row) {
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

fleet::Count Rollouts::in_scope(TenantId tenant, const RolloutRow& rollout) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return {};
    auto query = scope_query(rollout, *release);
    return query.ok() ? core_.fleet.count({tenant, {}, std::move(*query)}) : fleet::Count{};
}

std::uint32_t Rollouts::members(TenantId tenant, const RolloutRow& rollout, std::uint32_t from_ppm,
                                std::uint32_t to_ppm) const {
    waiting_->refresh(tenant, 0);
    const auto known = waiting(tenant, rollout, from_ppm, to_ppm);
    return known ? *known : count_waiting(tenant, rollout, from_ppm, to_ppm);
}

std::optional<std::uint32_t> Rollouts::waiting(TenantId tenant, const RolloutRow& rollout,
                                               std::uint32_t from_ppm, std::uint32_t to_ppm) const {
    // Nothing is offered any more, so nobody waits for it.
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release || release->state == "withdrawn") return 0;
    const Waiting::Count count = waiting_->count(tenant, rollout.id, from_ppm, to_ppm);
    if (count.known == Waiting::Known::counting) return std::nullopt;
    return count.known == Waiting::Known::counted ? count.devices
                                                  : count_waiting(tenant, rollout, from_ppm, to_ppm);
}

std::uint32_t Rollouts::count_waiting(TenantId tenant, const RolloutRow& rollout, std::uint32_t from_ppm,
                                      std::uint32_t to_ppm) const {
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return 0;
    const auto running = running_of(tenant, rollout, *release);
    if (!running.ok()) return 0;
    std::uint32_t waiting = 0;
    core_.fleet.each({tenant, {}, running->scope}, [&](const fleet::Glance& device) {
        if (!is_waiting(*running, device) || !fits(*running, device)) return;
        const std::uint32_t place = rollout::place_of(rollout.key0, rollout.key1, device.id());
        waiting += place >= from_ppm && place < to_ppm ? 1 : 0;
    });
    return waiting;
}

std::map<std::string, std::uint32_t> Rollouts::without_return(TenantId tenant,
                                                              const RolloutRow& rollout) const {
    std::map<std::string, std::uint32_t> found;
    const Held<ReleaseRow> release = core_.control.find<ReleaseRow>(tenant, rollout.plan.release);
    if (!release) return found;
    auto query = scope_query(rollout, *release);
    if (!query.ok()) return found;
    std::set<std::string, std::less<>> published;
    for (const Held<ReleaseRow>& other : core_.control.list<ReleaseRow>(tenant))
        if (other->name == release->name && other->state == "published") published.insert(other->version);
    core_.fleet.each({tenant, {}, std::move(*query)}, [&](const fleet::Glance& device) {
        const std::string_view runs = device.running_version();
        if (device.desired_rollout() < rollout.id && runs != release->version && !published.contains(runs))
            ++found[std::string(runs)];
    });
    return found;
}

namespace {
// Of a stratum, "SITE/MODEL".
std::string_view model_of(std::string_view stratum) {
    return stratum.substr(stratum.rfind('/') + 1);
}
} // namespace

GateState Rollouts::gate(TenantId tenant, const RolloutRow& rollout) const {
    const auto [from, to] = open_wave(rollout);
    return gate(tenant, rollout, members(tenant, rollout, from, to));
}

GateState Rollouts::gate(TenantId tenant, const RolloutRow& rollout,
                         std::optional<std::uint32_t> waiting) const {
    GateState state;
    const std::size_t open = std::min<std::size_t>(rollout.open_wave, rollout.plan.waves.size() - 1);
    state.view.gate = rollout.plan.waves[open].gate;
    state.view.wave_index = open;
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
            const auto [from, to] = open_wave(*rollout);
            const GateState state = gate(tenant, *rollout, waiting(tenant, *rollout, from, to));
            if (state.decision.verdict == rollout::Verdict::halt) {
                decide(rollout::Event::halt, state.decision.sentence,
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
                continue;
            }
            if (rollout->state == rollout::State::running && !state.view.last_wave) {
                if (state.decision.verdict == rollout::Verdict::proceed)
                    decide(rollout::Event::proceed, state.decision.sentence, warn);
                continue;
            }
            rollout::EndView end{{}, 0, rollout->settled_at};
            for (const auto& [key, counts] : counts(tenant, rollout->id))
                end.whole = end.whole + counts;
            const std::optional<std::uint32_t> left =
                waiting(tenant, *rollout, 0, rollout->plan.waves.back().share_ppm);
            if (!left) continue; // not counted yet
            end.waiting = *left;
            if (rollout->state == rollout::State::running && rollout::may_settle(end))
                decide(rollout::Event::settle,
                       "Every device in reach has its outcome; those that appear later are still served.",
                       warn);
            if (rollout->state == rollout::State::settled && rollout::may_finish(end, now))
                decide(rollout::Event::finish,
                       "No device joined for a week; those that appear from now on are not served.", warn);
        }
    }
}

} // namespace oakum::rollouts
