// SPDX-License-Identifier: Apache-2.0
#include <access/rules.hpp>

#include <string>

namespace oakum::access {
namespace {

using enum Role;
using enum TokenScope;

constexpr Roles kEveryone = Roles::of(viewer, operator_, approver, administrator);
constexpr Roles kOperators = Roles::of(operator_, administrator);
constexpr Roles kApprovers = Roles::of(approver, administrator);
constexpr Roles kNotViewers = Roles::of(operator_, approver, administrator);
constexpr Roles kAdministrators = Roles::of(administrator);

constexpr TokenScopes kRead = TokenScopes::of(read, operate, approve, administer);
constexpr TokenScopes kOperate = TokenScopes::of(operate);
constexpr TokenScopes kApprove = TokenScopes::of(approve);
constexpr TokenScopes kOperateOrApprove = TokenScopes::of(operate, approve);
constexpr TokenScopes kAdminister = TokenScopes::of(administer);
constexpr TokenScopes kNoToken{};

constexpr std::array<Rule, kActionCount> kRules{{
    {Action::device_read, "device.read", kEveryone, kRead, Reach::fleet},
    {Action::device_edit, "device.edit", kOperators, kOperate, Reach::fleet},
    {Action::device_operate, "device.operate", kOperators, kOperate, Reach::fleet},
    {Action::device_revoke, "device.revoke", kOperators, kOperate, Reach::fleet},
    // An import and an SBOM may touch any device, so groups cannot bound them.
    {Action::device_import, "device.import", kOperators, kOperate, Reach::whole},
    {Action::group_read, "group.read", kEveryone, kRead, Reach::fleet},
    // Whoever edits a group's query decides what a scope reaches.
    {Action::group_edit, "group.edit", kOperators, kOperate, Reach::whole},
    {Action::advisory_read, "advisory.read", kEveryone, kRead, Reach::tenant},
    {Action::feed_import, "feed.import", kOperators, kOperate, Reach::whole},
    {Action::job_read, "job.read", kEveryone, kRead, Reach::whole},
    {Action::job_cancel, "job.cancel", kOperators, kOperate, Reach::whole},
    {Action::artifact_read, "artifact.read", kEveryone, kRead, Reach::tenant},
    {Action::artifact_upload, "artifact.upload", kOperators, kOperate, Reach::whole},
    {Action::release_read, "release.read", kEveryone, kRead, Reach::tenant},
    {Action::release_create, "release.create", kOperators, kOperate, Reach::whole},
    {Action::release_publish, "release.publish", kApprovers, kApprove, Reach::whole},
    {Action::release_withdraw, "release.withdraw", kNotViewers, kOperateOrApprove, Reach::whole},
    {Action::rollout_read, "rollout.read", kEveryone, kRead, Reach::tenant},
    // A rollout's membership is decided by its query alone, which no group bounds.
    {Action::rollout_create, "rollout.create", kOperators, kOperate, Reach::whole},
    {Action::rollout_operate, "rollout.operate", kOperators, kOperate, Reach::whole},
    // Whoever may let a rollout go may stop it.
    {Action::rollout_halt, "rollout.halt", kNotViewers, kOperateOrApprove, Reach::whole},
    {Action::rollout_approve, "rollout.approve", kApprovers, kApprove, Reach::whole},
    {Action::audit_read, "audit.read", kEveryone, kRead, Reach::whole},
    {Action::user_read, "user.read", kAdministrators, kAdminister, Reach::whole},
    {Action::user_edit, "user.edit", kAdministrators, kAdminister, Reach::whole},
    {Action::token_read, "token.read", kEveryone, kRead, Reach::tenant},
    {Action::token_edit, "token.edit", kEveryone, kNoToken, Reach::tenant},
    {Action::enrolment_read, "enrolment.read", kOperators, kOperate, Reach::fleet},
    {Action::enrolment_edit, "enrolment.edit", kOperators, kOperate, Reach::fleet},
    {Action::system_read, "system.read", kEveryone, kRead, Reach::tenant},
    {Action::backup_create, "backup.create", kAdministrators, kAdminister, Reach::whole},
    {Action::alarm_read, "alarm.read", kEveryone, kRead, Reach::tenant},
    {Action::alarm_edit, "alarm.edit", kNotViewers, kOperateOrApprove, Reach::fleet},
    // Where alarms are sent: who could change it could send them elsewhere.
    {Action::channel_read, "channel.read", kAdministrators, kAdminister, Reach::whole},
    {Action::channel_edit, "channel.edit", kAdministrators, kAdminister, Reach::whole},
    {Action::policy_read, "policy.read", kEveryone, kRead, Reach::tenant},
    // It moves every deadline of the fleet.
    {Action::policy_edit, "policy.edit", kAdministrators, kAdminister, Reach::whole},
    // From where the server fetches: who could change it could have it ask others.
    {Action::source_edit, "source.edit", kAdministrators, kAdminister, Reach::whole},
    // Judged by the group that it is for; without one it is for the whole fleet, and everyone may read it.
    {Action::exception_read, "exception.read", kEveryone, kRead, Reach::tenant},
    {Action::exception_ask, "exception.ask", kNotViewers, kOperateOrApprove, Reach::tenant},
    {Action::exception_approve, "exception.approve", kApprovers, kApprove, Reach::tenant},
    {Action::exception_withdraw, "exception.withdraw", kNotViewers, kOperateOrApprove, Reach::tenant},
    {Action::notice_edit, "notice.edit", kOperators, kOperate, Reach::whole},
    {Action::self_edit, "self.edit", kEveryone, kRead, Reach::tenant},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kRules.size(); ++i)
        if (static_cast<std::size_t>(kRules[i].action) != i || kRules[i].roles.empty()) return false;
    return true;
}
static_assert(in_order(), "one row an action, in the order of the enum, each for some role");

constexpr std::array<std::string_view, 4> kRoleNames{"viewer", "operator", "approver", "administrator"};
constexpr std::array<std::string_view, 4> kScopeNames{"read", "operate", "approve", "administer"};

} // namespace

std::string_view to_string(Role role) {
    return kRoleNames[static_cast<std::size_t>(role)];
}

base::Result<Role> parse_role(std::string_view text) {
    for (std::size_t i = 0; i < kRoleNames.size(); ++i)
        if (kRoleNames[i] == text) return static_cast<Role>(i);
    return base::invalid("the role is one of viewer, operator, approver, administrator");
}

std::string_view to_string(TokenScope scope) {
    return kScopeNames[static_cast<std::size_t>(scope)];
}

base::Result<TokenScope> parse_token_scope(std::string_view text) {
    for (std::size_t i = 0; i < kScopeNames.size(); ++i)
        if (kScopeNames[i] == text) return static_cast<TokenScope>(i);
    return base::invalid("a token's scope is one of read, operate, approve, administer");
}

const std::array<Rule, kActionCount>& rules() {
    return kRules;
}

const Rule& rule_of(Action action) {
    return kRules[static_cast<std::size_t>(action)];
}

base::Result<Action> parse_action(std::string_view text) {
    for (const Rule& rule : kRules)
        if (rule.name == text) return rule.action;
    return base::invalid("no such permission: " + std::string(text.substr(0, 64)));
}

} // namespace oakum::access
