// SPDX-License-Identifier: Apache-2.0
#include <trust/client.hpp>

#include <trust/limits.hpp>
#include <trust/names.hpp>

#include <algorithm>
#include <iterator>

namespace oakum::trust {
namespace {

using base::Result;

Cause cause_of(base::ErrorKind kind) {
    switch (kind) {
    case base::ErrorKind::invalid:
    case base::ErrorKind::too_large:
        return Cause::malformed;
    case base::ErrorKind::conflict:
        return Cause::rollback;
    case base::ErrorKind::unavailable:
        return Cause::expired;
    case base::ErrorKind::bug:
        return Cause::bug;
    default:
        return Cause::untrusted;
    }
}

} // namespace

std::string_view to_string(Cause cause) {
    switch (cause) {
    case Cause::transport:
        return "transport";
    case Cause::missing:
        return "missing";
    case Cause::malformed:
        return "malformed";
    case Cause::untrusted:
        return "untrusted";
    case Cause::rollback:
        return "rollback";
    case Cause::expired:
        return "expired";
    case Cause::local:
        return "local";
    case Cause::bug:
        return "bug";
    }
    return "?";
}

Client::Client(Stored stored, base::TimePoint now, const Reader& reader, std::optional<base::Bytes> order)
    : stored_(std::move(stored)), now_(now), reader_(&reader), order_(std::move(order)) {}

Step Client::refresh() {
    if (state_ == State::ready) return {{}, Refreshed{}};
    if (state_ != State::idle) return fail(base::bug("a refresh that was begun before"));
    const base::Bytes* root = stored("root");
    if (root == nullptr) return fail(Cause::local, base::invalid("no trusted root is stored"));
    auto begun = TrustedSet::start(*root, now_, *reader_);
    if (!begun.ok()) return fail(Cause::local, std::move(begun).error().wrap("the stored root"));
    trusted_.emplace(std::move(*begun));
    return next_root();
}

Step Client::look_up(std::string path) {
    if (const auto status = check_target_path(path); !status.ok()) return fail(status.error());
    path_ = std::move(path);
    if (state_ == State::idle) return refresh();
    if (state_ != State::ready) return fail(base::bug("a search during another step"));
    to_visit_ = {{trusted_->top_level_targets(), "", 0}};
    visited_.clear();
    return search();
}

Step Client::received(base::ByteView bytes) {
    if (bytes.size() > asked_.max_bytes)
        return fail(base::too_large(asked_.name + ": larger than its " + std::to_string(asked_.max_bytes) +
                                    " bytes"));
    return accept(bytes);
}

Step Client::accept(base::ByteView bytes) {
    switch (state_) {
    case State::roots:
        ++rotations_;
        return absorb(trusted_->update_root(bytes), &Client::next_root);
    case State::timestamp:
        return absorb(trusted_->update_timestamp(bytes), &Client::next_snapshot);
    case State::snapshot:
        return absorb(trusted_->update_snapshot(bytes), &Client::next_targets);
    case State::targets:
        return absorb(trusted_->update_targets(trusted_->top_level_targets(), "", bytes),
                      &Client::next_targets);
    case State::search: {
        const Visit& now = *visiting_;
        to_visit_.push_back(now);
        return absorb(trusted_->update_targets(now.role, now.delegator, bytes), &Client::search);
    }
    case State::idle:
    case State::ready:
    case State::over:
        break;
    }
    return fail(base::bug("an answer to no question"));
}

Step Client::missing() {
    if (state_ == State::roots) return after_roots();
    if (state_ == State::idle || state_ == State::ready || state_ == State::over)
        return fail(base::bug("an answer to no question"));
    return fail(Cause::missing, base::not_found("the repository has no " + asked_.name));
}

Step Client::failed(base::Error error) {
    return fail(Cause::transport, std::move(error).wrap("fetching " + asked_.name));
}

Step Client::next_root() {
    if (rotations_ >= limits::root_rotations) return after_roots();
    return fetch(State::roots, served_name("root", trusted_->root().header.version + 1), limits::root_bytes);
}

Step Client::after_roots() {
    if (const auto status = trusted_->finish_roots(); !status.ok()) return fail(status.error());
    if (order_)
        if (const auto status = trusted_->accept_order(*order_); !status.ok()) return fail(status.error());
    if (const auto* bytes = stored("timestamp")) trusted_->recall_timestamp(*bytes);
    return fetch(State::timestamp, local_name("timestamp"), limits::timestamp_bytes);
}

Step Client::next_snapshot() {
    const auto* bytes = stored("snapshot");
    if (bytes != nullptr && trusted_->recall_snapshot(*bytes)) return next_targets();
    const FileVersion& expected = trusted_->timestamp()->snapshot;
    return fetch(State::snapshot, served("snapshot", expected.version),
                 std::min(expected.length.value_or(limits::snapshot_bytes), limits::snapshot_bytes));
}

Step Client::next_targets() {
    const Delegation role = trusted_->top_level_targets();
    const auto* bytes = stored(role.role);
    if (trusted_->targets(role.role) == nullptr &&
        !(bytes != nullptr && trusted_->recall_targets(role, "", *bytes))) {
        auto expected = trusted_->expected(role.role);
        if (!expected.ok()) return fail(std::move(expected).error());
        return fetch(State::targets, served(role.role, expected->version),
                     std::min(expected->length.value_or(limits::targets_bytes), limits::targets_bytes));
    }
    state_ = State::ready;
    if (path_) return look_up(*path_);
    return {{}, Refreshed{}};
}

Step Client::search() {
    while (!to_visit_.empty() && visited_.size() < limits::visited_roles) {
        const Visit next = std::move(to_visit_.back());
        to_visit_.pop_back();
        if (visited_.contains(next.role.role)) continue;
        if (trusted_->targets(next.role.role) != nullptr) {
            // It may have been another delegator who vouched for it.
            if (const auto status = trusted_->confirm_targets(next.role, next.delegator); !status.ok())
                return fail(status.error());
        } else if (const auto* bytes = stored(next.role.role);
                   bytes == nullptr || !trusted_->recall_targets(next.role, next.delegator, *bytes)) {
            auto expected = trusted_->expected(next.role.role);
            if (!expected.ok()) return fail(std::move(expected).error());
            visiting_ = next;
            return fetch(State::search, served(next.role.role, expected->version),
                         std::min(expected->length.value_or(limits::targets_bytes), limits::targets_bytes));
        }
        if (auto found = visit(next)) {
            state_ = State::ready;
            return {{}, std::move(*found)};
        }
    }
    state_ = State::ready;
    return {{}, NotListed{*path_}};
}

std::optional<Found> Client::visit(const Visit& now) {
    visited_.insert(now.role.role);
    const Targets& targets = *trusted_->targets(now.role.role);
    if (const auto file = targets.files.find(*path_); file != targets.files.end())
        return Found{*path_, now.role.role, file->second};
    if (!targets.delegations || now.depth >= limits::delegation_depth) return std::nullopt;
    std::vector<Delegation> delegations = delegations_for(*targets.delegations, *path_);
    // After a terminating role only its own delegations remain.
    if (!delegations.empty() && delegations.back().terminating) to_visit_.clear();
    for (auto role = delegations.rbegin(); role != delegations.rend(); ++role)
        to_visit_.push_back({std::move(*role), now.role.role, now.depth + 1});
    return std::nullopt;
}

Step Client::fetch(State state, std::string name, std::uint64_t max_bytes) {
    state_ = state;
    asked_ = {std::move(name), max_bytes};
    return {{}, asked_};
}

Step Client::fail(base::Error error) {
    const Cause cause = cause_of(error.kind);
    return fail(cause, std::move(error));
}

Step Client::fail(Cause cause, base::Error error) {
    state_ = State::over;
    return {{}, Failed{cause, std::move(error)}};
}

Step Client::absorb(Result<Effects> outcome, Step (Client::*next)()) {
    if (!outcome.ok()) return fail(std::move(outcome).error());
    apply(*outcome);
    Step step = (this->*next)();
    step.effects.insert(step.effects.begin(), std::make_move_iterator(outcome->begin()),
                        std::make_move_iterator(outcome->end()));
    return step;
}

// What was removed must not be recalled later in the same refresh; what was persisted is held by the trusted
// set.
void Client::apply(const Effects& effects) {
    for (const Effect& effect : effects)
        if (const auto* removed = std::get_if<Remove>(&effect)) stored_.erase(removed->file);
}

const base::Bytes* Client::stored(std::string_view role) const {
    const auto found = stored_.find(local_name(role));
    return found == stored_.end() ? nullptr : &found->second;
}

std::string Client::served(const std::string& role, std::uint64_t version) const {
    return trusted_->root().consistent_snapshot ? served_name(role, version) : local_name(role);
}

} // namespace oakum::trust
