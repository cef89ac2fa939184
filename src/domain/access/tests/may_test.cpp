// SPDX-License-Identifier: Apache-2.0
#include <access/may.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace oakum;
using namespace oakum::access;

namespace {

const base::Id128 kNorth{1, 1}, kSouth{1, 2};

Actor person(Role role, std::vector<base::Id128> scope = {}) {
    Actor actor;
    actor.tenant = 1;
    actor.name = "anna";
    actor.role = role;
    actor.scope = std::move(scope);
    return actor;
}

Resource in_groups(std::vector<base::Id128> groups) {
    return {.tenant = 1, .groups = std::move(groups)};
}

// v o p a: viewer, operator, approver, administrator may, without scope and token.
const std::map<std::string, std::string> kExpected{
    {"device.read", "vopa"},     {"device.edit", "oa"},
    {"device.operate", "oa"},    {"device.revoke", "oa"},
    {"device.import", "oa"},     {"group.read", "vopa"},
    {"group.edit", "oa"},        {"advisory.read", "vopa"},
    {"feed.import", "oa"},       {"job.read", "vopa"},
    {"job.cancel", "oa"},        {"artifact.read", "vopa"},
    {"artifact.upload", "oa"},   {"release.read", "vopa"},
    {"release.create", "oa"},    {"release.publish", "pa"},
    {"release.withdraw", "opa"}, {"rollout.read", "vopa"},
    {"rollout.create", "oa"},    {"rollout.operate", "oa"},
    {"rollout.halt", "opa"},     {"rollout.approve", "pa"},
    {"audit.read", "vopa"},      {"user.read", "a"},
    {"user.edit", "a"},          {"token.read", "vopa"},
    {"token.edit", "vopa"},      {"enrolment.read", "oa"},
    {"enrolment.edit", "oa"},    {"system.read", "vopa"},
    {"backup.create", "a"},      {"alarm.read", "vopa"},
    {"alarm.edit", "opa"},       {"channel.read", "a"},
    {"channel.edit", "a"},       {"self.edit", "vopa"},
    {"exception.read", "vopa"},  {"exception.ask", "opa"},
    {"exception.approve", "pa"}, {"exception.withdraw", "opa"},
    {"notice.edit", "oa"},       {"policy.read", "vopa"},
    {"policy.edit", "a"},        {"source.edit", "a"},
};

constexpr std::array kRoles{Role::viewer, Role::operator_, Role::approver, Role::administrator};

} // namespace

TEST_CASE("each role may do exactly what the table of sentences says") {
    REQUIRE(kExpected.size() == kActionCount);
    for (const Rule& rule : rules()) {
        const std::string name(rule.name);
        REQUIRE(kExpected.contains(name));
        for (std::size_t r = 0; r < kRoles.size(); ++r) {
            CAPTURE(name);
            CAPTURE(to_string(kRoles[r]));
            const Decision decision = may(person(kRoles[r]), rule.action);
            CHECK(decision.allowed == (kExpected.at(name).find("vopa"[r]) != std::string::npos));
            CHECK(decision.allowed == decision.why.empty());
        }
    }
}

TEST_CASE("a viewer reads and changes nothing but what is their own") {
    for (const Action action : permissions(person(Role::viewer))) {
        const std::string name(to_string(action));
        CAPTURE(name);
        const bool reads = name.ends_with(".read");
        CHECK((reads || name == "self.edit" || name == "token.edit"));
    }
}

TEST_CASE("an approver does not operate and an operator does not approve") {
    CHECK_FALSE(may(person(Role::approver), Action::rollout_create).allowed);
    CHECK_FALSE(may(person(Role::approver), Action::rollout_operate).allowed);
    CHECK_FALSE(may(person(Role::operator_), Action::rollout_approve).allowed);
    CHECK_FALSE(may(person(Role::operator_), Action::release_publish).allowed);
}

TEST_CASE("whoever may act on a rollout may stop it") {
    for (const Role role : kRoles)
        if (may(person(role), Action::rollout_operate).allowed ||
            may(person(role), Action::rollout_approve).allowed)
            CHECK(may(person(role), Action::rollout_halt).allowed);
}

TEST_CASE("what belongs to another tenant does not exist, whatever the role and the action") {
    for (const Rule& rule : rules())
        for (const Role role : kRoles) {
            const Decision decision = may(person(role), rule.action, {.tenant = 2, .groups = {}});
            CHECK_FALSE(decision.allowed);
            CHECK(decision.hidden);
            CHECK(decision.status().error().kind == base::ErrorKind::not_found);
        }
}

