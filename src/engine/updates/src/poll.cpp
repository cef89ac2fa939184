// SPDX-License-Identifier: Apache-2.0
#include <updates/agent.hpp>

#include <algorithm>

namespace oakum::updates {
namespace {

using base::ErrorKind;

constexpr std::int64_t believed_seconds = 300;

// Trying again later cannot change what the server thinks of this message.
bool refused_for_good(ErrorKind kind) {
    return kind == ErrorKind::invalid || kind == ErrorKind::not_found || kind == ErrorKind::conflict ||
           kind == ErrorKind::too_large;
}

} // namespace

void Agent::poll() {
    const auto looked = look();
    if (!looked.ok()) log(base::LogLevel::error, "looking at the slots: " + looked.error().text());
    if (state_.phase == Phase::idle) health_ = ports_.health.check();
    tell_what_runs();

    wire::PollRequest request;
    request.desired = state_.desired;
    request.running_version = view_.running_version;
    request.inventory = state_.inventory_digest;
    request.boot_id = view_.boot_id;
    // A slot on trial has proved nothing yet: what is known of the health is that of the slot before.
    const bool proved = state_.phase < Phase::trying ? !new_slot_runs() : state_.phase == Phase::soaking;
    request.healthy = health_.healthy && proved;
    request.slot = view_.running;
    request.keeps_windows = true;
    const bool told_all = state_.reports.empty();
    const auto answer = ports_.server.poll(request);
    if (!answer.ok()) return server_failed(answer.error(), "polling");
    if (server_failures_ > 0) log(base::LogLevel::info, "the server answers again");
    server_failures_ = 0;
    answered_ = ports_.clock.now();
    failing_since_.reset();
    failure_.clear();
    const base::Duration told = std::chrono::seconds(answer->poll_seconds);
    next_poll_ = ports_.clock.steady() + told + jitter(told / 20);

    flush_reports();
    if (answer->reply) {
        if (told_all && answer->reply->offer) repeat_end(*answer->reply->offer);
        take(*answer->reply);
    }
    tell_what_runs();
    // The server knows when the certificate ends; the clock here may be years off.
    const bool wants = answer->reply && answer->reply->renew;
    if (server_failures_ == 0 && wants && ports_.clock.steady() >= next_renewal_) renew();
}

void Agent::take(const wire::PollReply& reply) {
    if (reply.send_inventory) {
        state_.inventory_digest.clear();
        next_inventory_ = ports_.clock.steady();
    }
    if (reply.offer) return take(*reply.offer, reply.desired);
    if (reply.desired == state_.desired) return;
    AgentState next = state_;
    next.desired = reply.desired;
    const auto saved = save(next);
    if (saved.ok())
        state_ = std::move(next);
    else
        log(base::LogLevel::error, "storing the desired state: " + saved.error().text());
}

void Agent::take(const wire::Offer& offer, std::uint64_t desired) {
    const auto failed = [this](const base::Error& error) {
        log(base::LogLevel::error, "taking up an offer: " + error.text());
    };
    const bool done = offer.deployment == state_.done_deployment && offer.attempt <= state_.done_attempt;
    const bool same = state_.current && state_.current->offer.deployment == offer.deployment;

    if (offer.withdrawn) {
        if (same) {
            if (!install::can_stop(state_.phase)) return;
            const auto stopped = advance(Event::withdrawn);
            if (!stopped.ok()) failed(stopped.error());
            return;
        }
        if (done) return;
        // The server waits for this device to stop what it never began.
        AgentState next = state_;
        wire::Report report;
        report.deployment = offer.deployment;
        report.attempt = offer.attempt;
        report.state = install::State::withdrawn;
        report.running_version = view_.running_version;
        report.boot_id = view_.boot_id;
        report.healthy = health_.healthy;
        next.done_deployment = offer.deployment;
        next.done_attempt = offer.attempt;
        next.done_as = report;
        enqueue(next, std::move(report));
        next.desired = desired;
        const auto saved = save(next);
        if (!saved.ok()) return failed(saved.error());
        state_ = std::move(next);
        flush_ = true;
        return;
    }
    if (done || (same && offer.attempt <= state_.current->offer.attempt)) {
        // Known; the number is stored with whatever is stored next.
        state_.desired = desired;
        if (same && offer.attempt == state_.current->offer.attempt) take_windows(offer);
        return;
    }
    if (state_.current) {
        // Another offer takes its place, unless a slot is on trial: then it has to wait for the next poll.
        if (!install::can_stop(state_.phase)) return;
        const auto stopped = advance(Event::withdrawn);
        if (!stopped.ok()) return failed(stopped.error());
    }
    const std::uint64_t before = state_.desired;
    state_.current = Current{};
    state_.current->offer = offer;
    state_.current->clock_behind = behind(offer);
    state_.desired = desired;
    const auto taken = advance(Event::offered);
    if (taken.ok()) return;
    state_.current.reset();
    state_.desired = before;
    failed(taken.error());
}

// A server that offers what ended here, and took the report of it, was restored from a backup since. Once for
// each attempt: what it makes of the report is its own affair.
void Agent::repeat_end(const wire::Offer& offer) {
    const bool done = offer.deployment == state_.done_deployment && offer.attempt <= state_.done_attempt;
    if (!done || !state_.done_as) return;
    const auto again = std::make_pair(offer.deployment, offer.attempt);
    if (repeated_ == again) return;
    AgentState next = state_;
    wire::Report report = *state_.done_as;
    report.attempt = offer.attempt;
    report.running_version = view_.running_version;
    report.boot_id = view_.boot_id;
    report.healthy = health_.healthy;
    enqueue(next, std::move(report));
    const auto saved = save(next);
    if (!saved.ok()) return log(base::LogLevel::error, "storing a report: " + saved.error().text());
    log(base::LogLevel::info,
        "the server does not know how " + offer.deployment + " ended: telling it again");
    state_ = std::move(next);
    repeated_ = again;
    flush_ = true;
}

// A clock that is a little off is believed: it is set again by others, and then it is right.
std::int64_t Agent::behind(const wire::Offer& offer) const {
    if (!offer.install_windows) return 0;
    const std::int64_t behind =
        static_cast<std::int64_t>(offer.server_time) - base::unix_seconds(ports_.clock.now());
    return behind > believed_seconds || behind < -believed_seconds ? behind : 0;
}

// Those that the server tells of now. Stored before they count, so that a restart without a network keeps to
// them.
void Agent::take_windows(const wire::Offer& offer) {
    AgentState next = state_;
    next.current->offer.install_windows = offer.install_windows;
    next.current->offer.server_time = offer.server_time;
    next.current->clock_behind = behind(offer);
    // Two clocks never agree to the second: that is not worth writing to flash at each poll.
    const std::int64_t moved = next.current->clock_behind - state_.current->clock_behind;
    const bool same =
        state_.current->offer.install_windows == offer.install_windows && moved > -60 && moved < 60;
    if (same) return;
    const auto saved = save(next);
    if (!saved.ok())
        return log(base::LogLevel::error, "storing when it may be installed: " + saved.error().text());
    state_ = std::move(next);
    if (state_.phase == Phase::waiting || state_.phase == Phase::written) next_act_ = ports_.clock.steady();
}

// Goes before each word about a version: else the server would hold the packages of the slot before against
// the version that runs now. What the server has no room for holds up neither polls nor reports.
void Agent::tell_what_runs() {
    if (server_failures_ == 0 && ports_.clock.steady() >= next_inventory_) send_inventory_if_changed();
}

void Agent::flush_reports() {
    tell_what_runs();
    bool changed = false;
    bool stop = false;
    while (!state_.reports.empty()) {
        const wire::Report& oldest = state_.reports.front();
        const auto reply = ports_.server.report(oldest);
        if (reply.ok()) {
            stop = stop || (reply->outcome == "withdrawn" && state_.current &&
                            state_.current->offer.deployment == oldest.deployment &&
                            state_.current->offer.attempt == oldest.attempt);
        } else if (refused_for_good(reply.error().kind)) {
            log(base::LogLevel::warning, "the server refuses a report of " + oldest.deployment +
                                             ", dropping it: " + reply.error().text());
        } else {
            server_failed(reply.error(), "reporting");
            break;
        }
        state_.reports.erase(state_.reports.begin());
        changed = true;
    }
    flush_ = !state_.reports.empty();
    if (changed) {
        // What the server has need not be carried to it.
        if (state_.reports.empty()) state_.receipts.clear();
        // Should this fail, the same reports are sent again and acknowledged as repeats.
        const auto saved = save(state_);
        if (!saved.ok())
            log(base::LogLevel::error, "storing the acknowledged reports: " + saved.error().text());
    }
    if (stop && install::can_stop(state_.phase)) {
        const auto stopped = advance(Event::withdrawn);
        if (!stopped.ok()) log(base::LogLevel::error, "stopping: " + stopped.error().text());
    }
    if (state_.reports.empty()) tell_how_it_ended();
}

// The signed account of a directed deployment, after the reports that it sums up. What the director answers
// is of no interest here.
void Agent::tell_how_it_ended() {
    if (!state_.to_tell || server_failures_ > 0 || ports_.director == nullptr) return;
    AgentState next = state_;
    next.to_tell->sequence = ++next.sequence;
    next.to_tell->time =
        static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(ports_.clock.now()), 0));
    const auto numbered = save(next);
    if (!numbered.ok())
        return log(base::LogLevel::error, "storing the signed report: " + numbered.error().text());
    state_ = std::move(next);
    const auto told = ports_.director->ask(*state_.to_tell);
    if (!told.ok() && !refused_for_good(told.error().kind)) {
        flush_ = true;
        return server_failed(told.error(), "sending the signed report");
    }
    if (!told.ok())
        log(base::LogLevel::warning,
            "the server refuses the signed report, dropping it: " + told.error().text());
    AgentState without = state_;
    without.to_tell.reset();
    const auto saved = save(without);
    // Should this fail, it is told once more, and acknowledged again.
    if (saved.ok())
        state_ = std::move(without);
    else
        log(base::LogLevel::error, "storing the acknowledged signed report: " + saved.error().text());
}

