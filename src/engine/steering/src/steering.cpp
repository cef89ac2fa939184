// SPDX-License-Identifier: Apache-2.0
// What is written down before and after a phone is told.
#include <steering/steering.hpp>

#include <base/digest.hpp>
#include <json/writer.hpp>

namespace oakum::steering {

using connectors::Task;
using device::DeviceId;
using device::TenantId;
using install::State;
using shard::Transaction;

namespace {

constexpr std::size_t kLongestBody = 2'000; // of a call, as it is written down
constexpr std::chrono::hours kOwnSpeak{24}; // how often phones of ours speak, if nothing wakes them
constexpr std::size_t kMostRefused = 10'000;

// A policy of a hundred kilobytes is named by its digest.
std::string body_of(const ports::ManagementCall& call) {
    if (call.body.size() <= kLongestBody) return call.body;
    return call.body.substr(0, kLongestBody) + "... (" + std::to_string(call.body.size()) +
           " bytes, SHA-256 " + base::sha256(call.body).hex() + ")";
}

std::string as_json(const ports::ManagementCall& call) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("method", call.method)
        .member("url", call.url)
        .member("body", body_of(call))
        .end_object();
    return text;
}

void put_fact(Transaction& transaction, DeviceId device, std::string_view key, std::string value,
              const std::string& connector) {
    transaction.put(ports::FactRow{device,
                                   {std::string(key), std::move(value), device::FactSource::imported,
                                    connector, fleet::whole_seconds(transaction.now())}});
}

// What was asked of the phone before it was told, in its history and in the audit log.
void write_down(Transaction& transaction, const Task& task, const ports::ManagementChange& change,
                const std::string& connector, const std::string& why) {
    for (const ports::ManagementCall& call : change.calls) {
        transaction.event({task.device, transaction.now(), "steered", connector, change.before, change.after,
                           call.what + ": " + call.method + " " + call.url + " " + body_of(call)});
        transaction.audit({"oakumd", task.kind == Task::Kind::tell ? "phone.tell" : "phone.put_back",
                           "device " + task.device.text(), "", as_json(call), why});
    }
    if (change.calls.empty())
        transaction.event({task.device, transaction.now(), "steered", connector, change.before, change.after,
                           "nothing has to be changed there"});
}

std::string sentence_of_return(const Task& task, const base::Status& sent) {
    if (!sent.ok())
        return "the phone, or what was set for it before (" + task.before +
               "), is gone there, so that nothing is set again: " + sent.error().text();
    if (!task.stays) return "what was set for it before is set again: " + task.before;
    if (*task.stays == task.before) return "what was set for it before is what it has: " + task.before;
    return "somebody set " + (task.stays->empty() ? "no policy" : *task.stays) +
           " for it there since: that stays";
}

} // namespace

void Steering::start() {
    core_.writer.on_committed([this](const shard::Committed& committed) {
        for (const ports::ShardRows& shard : committed.batch.shards)
            for (const ports::Row& row : shard.rows) {
                const auto* document = std::get_if<ports::DocumentRow>(&row);
                const bool its =
                    document != nullptr && document->name.starts_with(connectors::kConnectorPrefix);
                if (its || std::holds_alternative<ports::FeedRow>(row)) return note_steered();
            }
    });
    rollouts_.steer_by([this](TenantId tenant) { return steered(tenant); });
}

void Steering::note_steered() {
    {
        base::Lock lock(mutex_);
        steered_.clear();
    }
    rollouts_.reconsider();
}

std::shared_ptr<const rollouts::Steered> Steering::steered(TenantId tenant) {
    const auto offered = offered_ ? offered_() : nullptr;
    base::Lock lock(mutex_);
    auto& held = steered_[tenant];
    if (held && held->offered == offered) return held;
    auto fresh = std::make_shared<rollouts::Steered>();
    for (const connectors::Recorded& one : connectors::recorded(core_.control, tenant))
        if (!connector::about(one.connector.kind).can_steer)
            fresh->read_only.insert(one.connector.name);
        else if (one.connector.steers && one.connector.enabled)
            fresh->connectors.emplace(one.connector.name, one.connector.every);
    if (own_) fresh->connectors.emplace(connector::kOwnManagement, kOwnSpeak);
    fresh->offered = offered;
    held = std::move(fresh);
    return held;
}

base::Status Steering::check_still(const Transaction& transaction, const std::string& connector,
                                   const Task& task) const {
    if (connector == connector::kOwnManagement)
        return check_seen({transaction.tenant(), connector, ""}, task, transaction.now());
    const std::string body = transaction.document(std::string(connectors::kConnectorPrefix) + connector);
    const auto its =
        body.empty()
            ? base::Result<connector::Connector>(base::not_found("there is no connector " + connector))
            : connectors::connector_of(connector, body);
    if (!its.ok() || !its->enabled || !its->steers) return base::conflict("writing there was switched off");
    return check_seen({transaction.tenant(), connector, std::string(connector::about(its->kind).id_key)},
                      task, transaction.now());
}

base::Status Steering::check_seen(Looking looking, const Task& task, base::TimePoint now) const {
    const auto seen = see(looking, task.device);
    const auto wanted = task.kind == Task::Kind::tell ? floor::Deed::tell : floor::Deed::put_back;
    // A freeze, a window that shut, what the phone has become: all that it was planned by.
    if (!seen || seen->id != task.id || floor::decide(seen->phone, now) != wanted)
        return base::conflict("it is not to be done any more");
    return {};
}

