// SPDX-License-Identifier: Apache-2.0
#include "ledger.hpp"

#include <install/deployment.hpp>
#include <rollout/machine.hpp>
#include <rollout/place.hpp>

#include <algorithm>
#include <cmath>

namespace oakum::simulation {
namespace {

using install::State;
using ports::DeploymentRow;
using ports::DeviceId;
using ports::DeviceRow;
using ports::RolloutId;
using ports::RolloutRow;

constexpr std::string_view kByHand = "by hand"; // the stratum of devices that an operator updates at once
constexpr std::uint32_t kTransient = 20;        // install::Budget
// Between the look that decides an offer and the commit that makes it durable.
constexpr base::Duration kDeciding = std::chrono::seconds(30);

bool may_follow(State before, State after) {
    if (before == after) return true;
    for (std::size_t h = 0; h < install::kHappenings; ++h) {
        const auto step = install::transition(before, static_cast<install::Happening>(h));
        if (step && step->to == after) return true;
    }
    return false;
}

std::string text(const DeploymentRow& row) {
    return "deployment " + row.id.text() + " of " + row.device.text() +
           (row.is_rollback ? " (rollback)" : "");
}

std::string text(const rollout::Counts& c) {
    return std::to_string(c.started) + " started, " + std::to_string(c.pending) + " pending, " +
           std::to_string(c.verified) + " verified, " + std::to_string(c.failed) + " failed, " +
           std::to_string(c.rolled_back) + " rolled back, " + std::to_string(c.silent) + " silent";
}

// The numbers; when something was verified last is not one.
bool same(const rollout::Counts& a, const rollout::Counts& b) {
    return a.started == b.started && a.pending == b.pending && a.verified == b.verified &&
           a.failed == b.failed && a.rolled_back == b.rolled_back && a.silent == b.silent;
}

// Where a device of a wave stands.
std::uint32_t* column(rollout::Counts& counts, State state) {
    if (state == State::verified) return &counts.verified;
    if (state == State::failed || state == State::expired) return &counts.failed;
    if (state == State::rolled_back) return &counts.rolled_back;
    if (state == State::silent) return &counts.silent;
    if (state == State::withdrawn || state == State::superseded) return nullptr;
    return &counts.pending;
}

// The same while the server sends it back.
std::uint32_t* column_back(rollout::Counts& counts, State state) {
    if (state == State::verified) return &counts.rolled_back;
    return install::is_terminal(state) ? &counts.failed : &counts.pending;
}

} // namespace

const RolloutRow* Ledger::rollout(RolloutId id) const {
    const auto found = rollouts_.find(id);
    return found == rollouts_.end() ? nullptr : &found->second;
}
const ports::ReleaseRow* Ledger::release(ports::ReleaseId id) const {
    const auto found = releases_.find(id);
    return found == releases_.end() ? nullptr : &found->second;
}
const DeploymentRow* Ledger::deployment(ports::DeploymentId id) const {
    const auto found = deployments_.find(id);
    return found == deployments_.end() ? nullptr : &found->second;
}
std::vector<const DeploymentRow*> Ledger::deployments_of(DeviceId id) const {
    std::vector<const DeploymentRow*> rows;
    if (const auto found = of_device_.find(id); found != of_device_.end())
        for (const ports::DeploymentId& one : found->second)
            rows.push_back(&deployments_.at(one));
    return rows;
}

void Ledger::durable(const ports::Batch& batch, base::Duration steady) {
    touched_.clear();
    fresh_.clear();
    // Rows of one commit lie by shard, not in the order of their commands: what a device was offered may rest
    // on the rollout as it was before.
    before_.clear();
    for (const ports::ShardRows& shard : batch.shards)
        for (const ports::Row& row : shard.rows)
            if (const auto* rollout = std::get_if<RolloutRow>(&row))
                if (const auto held = rollouts_.find(rollout->id); held != rollouts_.end())
                    before_.emplace(held->first, held->second.state);
    for (const ports::ShardRows& shard : batch.shards)
        for (const ports::Row& row : shard.rows) {
            if (const auto* device = std::get_if<DeviceRow>(&row)) take(*device, steady);
            if (const auto* fact = std::get_if<ports::FactRow>(&row)) take(*fact, steady);
            if (const auto* deployment = std::get_if<DeploymentRow>(&row)) {
                if (shard.shard != device::shard_of(shard.tenant, deployment->device))
                    fail_(text(*deployment) + " lies in a foreign shard");
                take(*deployment, steady);
            }
            if (const auto* rollout = std::get_if<RolloutRow>(&row)) take(*rollout, batch, steady);
            if (const auto* release = std::get_if<ports::ReleaseRow>(&row)) releases_[release->id] = *release;
            if (const auto* count = std::get_if<ports::GateCountRow>(&row)) {
                counts_[{shard.shard, count->rollout, count->wave, count->stratum}] = count->counts;
                touched_[count->rollout] = true;
            }
        }
    check_counts();
    check_budget(steady);
    for (const ports::DeploymentId& offer : fresh_)
        check_pace(deployments_.at(offer));
}

// Whoever was offered something in this batch was offered it within the pace of its wave. What a person
// updates at once is not held back; a device that fell silent gave its place away, and may be back by now.
void Ledger::check_pace(const DeploymentRow& offer) {
    const RolloutRow* const rollout = this->rollout(offer.rollout);
    if (rollout == nullptr || offer.is_rollback || offer.stratum == kByHand) return;
    const rollout::Pace& pace = rollout->plan.waves[offer.wave].pace;
    if (pace.max_in_flight == 0 && pace.per_minute == 0) return;
    ++totals_.paced;
    std::uint64_t under_way = 0, minute = 0, half = 0;
    for (const ports::DeploymentId& id : of_rollout_.at(offer.rollout)) {
        const DeploymentRow& row = deployments_.at(id);
        if (row.wave != offer.wave || row.is_rollback || row.stratum == kByHand) continue;
        under_way += install::is_terminal(row.state) || once_silent_.contains(id) ? 0 : 1;
        minute +=
            row.offered_at > offer.offered_at - std::chrono::seconds(60) && row.offered_at <= offer.offered_at
                ? 1
                : 0;
        // By when they became durable, which is later than they were decided, by less than half a minute.
        half += offered_.at(id) > offered_.at(offer.id) - std::chrono::seconds(30) ? 1 : 0;
    }
    const std::string wave = text(offer) + " was offered by wave " + std::to_string(offer.wave + 1) + ", ";
    if (pace.max_in_flight > 0 && under_way > pace.max_in_flight)
        fail_(wave + std::to_string(under_way) + " of which are under way, where at most " +
              std::to_string(pace.max_in_flight) + " may be");
    // The fastest that it may ever be; how a rate grows is a table of its own.
    const std::uint64_t rate = std::max(pace.per_minute, pace.up_to_per_minute);
    if (rate > 0 && ((!clock_jumped_ && minute > rate) || half > rate))
        fail_(wave + std::to_string(std::max(minute, half)) +
              " of which began within a minute, where at most " + std::to_string(rate) + " may");
}

// Whoever was offered something in this batch was offered it while there was room. A device that was moved to
// the site, or came back from retirement, since an offer was decided is left out: nobody asked it to be
// there.
void Ledger::check_budget(base::Duration steady) {
    if (!most_of_a_site_) return;
    const auto settled = [&](const Value& value) { return steady - value.since >= kDeciding; };
    const auto site_of = [&](DeviceId id) -> std::optional<std::string> {
        const auto found = facts_.find({id, "site"});
        if (found == facts_.end()) return "";
        return settled(found->second) ? std::optional(found->second.now) : std::nullopt;
    };
    for (const ports::DeploymentId& offer : fresh_) {
        const auto site = site_of(deployments_.at(offer).device);
        if (!site) continue;
        std::uint32_t out = 0;
        for (const auto& [id, row] : devices_) {
            const auto since = lifecycle_since_.find(id);
            if (row.lifecycle == device::Lifecycle::retired || site_of(id) != site ||
                (since != lifecycle_since_.end() && steady - since->second < kDeciding))
                continue;
            const auto held = of_device_.find(id);
            out += held != of_device_.end() &&
                           std::ranges::any_of(held->second,
                                               [&](const auto& one) {
                                                   return !install::is_terminal(deployments_.at(one).state);
                                               })
                       ? 1
                       : 0;
        }
        if (out > *most_of_a_site_)
            fail_(text(deployments_.at(offer)) + " was offered with " + std::to_string(out) + " of \"" +
                  *site + "\" out of service, where at most " + std::to_string(*most_of_a_site_) + " may be");
    }
}

void Ledger::take(const DeviceRow& row, base::Duration steady) {
    const auto found = devices_.find(row.id);
    if (found != devices_.end()) {
        if (row.desired_number < found->second.desired_number)
            fail_("the desired number of " + row.id.text() + " fell");
        if (row.row_version != found->second.row_version + 1)
            fail_("a version of the row of " + row.id.text() + " was skipped");
        if (row.lifecycle != found->second.lifecycle) lifecycle_since_[row.id] = steady;
    }
    devices_[row.id] = row;
}

void Ledger::take(const ports::FactRow& row, base::Duration steady) {
    Value& value = facts_[{row.device, row.fact.key}];
    value.before = std::exchange(value.now, row.fact.value);
    value.since = steady;
}

bool Ledger::was(DeviceId device, const std::string& fact, const std::string& value,
                 base::Duration steady) const {
    const auto found = facts_.find({device, fact});
    if (found == facts_.end()) return value.empty();
    return found->second.now == value ||
           (found->second.before == value && steady - found->second.since < kDeciding);
}

void Ledger::take(const DeploymentRow& row, base::Duration steady) {
    touched_[row.rollout] = true;
    const auto found = deployments_.find(row.id);
    if (found == deployments_.end()) {
        deployments_[row.id] = row;
        offered_[row.id] = steady;
        of_rollout_[row.rollout].push_back(row.id);
        of_device_[row.device].push_back(row.id);
        if (!install::is_terminal(row.state)) fresh_.push_back(row.id);
        return first_offer(row, steady);
    }
    const DeploymentRow before = found->second;
    found->second = row;
    if (row.row_version != before.row_version + 1) fail_("a version of " + text(row) + " was skipped");
    if (row.device != before.device || row.rollout != before.rollout || row.release != before.release ||
        row.wave != before.wave || row.stratum != before.stratum || row.is_rollback != before.is_rollback)
        fail_(text(row) + " became another one");
    if (!may_follow(before.state, row.state))
        fail_(text(row) + " went from " + std::string(to_string(before.state)) + " to " +
              std::string(to_string(row.state)));
    if (row.attempt < before.attempt || row.attempt > before.attempt + 1 ||
        row.transient_failures < before.transient_failures)
        fail_("the attempts of " + text(row) + " went from " + std::to_string(before.attempt) + " to " +
              std::to_string(row.attempt));
    if (row.attempt == before.attempt && row.sequence < before.sequence)
        fail_(text(row) + " forgot a report");
    const RolloutRow* const rollout = this->rollout(row.rollout);
    if (rollout != nullptr &&
        (row.attempt - std::min(row.attempt, row.transient_failures) > rollout->plan.max_attempts ||
         row.transient_failures > kTransient))
        fail_(text(row) + " spent more than its budget");
    if (row.state == State::silent) once_silent_.insert(row.id);
    if (row.state == State::verified && before.state != State::verified) check_verified(before, row);
    if (row.state != before.state) {
        totals_.failed += row.state == State::failed || row.state == State::expired ? 1 : 0;
        totals_.rolled_back += row.state == State::rolled_back ? 1 : 0;
        totals_.withdrawn += row.state == State::withdrawn ? 1 : 0;
        totals_.superseded += row.state == State::superseded ? 1 : 0;
        totals_.silent += row.state == State::silent ? 1 : 0;
    }
}

bool Ledger::stood(const RolloutRow& rollout, const std::function<bool(rollout::State)>& so) const {
    const auto before = before_.find(rollout.id);
    return so(rollout.state) || (before != before_.end() && so(before->second));
}

void Ledger::first_offer(const DeploymentRow& row, base::Duration steady) {
    const RolloutRow* const rollout = this->rollout(row.rollout);
    const ports::ReleaseRow* const release = this->release(row.release);
    const auto device = devices_.find(row.device);
    if (rollout == nullptr || release == nullptr || device == devices_.end())
        return fail_(text(row) + " refers to what does not exist");
    for (const ports::DeploymentId& other : of_device_[row.device])
        if (const DeploymentRow& held = deployments_.at(other);
            other != row.id && !install::is_terminal(held.state))
            fail_(text(row) + " began before " + held.id.text() + " ended");
    if (row.is_rollback) {
        ++totals_.rollbacks;
        // When it is over, those that were quiet until then.
        if (!stood(*rollout, [](rollout::State state) {
                return state == rollout::State::rolling_back || state == rollout::State::rolled_back;
            }))
            fail_(text(row) + " was ordered by a rollout that is " +
                  std::string(rollout::to_string(rollout->state)));
        for (const ports::DeploymentId& other : of_device_[row.device])
            if (const DeploymentRow& held = deployments_.at(other);
                other != row.id && held.is_rollback && held.rollout == row.rollout)
                fail_(text(row) + " is ordered back a second time, after " + held.id.text());
        return;
    }
    ++totals_.offers;
    if (!stood(*rollout, rollout::offers))
        fail_(text(row) + " was offered by a rollout that is " +
              std::string(rollout::to_string(rollout->state)));
    if (row.state != State::offered || row.attempt != 1) fail_(text(row) + " does not begin as an offer");
    if (release->id != rollout->plan.release || release->state != "published")
        fail_(text(row) + " brings a release that is not its rollout's, or not published");
    // What was taken back before it began may be offered again, and lets an older rollout ask again.
    bool taken_back = false;
    for (const ports::DeploymentId& other : of_device_[row.device])
        if (const DeploymentRow& held = deployments_.at(other);
            other != row.id && !held.is_rollback && held.state == State::withdrawn)
            taken_back = true;
    for (const ports::DeploymentId& other : of_device_[row.device]) {
        const DeploymentRow& held = deployments_.at(other);
        if (taken_back) break;
        if (other != row.id && held.rollout == row.rollout && held.state != State::withdrawn)
            fail_(text(row) + " is offered a second time by one rollout, after it was " +
                  std::string(to_string(held.state)));
        if (held.rollout > row.rollout && held.state != State::withdrawn)
            fail_(text(row) + " was offered by a rollout older than one that asked before");
    }
    const DeviceRow& owner = device->second;
    if (owner.hold || owner.revoked || owner.lifecycle != device::Lifecycle::active)
        fail_(text(row) + " went to a device that is on hold, revoked or not active");
    const auto member = [&](const std::string& fact, const std::vector<std::string>& values) {
        return std::ranges::any_of(values, [&](const auto& v) { return was(row.device, fact, v, steady); });
    };
    if (!member("model", release->models) ||
        (!release->hw_revisions.empty() && !member("hw_revision", release->hw_revisions)))
        fail_(text(row) + " went to a device of another model or revision");
    // Only the plainest queries are read here.
    const auto at_site = [&](const std::string& query) {
        constexpr std::string_view site = "site = \"";
        return query.starts_with(site) &&
               was(row.device, "site", query.substr(site.size(), query.size() - site.size() - 1), steady);
    };
    if (rollout->plan.query.starts_with("site") && !at_site(rollout->plan.query))
        fail_(text(row) + " went to a device outside the rollout's query");
    const std::uint32_t place = rollout::place_of(rollout->key0, rollout->key1, row.device);
    if (row.wave > rollout->open_wave) fail_(text(row) + " is of a wave that is not open");
    const auto in_wave = [&](std::uint32_t wave) {
        const std::string& query = rollout->plan.waves[wave].query;
        return query.empty() || at_site(query);
    };
    // While it moves from a site to another, it may be taken for a device of either.
    const auto moved = facts_.find({row.device, "site"});
    const bool moving = moved != facts_.end() && moved->second.before != moved->second.now &&
                        steady - moved->second.since < kDeciding;
    if (row.stratum != kByHand && !moving &&
        rollout::wave_of(rollout->plan.waves, place, in_wave) != row.wave)
        fail_(text(row) + " stands in a wave that is not its place");
}

void Ledger::check_verified(const DeploymentRow& before, const DeploymentRow& row) {
    const RolloutRow* const rollout = this->rollout(row.rollout);
    const ports::ReleaseRow* const release = this->release(row.release);
    if (rollout == nullptr || release == nullptr) return;
    totals_.verified += row.is_rollback ? 0 : 1;
    if (row.version_after != release->version)
        fail_(text(row) + " is verified, and the device reported " + row.version_after + " instead of " +
              release->version);
    if (rollout->plan.soak > base::Duration::zero() &&
        (!before.soak_until || row.state_at < *before.soak_until))
        fail_(text(row) + " is verified before its soak time was over");
    const auto healthy = healthy_(row.device, release->version);
    // A check of just before the offer may stand for a device that ran the version already.
    if (!healthy || *healthy + std::chrono::minutes(10) < offered_.at(row.id))
        fail_(text(row) + " is verified, and the device was never healthy with " + release->version);
}

void Ledger::take(const RolloutRow& row, const ports::Batch& batch, base::Duration steady) {
    const auto found = rollouts_.find(row.id);
    if (found == rollouts_.end()) {
        rollouts_[row.id] = row;
        return;
    }
    const RolloutRow before = found->second;
    found->second = row;
    const std::string name = "rollout " + row.id.text();
    if (row.row_version != before.row_version + 1) fail_("a version of " + name + " was skipped");
    const auto moves = rollout::transitions();
    if (row.state != before.state && std::ranges::none_of(moves, [&](const auto& step) {
            return step.from == before.state && step.to == row.state;
        }))
        fail_(name + " went from " + std::string(rollout::to_string(before.state)) + " to " +
              std::string(rollout::to_string(row.state)));
    totals_.halts += row.state == rollout::State::halted && before.state != row.state ? 1 : 0;
    if (row.open_wave == before.open_wave) return;
    ++totals_.waves;
    if (row.open_wave != before.open_wave + 1) fail_(name + " skipped a wave");
    bool by_person = false;
    for (const ports::ShardRows& shard : batch.shards)
        for (const ports::Row& other : shard.rows)
            if (const auto* decision = std::get_if<ports::RolloutDecisionRow>(&other))
                by_person =
                    by_person ||
                    (decision->rollout == row.id &&
                     decision->decision.starts_with("opened wave " + std::to_string(row.open_wave + 1)) &&
                     decision->sentence.starts_with("user "));
    const auto allowed = allowed_.find(row.id);
    if (!by_person && (allowed == allowed_.end() || allowed->second.first != before.open_wave ||
                       steady - allowed->second.second > kDeciding))
        fail_(name + " opened wave " + std::to_string(row.open_wave + 1) +
              ", and the gate of the one before did not hold: " + text(wave(row.id, before.open_wave)) +
              (allowed == allowed_.end() ? ", never"
                                         : ", last of wave " + std::to_string(allowed->second.first + 1)));
}

std::map<Ledger::Key, rollout::Counts> Ledger::recount(RolloutId rollout) const {
    std::map<Key, rollout::Counts> sums;
    const auto rows = of_rollout_.find(rollout);
    if (rows == of_rollout_.end()) return sums;
    for (std::size_t at = 0; at < rows->second.size(); ++at) {
        const DeploymentRow& row = deployments_.at(rows->second[at]);
        if (row.is_rollback) continue;
        rollout::Counts& counts =
            sums[{device::shard_of(device::kDefaultTenant, row.device), rollout, row.wave, row.stratum}];
        // A device that was ordered back stands where its way back stands. (Ids do not tell what came later:
        // the server's clock may have gone back.)
        const DeploymentRow* back = nullptr;
        for (std::size_t later = at + 1; later < rows->second.size(); ++later) {
            const DeploymentRow& held = deployments_.at(rows->second[later]);
            if (held.device != row.device) continue;
            if (!held.is_rollback) break;
            back = &held;
        }
        std::uint32_t* const where =
            back != nullptr ? column_back(counts, back->state) : column(counts, row.state);
        if (where == nullptr) continue;
        ++counts.started;
        ++*where;
    }
    return sums;
}

bool Ledger::agrees(RolloutId rollout, const Counts& counts) const {
    const Counts scanned = scan(rollout);
    return std::ranges::all_of(counts, [&](const auto& held) {
        const auto found = scanned.find(held.first);
        return same(held.second, found == scanned.end() ? rollout::Counts{} : found->second);
    });
}

Ledger::Counts Ledger::scan(RolloutId rollout) const {
    Counts sums;
    for (const auto& [key, counts] : recount(rollout)) {
        rollout::Counts& sum = sums[{std::get<2>(key), std::get<3>(key)}];
        sum = sum + counts;
    }
    return sums;
}

void Ledger::check_counts() {
    for (const auto& [rollout, yes] : touched_) {
        const auto scanned = recount(rollout);
        for (const auto& [key, counts] : scanned) {
            const auto stored = counts_.find(key);
            const rollout::Counts held = stored == counts_.end() ? rollout::Counts{} : stored->second;
            if (!same(held, counts))
                fail_("wave " + std::to_string(std::get<2>(key) + 1) + ", stratum " + std::get<3>(key) +
                      " of rollout " + rollout.text() + " is stored as " + text(held) + "; a scan says " +
                      text(counts));
        }
        for (const auto& [key, counts] : counts_)
            if (std::get<1>(key) == rollout && !scanned.contains(key) && !same(counts, {}))
                fail_("stratum " + std::get<3>(key) + " of rollout " + rollout.text() + " is stored as " +
                      text(counts) + ", and has no deployment");
    }
}

rollout::Counts Ledger::wave(RolloutId rollout, std::uint32_t number) const {
    rollout::Counts sum;
    for (const auto& [key, counts] : scan(rollout))
        if (key.first == number) sum = sum + counts;
    return sum;
}

namespace {

// ln of the evidence that failures are rarer than `tolerated`, or more frequent: written anew here from the
// formulas, so that a slip in the domain shows.
double evidence(bool above, double n, double k, double tolerated) {
    std::vector<double> rates;
    for (const double percent : {2.0, 3.0, 5.0, 10.0, 20.0, 50.0}) {
        const double odds = percent / (100 - percent) * 99 * tolerated / (1 - tolerated);
        if (above) rates.push_back(odds / (1 + odds));
    }
    for (const double share : {0.02, 0.1, 0.25, 0.5})
        if (!above) rates.push_back(share * tolerated);
    double sum = 0;
    for (const double rate : rates)
        sum += std::pow(rate / tolerated, k) * std::pow((1 - rate) / (1 - tolerated), n - k);
    return std::log(sum / static_cast<double>(rates.size()));
}

} // namespace

bool Ledger::gate_holds(const RolloutRow& row, base::TimePoint now) const {
    const rollout::Gate& gate = row.plan.waves[row.open_wave].gate;
    const double tolerated = gate.tolerated_failure_ppm / 1e6;
    const auto bad = [](const rollout::Counts& counts) {
        return counts.failed + counts.rolled_back + counts.silent;
    };
    rollout::Counts wave;
    rollout::Counts whole;
    std::map<std::string, rollout::Counts> models;
    for (const auto& [key, counts] : scan(row.id)) {
        if (key.first > row.open_wave) continue;
        if (key.first == row.open_wave) wave = wave + counts;
        rollout::Counts& model = models[key.second.substr(key.second.rfind('/') + 1)];
        model = model + counts;
        whole = whole + counts;
    }
    if (gate.hard_stop > 0 && bad(whole) >= gate.hard_stop) return false;
    const double error = gate.halt_error_ppm / 1e6;
    const auto halts = [&](const rollout::Counts& counts, double share) {
        return evidence(true, counts.started, bad(counts), tolerated) >= -std::log(error * share);
    };
    const auto many = static_cast<double>(models.size());
    const double nth = row.open_wave + 1.0;
    if (halts(whole, 0.5) || halts(wave, 0.25 / (nth * (nth + 1)))) return false;
    for (const auto& [model, counts] : models)
        if (halts(counts, 0.25 / (many * (many + 1)))) return false;
    if (wave.started == 0) return true; // whether nobody is in the wave is for the fleet to say
    if (wave.verified < std::min(gate.minimum, wave.started)) return false;
    const bool proven = evidence(false, whole.started, bad(whole) + whole.pending, tolerated) >=
                        -std::log(gate.proceed_error_ppm / 1e6);
    if (!proven) {
        const std::uint64_t open = std::uint64_t{bad(wave)} + wave.pending;
        if (gate.unproven == rollout::Unproven::ask ||
            open * 1'000'000 > std::uint64_t{wave.started} * gate.tolerated_failure_ppm)
            return false;
    }
    std::optional<base::TimePoint> verified_at;
    if (const auto rows = of_rollout_.find(row.id); rows != of_rollout_.end())
        for (const ports::DeploymentId& id : rows->second)
            if (const DeploymentRow& one = deployments_.at(id);
                one.wave == row.open_wave && one.state == State::verified && !one.is_rollback)
                verified_at = std::max(verified_at.value_or(one.state_at), one.state_at);
    const base::TimePoint since =
        std::max(row.wave_opened_at.value_or(now), verified_at.value_or(base::TimePoint{}));
    return now >= since + gate.soak;
}

void Ledger::before_gates(base::TimePoint now, base::Duration steady) {
    for (const auto& [id, row] : rollouts_)
        if (row.state == rollout::State::running && gate_holds(row, now))
            allowed_[id] = {row.open_wave, steady};
}

} // namespace oakum::simulation