void Agent::send_inventory_if_changed() {
    auto message = ports_.inventory.collect();
    if (!message.ok()) {
        log(base::LogLevel::error, "collecting the inventory: " + message.error().text());
        next_inventory_ = ports_.clock.steady() + settings_.longest_backoff;
        return;
    }
    if (state_.attacked) {
        message->facts[std::string(trust::kAttackFact)] = trust::to_string(state_.attacked->attack);
        message->facts[std::string(trust::kAttackDetailFact)] =
            base::to_iso8601(state_.attacked->at) + ": " + state_.attacked->detail;
    }
    const std::string digest = base::sha256(wire::encode(*message)).hex();
    if (digest != state_.inventory_digest) {
        const auto sent = ports_.server.send_inventory(*message);
        if (!sent.ok() && !refused_for_good(sent.error().kind))
            return server_failed(sent.error(), "sending the inventory");
        if (!sent.ok()) {
            log(base::LogLevel::error, "the server refuses the inventory: " + sent.error().text());
        } else {
            AgentState next = state_;
            next.inventory_digest = digest;
            const auto saved = save(next);
            if (saved.ok())
                state_ = std::move(next);
            else
                log(base::LogLevel::error, "storing the inventory's digest: " + saved.error().text());
        }
    }
    next_inventory_ = ports_.clock.steady() + settings_.inventory_interval;
}