TEST_CASE("what is outside one's groups does not exist, also for what the role would refuse") {
    const Actor north = person(Role::viewer, {kNorth});
    CHECK(may(north, Action::device_read, in_groups({kNorth})).allowed);
    CHECK(may(north, Action::device_read, in_groups({kSouth, kNorth})).allowed);
    CHECK(may(north, Action::device_read, in_groups({kSouth})).hidden);
    CHECK(may(north, Action::device_read, in_groups({})).hidden);
    CHECK(may(north, Action::device_edit, in_groups({kSouth})).hidden);
    const Decision refused = may(north, Action::device_edit, in_groups({kNorth}));
    CHECK_FALSE(refused.hidden);
    CHECK(refused.status().error().kind == base::ErrorKind::denied);
    CHECK(refused.why == "device.edit is for the role operator or administrator; yours is viewer");
}

TEST_CASE("somebody who sees only some groups does nothing that concerns the whole fleet") {
    for (const Role role : kRoles)
        for (const Rule& rule : rules())
            if (rule.reach == Reach::whole) {
                CAPTURE(rule.name);
                CHECK_FALSE(may(person(role, {kNorth}), rule.action).allowed);
            }
    CHECK(may(person(Role::viewer, {kNorth}), Action::release_read).allowed);
}

TEST_CASE("a token never adds to what its user may do") {
    for (const Role role : kRoles)
        for (unsigned bits = 0; bits < 16; ++bits)
            for (const Rule& rule : rules()) {
                Actor actor = person(role);
                TokenScopes scopes;
                for (unsigned scope = 0; scope < 4; ++scope)
                    if ((bits >> scope & 1U) != 0) scopes.add(static_cast<TokenScope>(scope));
                actor.token = scopes;
                const Decision decision = may(actor, rule.action);
                if (decision.allowed) CHECK(may(person(role), rule.action).allowed);
                if (scopes.empty()) CHECK_FALSE(decision.allowed);
            }
}

TEST_CASE("a token that reads changes nothing, and no token makes tokens") {
    Actor actor = person(Role::administrator);
    actor.token_label = "ci";
    actor.token = TokenScopes::of(TokenScope::read);
    for (const Action action : permissions(actor)) {
        const std::string name(to_string(action));
        const bool own_session = name == "self.edit";
        CHECK((name.ends_with(".read") || own_session));
    }
    actor.token =
        TokenScopes::of(TokenScope::read, TokenScope::operate, TokenScope::approve, TokenScope::administer);
    CHECK_FALSE(may(actor, Action::token_edit).allowed);
    CHECK(may(actor, Action::token_edit).why == "token.edit needs a person who signed in, not a token");
    CHECK(actor.text() == "token ci of anna");
}

TEST_CASE("the maker of a plan does not approve it where a second person is required") {
    const Actor anna = person(Role::administrator);
    CHECK(may_approve(anna, "user bert", SecondPerson::required).allowed);
    CHECK(may_approve(anna, anna.text(), SecondPerson::not_required).allowed);
    CHECK_FALSE(may_approve(anna, anna.text(), SecondPerson::required).allowed);
    Actor through_token = anna;
    through_token.token = TokenScopes::of(TokenScope::approve);
    through_token.token_label = "ci";
    CHECK_FALSE(may_approve(through_token, anna.text(), SecondPerson::required).allowed);
    CHECK_FALSE(may_approve(anna, through_token.text(), SecondPerson::required).allowed);
    CHECK(may_approve(anna, "token of anna of bert", SecondPerson::required).allowed);
    CHECK_FALSE(may_approve(person(Role::viewer), "user bert", SecondPerson::not_required).allowed);
}

TEST_CASE("names of roles, scopes and actions read back as what they are") {
    for (const Role role : kRoles)
        CHECK(parse_role(to_string(role)).value() == role);
    for (const Rule& rule : rules())
        CHECK(parse_action(rule.name).value() == rule.action);
    for (unsigned scope = 0; scope < 4; ++scope)
        CHECK(parse_token_scope(to_string(static_cast<TokenScope>(scope))).value() ==
              static_cast<TokenScope>(scope));
    for (const char* wrong : {"", "Viewer", "root", "operator_", "device", "device.read "}) {
        CHECK_FALSE(parse_role(wrong).ok());
        CHECK_FALSE(parse_action(wrong).ok());
        CHECK_FALSE(parse_token_scope(wrong).ok());
    }
}
