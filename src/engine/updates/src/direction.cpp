// SPDX-License-Identifier: Apache-2.0
#include <updates/agent.hpp>

#include <artifact/compatibility.hpp>

#include <algorithm>

namespace oakum::updates {
namespace {

constexpr std::size_t max_attack_detail = 1000;

std::uint64_t unix_seconds_of(base::TimePoint at) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(base::unix_seconds(at), 0));
}

} // namespace

Question Agent::question() {
    Question question;
    question.path = state_.current->offer.target_path;
    if (ports_.director == nullptr) return question;
    question.device = ports_.director->device();
    question.ask_director = [this] { return ask_director(); };
    return question;
}

// Each manifest has a number of its own, stored before it is used: what was signed once says when.
base::Result<base::Bytes> Agent::ask_director() {
    AgentState next = state_;
    ++next.sequence;
    TRY(save(next));
    state_ = std::move(next);
    return ports_.director->ask(manifest(state_, view_.image));
}

wire::Manifest Agent::manifest(const AgentState& from, const std::optional<Image>& runs) const {
    wire::Manifest manifest;
    manifest.device = ports_.director->device();
    manifest.deployment = from.current->offer.deployment;
    manifest.attempt = from.current->offer.attempt;
    manifest.sequence = from.sequence;
    manifest.time = unix_seconds_of(ports_.clock.now());
    manifest.running_version = view_.running_version;
    if (runs) {
        manifest.running_version = runs->version;
        manifest.digest = runs->digest.hex();
        manifest.length = runs->length;
        manifest.counter = runs->counter;
    }
    if (from.attacked && from.attacked->deployment == manifest.deployment) {
        manifest.attack = from.attacked->attack;
        manifest.detail = from.attacked->detail;
    }
    return manifest;
}

void Agent::note_attack(trust::Attack attack, const std::string& detail) {
    Attacked attacked{attack, state_.current ? state_.current->offer.deployment : "", ports_.clock.now(),
                      detail};
    std::size_t end = std::min(attacked.detail.size(), max_attack_detail);
    while (end > 0 && end < attacked.detail.size() &&
           (static_cast<unsigned char>(attacked.detail[end]) & 0xC0U) == 0x80U)
        --end;
    attacked.detail.resize(end);
    log(base::LogLevel::error, "refused, " + std::string(trust::in_words(attack)) + ": " + attacked.detail);
    state_.attacked = std::move(attacked); // stored with the refusal that follows
    next_inventory_ = ports_.clock.steady();
}

std::optional<Agent::Unfit> Agent::unfit(const trust::TargetFile& file, const wire::Offer& offer) const {
    artifact::Receiver device;
    device.model = settings_.model;
    device.hw_revision = settings_.hw_revision;
    if (!view_.nothing_runs && !view_.of_no_line) device.running_version = view_.running_version;
    if (state_.installed && state_.installed->counter > 0 && view_.image &&
        view_.image->digest == state_.installed->digest)
        device.running_counter = state_.installed->counter;
    device.floor.counter = state_.floor;
    device.formats = settings_.formats;
    const auto intent = offer.is_rollback ? artifact::Intent::rollback : artifact::Intent::update;
    const artifact::Verdict verdict = artifact::may_install(*file.terms, device, intent);
    if (verdict.refusal == artifact::Refusal::wrong_model ||
        verdict.refusal == artifact::Refusal::wrong_revision)
        return Unfit{trust::Attack::wrong_hardware, verdict.reason};
    if (verdict.refusal == artifact::Refusal::below_floor || verdict.refusal == artifact::Refusal::downgrade)
        return Unfit{trust::Attack::rollback, verdict.reason};
    if (!verdict.allowed()) return Unfit{{}, verdict.reason};
    // A server may send a device back, but only to the very release that it ran before.
    if (offer.is_rollback && (!state_.previous || state_.previous->version != file.terms->version ||
                              state_.previous->digest != *file.hashes.sha256))
        return Unfit{trust::Attack::rollback, "a rollback to " + file.terms->version +
                                                  " was ordered, which is not what this device ran before"};
    return std::nullopt;
}

base::Status Agent::renew_permission() {
    Current& current = *state_.current;
    const auto found = look_up();
    if (const auto* no = std::get_if<NotTrusted>(&found)) {
        if (no->unreachable) {
            // It was permitted, is whole, and waits: that costs nothing of any budget.
            log(base::LogLevel::warning, "the permission to install is over: " + no->detail);
            wait_act(std::max(ports_.server.asked_pause(), backoff(++current.network_failures)));
            return {};
        }
        if (no->attack) note_attack(*no->attack, no->detail);
        return advance(Event::refused, no->reason, no->detail);
    }
    const Listed& listed = std::get<Listed>(found);
    if (!listed.file.hashes.sha256 || *listed.file.hashes.sha256 != current.image.digest)
        return advance(Event::refused, Reason::verification_failed,
                       "what was downloaded is not what " + current.offer.target_path + " is now");
    // The terms may have been signed anew in the meantime.
    const bool says_enough = listed.file.terms && listed.file.length == current.image.length &&
                             listed.file.terms->version == current.image.version;
    const auto why = says_enough
                         ? unfit(listed.file, current.offer)
                         : std::optional(Unfit{{}, "its signed target says something else than before"});
    if (why) {
        if (why->attack) note_attack(*why->attack, why->sentence);
        return advance(Event::refused, Reason::incompatible, why->sentence);
    }
    AgentState next = state_;
    next.current->permitted_until = listed.permitted_until;
    next.current->image.counter = listed.file.terms->counter;
    next.current->image.floor = artifact::raise({state_.floor}, *listed.file.terms).counter;
    TRY(save(next));
    state_ = std::move(next);
    return advance(Event::proceed);
}

} // namespace oakum::updates