void Agent::renew() {
    const auto failed = [this](const base::Error& error) {
        log(base::LogLevel::error, "renewing the certificate: " + error.text());
        next_renewal_ =
            ports_.clock.steady() + std::max(backoff(renewal_failures_), ports_.server.asked_pause());
        ++renewal_failures_;
    };
    const auto request = ports_.identity.request();
    if (!request.ok()) return failed(request.error());
    const auto reply = ports_.server.renew(wire::RenewRequest{*request});
    if (!reply.ok()) return failed(reply.error());
    const auto adopted = ports_.identity.adopt(reply->certificate_pem);
    if (!adopted.ok()) return failed(adopted.error());
    renewal_failures_ = 0;
    log(base::LogLevel::info, "the certificate was renewed");
}

void Agent::server_failed(const base::Error& error, std::string_view doing) {
    base::Duration pause = std::max(backoff(server_failures_), ports_.server.asked_pause());
    const bool unwelcome = error.kind == ErrorKind::denied || error.kind == ErrorKind::unauthenticated;
    if (unwelcome) pause = std::max<base::Duration>(pause, jitter(std::chrono::seconds(60)));
    if (server_failures_ == 0 || unwelcome)
        log(base::LogLevel::warning, std::string(doing) + ": " + error.text());
    ++server_failures_;
    if (!failing_since_) failing_since_ = ports_.clock.now();
    failure_ = std::string(doing) + ": " + error.text();
    next_poll_ = ports_.clock.steady() + pause;
}

} // namespace oakum::updates