void Steering::begin(TenantId tenant, const std::string& connector, const Task& task,
                     const ports::ManagementChange& change, std::function<void(base::Status)> done) {
    core_.writer.submit(
        shard::place_of(tenant, task.device), shard::Priority::download,
        [this, connector, task, change](Transaction& transaction) -> base::Status {
            const auto device = transaction.device(task.device);
            if (!device) return base::conflict("the phone is gone");
            TRY(check_still(transaction, connector, task));
            const bool none = task.deployment.is_zero();
            const auto row = none ? std::nullopt : transaction.deployment(task.device, task.deployment);
            if (task.kind == Task::Kind::tell) {
                const auto rollout = row ? transaction.find<ports::RolloutRow>(row->rollout) : nullptr;
                // Stopped, held or taken back since it was looked at: also by what is not committed yet.
                if (!rollout || (row->state != State::offered && row->state != State::silent) ||
                    device->hold || !rollout::offers(rollout->state) || device->deployment != task.deployment)
                    return base::conflict("it is not to be told any more");
                put_fact(transaction, task.device, connectors::kSteeredFrom, change.before, connector);
                put_fact(transaction, task.device, connectors::kSteeredTo, change.after, connector);
                write_down(transaction, task, change, connector, "rollout \"" + rollout->plan.name + "\"");
            } else {
                const bool retired = device->lifecycle == device::Lifecycle::retired;
                if (!transaction.fact(task.device, connectors::kSteeredFrom))
                    return base::conflict("it was put back already");
                if (!retired && row && !install::is_terminal(row->state) && row->state != State::cancelling)
                    return base::conflict("it is asked something anew");
                write_down(transaction, task, change, connector,
                           retired ? "it was retired here" : "its rollout is done with it");
            }
            transaction.change("device", task.device.text(), R"({"what":"steered"})");
            return {};
        },
        std::move(done));
}

void Steering::end(TenantId tenant, const std::string& connector, const Task& task, const base::Status& sent,
                   std::function<void(base::Status)> done) {
    const auto row = core_.fleet.deployment({tenant, task.device}, task.deployment);
    install::ReportSeen said;
    if (row) {
        said.attempt = row->attempt;
        said.sequence = row->sequence + 1;
    }
    if (task.kind == Task::Kind::tell) {
        if (!row) return done({});
        said.state = sent.ok() ? State::downloading : State::failed;
        said.reason = sent.ok() ? install::Reason::none : install::Reason::agent_error;
        said.detail = sent.ok() ? "told through " + connector +
                                      "; its own updater installs, and its inventory tells when it has"
                                : "it could not be told through " + connector + ": " + sent.error().text();
        return report(tenant, task.device, task.deployment, std::move(said), std::move(done));
    }
    // What somebody changes there, or grants, may let it be set again: what it had is kept until then.
    if (!sent.ok() && sent.error().kind != base::ErrorKind::not_found)
        return keep_refused(tenant, task, sent.error(), std::move(done));
    const std::string sentence = sentence_of_return(task, sent);
    const bool cancels = row && row->state == State::cancelling;
    said.state = State::withdrawn;
    said.reason = install::Reason::cancelled;
    said.detail = sentence + "; what the phone had begun by itself it may still install";
    forget(tenant, task.device, sentence,
           [this, tenant, task, cancels, said = std::move(said),
            done = std::move(done)](const base::Status& status) {
               if (!status.ok() || !cancels) return done(status);
               report(tenant, task.device, task.deployment, said, done);
           });
}

// Said once; the calls of each try are in the history and in the audit log.
void Steering::keep_refused(TenantId tenant, const Task& task, const base::Error& why,
                            std::function<void(base::Status)> done) {
    {
        base::Lock lock(mutex_);
        if (refused_.size() >= kMostRefused) refused_.clear();
        if (!refused_.emplace(tenant, task.device).second) return done({});
    }
    core_.writer.submit(
        shard::place_of(tenant, task.device), shard::Priority::terminal,
        [device = task.device, sentence = "what was set for it before (" + task.before +
                                          ") could not be set again, each sync tries: " + why.text()](
            Transaction& transaction) -> base::Status {
            if (!transaction.device(device)) return {};
            transaction.event({device, transaction.now(), "steered", "", "", "", sentence});
            transaction.change("device", device.text(), R"({"what":"steered"})");
            return {};
        },
        std::move(done));
}

bool Steering::was_refused(TenantId tenant, DeviceId device) const {
    base::Lock lock(mutex_);
    return refused_.contains({tenant, device});
}

void Steering::report(TenantId tenant, DeviceId device, ports::DeploymentId id, install::ReportSeen report,
                      std::function<void(base::Status)> done) {
    rollouts_.report({tenant, device, ""}, id, std::move(report),
                     [done = std::move(done)](base::Result<install::Outcome> outcome) {
                         done(outcome.ok() ? base::Status() : base::Status(outcome.error()));
                     });
}

void Steering::forget(TenantId tenant, DeviceId device, std::string sentence,
                      std::function<void(base::Status)> done) {
    {
        base::Lock lock(mutex_);
        refused_.erase({tenant, device});
    }
    core_.writer.submit(
        shard::place_of(tenant, device), shard::Priority::terminal,
        [device, sentence = std::move(sentence)](Transaction& transaction) -> base::Status {
            if (!transaction.device(device)) return {};
            for (const std::string_view key : {connectors::kSteeredFrom, connectors::kSteeredTo})
                put_fact(transaction, device, key, "", "");
            transaction.event({device, transaction.now(), "steered", "", "", "", sentence});
            transaction.change("device", device.text(), R"({"what":"steered"})");
            return {};
        },
        std::move(done));
}

} // namespace oakum::steering
