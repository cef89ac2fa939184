// SPDX-License-Identifier: Apache-2.0
#include <rollout/recount.hpp>

namespace oakum::rollout {
namespace {

std::uint32_t* place(Counts& counts, Outcome outcome) {
    switch (outcome) {
    case Outcome::none:
        return nullptr;
    case Outcome::pending:
        return &counts.pending;
    case Outcome::verified:
        return &counts.verified;
    case Outcome::failed:
        return &counts.failed;
    case Outcome::rolled_back:
        return &counts.rolled_back;
    case Outcome::silent:
        return &counts.silent;
    }
    return nullptr;
}

void decrease(std::uint32_t& count) {
    if (count > 0) --count;
}

void move(Counts& counts, Outcome before, Outcome after) {
    if (before == after) return;
    std::uint32_t* from = place(counts, before);
    std::uint32_t* to = place(counts, after);
    if (from != nullptr) decrease(*from);
    if (to != nullptr) ++*to;
    if (from != nullptr && to == nullptr) decrease(counts.started);
    if (from == nullptr && to != nullptr) ++counts.started;
}

} // namespace

Outcome outcome_of(install::State state) {
    switch (state) {
    case install::State::verified:
        return Outcome::verified;
    case install::State::failed:
    case install::State::expired:
        return Outcome::failed;
    case install::State::rolled_back:
        return Outcome::rolled_back;
    case install::State::silent:
        return Outcome::silent;
    case install::State::withdrawn:
    case install::State::superseded:
        return Outcome::none;
    case install::State::offered:
    case install::State::downloading:
    case install::State::downloaded:
    case install::State::awaiting_window:
    case install::State::awaiting_user:
    case install::State::installing:
    case install::State::rebooting:
    case install::State::installed:
    case install::State::soaking:
    case install::State::cancelling:
        return Outcome::pending;
    }
    return Outcome::none;
}

Outcome outcome_of_way_back(install::State state) {
    if (state == install::State::verified) return Outcome::rolled_back;
    return install::is_terminal(state) ? Outcome::failed : Outcome::pending;
}

void recount(Counts& counts, install::State before, install::State after) {
    move(counts, outcome_of(before), outcome_of(after));
}

void recount_ordered_back(Counts& counts, install::State before, install::State ordered) {
    move(counts, outcome_of(before), outcome_of_way_back(ordered));
}

void recount_rollback(Counts& counts, install::State before, install::State after) {
    move(counts, outcome_of_way_back(before), outcome_of_way_back(after));
}

} // namespace oakum::rollout
