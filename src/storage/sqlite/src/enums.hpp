// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>

// The largest number of each stored enumeration: a greater one in a column was written by a newer binary or
// is damage.
namespace oakum::sqlite {

template <class Enum> inline constexpr Enum last_of = Enum::has_no_last;
template <> inline constexpr auto last_of<access::Role> = access::Role::administrator;
template <> inline constexpr auto last_of<alarm::ChannelKind> = alarm::ChannelKind::teams;
template <> inline constexpr auto last_of<alarm::Kind> = alarm::Kind::policy_idle;
template <> inline constexpr auto last_of<alarm::Pace> = alarm::Pace::at_once;
template <> inline constexpr auto last_of<component::Kind> = component::Kind::hardware;
template <>
inline constexpr auto last_of<component::StatementStatus> = component::StatementStatus::under_investigation;
template <> inline constexpr auto last_of<device::FactSource> = device::FactSource::person;
template <> inline constexpr auto last_of<device::Lifecycle> = device::Lifecycle::unmanaged;
template <>
inline constexpr auto last_of<exception::Justification> =
    exception::Justification::inline_mitigations_already_exist;
template <> inline constexpr auto last_of<exception::Kind> = exception::Kind::suppress;
template <> inline constexpr auto last_of<exception::State> = exception::State::expired;
template <> inline constexpr auto last_of<install::Reason> = install::Reason::agent_error;
template <> inline constexpr auto last_of<install::State> = install::State::silent;
template <> inline constexpr auto last_of<ports::Layer> = ports::Layer::delta;
template <> inline constexpr auto last_of<ports::TokenKind> = ports::TokenKind::enrolment;
template <> inline constexpr auto last_of<ports::Verdict> = ports::Verdict::unknown;
template <> inline constexpr auto last_of<rollout::Unproven> = rollout::Unproven::open;
template <> inline constexpr auto last_of<rollout::State> = rollout::State::aborted;

} // namespace oakum::sqlite
