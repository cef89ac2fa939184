// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include <exchange/updates.hpp>

namespace oakum::hawkbit {
namespace {

using install::State;

} // namespace

bool waits_for_version(const ports::DeploymentRow& row) {
    return row.state == State::installed ||
           install::fell_silent_in(exchange::value_of(row), State::installed);
}

bool may_fetch(const ports::DeploymentRow& row) {
    return !install::is_terminal(row.state) && row.state != State::cancelling;
}

Stage stage_of(const ports::DeploymentRow& row, Asks asks, base::TimePoint now) {
    const bool unconfirmed = asks == Asks::yes && (row.sequence == 0 || row.state == State::awaiting_user);
    const Stage open = unconfirmed ? Stage::confirmation : Stage::deployment;
    switch (row.state) {
    case State::offered:
        return now < install::earliest_offer(exchange::value_of(row)) ? Stage::nothing : open;
    case State::awaiting_user:
        return open;
    case State::downloading:
    case State::downloaded:
    case State::awaiting_window:
    case State::installing:
        return Stage::deployment;
    case State::silent:
        return waits_for_version(row) ? Stage::nothing : open;
    case State::cancelling:
        return Stage::cancel;
    case State::withdrawn:
        // Taken back before a word was heard: it may have begun all the same, and is told until it answers.
        return row.sequence == 0 && row.reason == install::Reason::cancelled ? Stage::cancel : Stage::nothing;
    case State::verified:
        return Stage::installed;
    case State::rebooting:
    case State::installed:
    case State::soaking:
    case State::failed:
    case State::rolled_back:
    case State::superseded:
    case State::expired:
        return Stage::nothing;
    }
    return Stage::nothing;
}

} // namespace oakum::hawkbit
