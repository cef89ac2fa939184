// SPDX-License-Identifier: Apache-2.0
#include <access/may.hpp>

#include <algorithm>

namespace oakum::access {
namespace {

Decision refuse(std::string why) {
    return {.allowed = false, .hidden = false, .why = std::move(why)};
}

Decision hide() {
    return {.allowed = false, .hidden = true, .why = "there is no such thing"};
}

std::string role_names(Roles roles) {
    std::string text;
    for (const Role role : {Role::viewer, Role::operator_, Role::approver, Role::administrator})
        if (roles.has(role)) text.append(text.empty() ? "" : " or ").append(to_string(role));
    return text;
}

std::string scope_names(TokenScopes scopes) {
    std::string text;
    for (const TokenScope scope :
         {TokenScope::read, TokenScope::operate, TokenScope::approve, TokenScope::administer})
        if (scopes.has(scope)) text.append(text.empty() ? "" : " or ").append(to_string(scope));
    return text;
}

bool in_scope(const Actor& actor, const Resource& resource) {
    if (actor.whole_tenant() || !resource.groups) return true;
    return std::ranges::any_of(*resource.groups, [&](const base::Id128& group) {
        return std::ranges::find(actor.scope, group) != actor.scope.end();
    });
}

} // namespace

std::string Actor::text() const {
    return token ? "token " + token_label + " of " + name : "user " + name;
}

base::Status Decision::status() const {
    if (allowed) return {};
    return hidden ? base::not_found(why) : base::denied(why);
}

Decision may(const Actor& actor, Action action) {
    const Rule& rule = rule_of(action);
    if (!rule.roles.has(actor.role))
        return refuse(std::string(rule.name) + " is for the role " + role_names(rule.roles) + "; yours is " +
                      std::string(to_string(actor.role)));
    if (actor.token && !actor.token->shares(rule.scopes))
        return refuse(rule.scopes.empty()
                          ? std::string(rule.name) + " needs a person who signed in, not a token"
                          : std::string(rule.name) + " needs a token with the scope " +
                                scope_names(rule.scopes));
    if (rule.reach == Reach::whole && !actor.whole_tenant())
        return refuse(std::string(rule.name) +
                      " concerns the whole fleet, and you see only some groups of it");
    return {.allowed = true, .hidden = false, .why = {}};
}

Decision may(const Actor& actor, Action action, const Resource& resource) {
    if (actor.tenant != resource.tenant || !in_scope(actor, resource)) return hide();
    return may(actor, action);
}

Decision may_approve(const Actor& approver, std::string_view created_by, SecondPerson rule) {
    Decision decision = may(approver, Action::rollout_approve);
    // Whether they came by a session or a token, and whichever it was: one person stays one.
    const bool is_maker = created_by == "user " + approver.name ||
                          (created_by.starts_with("token ") && created_by.ends_with(" of " + approver.name));
    if (decision.allowed && rule == SecondPerson::required && is_maker)
        return refuse("you asked for this yourself; somebody else has to approve it");
    return decision;
}

std::vector<Action> permissions(const Actor& actor) {
    std::vector<Action> allowed;
    for (const Rule& rule : rules())
        if (may(actor, rule.action).allowed) allowed.push_back(rule.action);
    return allowed;
}

} // namespace oakum::access
