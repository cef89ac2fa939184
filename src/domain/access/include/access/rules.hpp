// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/ids.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace oakum::access {

enum class Action : std::uint8_t {
    device_read,
    device_edit,
    device_operate, // accept, hold, release, retire, update now
    device_revoke,
    device_import,
    group_read,
    group_edit,
    advisory_read,
    feed_import,
    job_read,
    job_cancel,
    artifact_read,
    artifact_upload,
    release_read,
    release_create,
    release_publish,
    release_withdraw,
    rollout_read,
    rollout_create,
    rollout_operate, // start, resume, open the next wave, roll back
    rollout_halt,    // pause, halt, abort
    rollout_approve,
    audit_read,
    user_read,
    user_edit,
    token_read, // one's own
    token_edit, // one's own
    enrolment_read,
    enrolment_edit,
    system_read,
    backup_create,
    alarm_read,
    alarm_edit, // acknowledge, mute
    channel_read,
    channel_edit,
    policy_read,
    policy_edit, // which policy is in force, and tables of one's own
    source_edit,
    exception_read,
    exception_ask,
    exception_approve,
    exception_withdraw,
    notice_edit, // advisories of our own
    self_edit,   // one's own session and password
};
inline constexpr std::size_t kActionCount = static_cast<std::size_t>(Action::self_edit) + 1;

// What an API token is limited to, beside its user's role.
enum class TokenScope : std::uint8_t { read, operate, approve, administer };
std::string_view to_string(TokenScope scope);
base::Result<TokenScope> parse_token_scope(std::string_view text);

// A set of roles or of token scopes.
template <class E> class SetOf {
  public:
    constexpr SetOf() = default;
    template <class... Es> static constexpr SetOf of(Es... members) {
        SetOf set;
        (set.add(members), ...);
        return set;
    }
    constexpr void add(E member) {
        bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(member));
    }
    constexpr bool has(E member) const { return (bits_ >> static_cast<unsigned>(member) & 1U) != 0; }
    constexpr bool shares(SetOf other) const { return (bits_ & other.bits_) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr bool operator==(const SetOf&) const = default;

  private:
    std::uint8_t bits_ = 0;
};
using Roles = SetOf<Role>;
using TokenScopes = SetOf<TokenScope>;

// fleet: judged by the groups of the thing at hand. tenant: for everyone of the tenant, scoped or not.
// whole: touches what no group bounds, so only for actors whose scope is the whole tenant.
enum class Reach : std::uint8_t { fleet, tenant, whole };

struct Rule {
    Action action;
    std::string_view name; // as in the API's documents and the audit log
    Roles roles;
    TokenScopes scopes; // any of them; empty: never with a token
    Reach reach;
};

// One row an action, in the order of the enum.
const std::array<Rule, kActionCount>& rules();
const Rule& rule_of(Action action);
inline std::string_view to_string(Action action) {
    return rule_of(action).name;
}
base::Result<Action> parse_action(std::string_view text);

} // namespace oakum::access
