// SPDX-License-Identifier: Apache-2.0
#include <governance/tokens.hpp>

#include "rows.hpp"

#include <governance/password_rules.hpp>
#include <governance/secrets.hpp>

#include <algorithm>

namespace oakum::governance {
namespace {

access::Resource resource_of(const access::Actor& actor, device::GroupId group) {
    std::vector<base::Id128> groups;
    if (!group.is_zero()) groups.push_back(group.get());
    return {.tenant = actor.tenant, .groups = std::move(groups)};
}

std::size_t living(shard::Transaction& transaction, ports::TokenKind kind, access::UserId user) {
    const auto tokens = transaction.list<ports::TokenRow>();
    return static_cast<std::size_t>(std::ranges::count_if(tokens, [&](const auto& token) {
        return token->kind == kind && token->user == user && !ends_before(*token, transaction.now());
    }));
}

} // namespace

base::Result<std::vector<ports::TokenRow>> Tokens::list(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::token_read).status());
    const bool all = access::may(actor, access::Action::user_read).allowed;
    std::vector<ports::TokenRow> tokens;
    const base::TimePoint limit = clock_.now() - settings_.ended_tokens;
    for (const auto& token : control_.list<ports::TokenRow>(tenant_of(actor)))
        if (token->kind == ports::TokenKind::api && token->expires > limit &&
            (all || token->user == actor.user))
            tokens.push_back(*token);
    return tokens;
}

void Tokens::create(const access::Actor& actor, TokenNew token, shard::Completion<NewToken> done) {
    if (auto allowed = access::may(actor, access::Action::token_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto label = check_label(token.label); !label.ok())
        return done(std::move(label).error().at("/label"));
    if (token.scopes.empty()) return done(base::invalid("a token needs at least one scope").at("/scopes"));
    if (token.lifetime <= base::Duration(0) || token.lifetime > std::chrono::hours(24 * 366))
        return done(base::invalid("a token lives for 1 to 366 days").at("/expires_in_days"));
    writer_.submit<NewToken>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [this, actor, token,
         secret = new_secret(random_)](shard::Transaction& transaction) -> base::Result<NewToken> {
            if (living(transaction, ports::TokenKind::api, actor.user) >= settings_.tokens_per_user)
                return base::conflict("you have " + std::to_string(settings_.tokens_per_user) +
                                      " tokens already; revoke one first");
            ports::TokenRow row;
            row.id = access::TokenId(ids_.next());
            row.kind = ports::TokenKind::api;
            row.secret = digest_of(secret);
            row.label = token.label;
            row.user = actor.user;
            for (unsigned i = 0; i < 4; ++i)
                if (const auto scope = static_cast<access::TokenScope>(i); token.scopes.has(scope))
                    row.scopes.emplace_back(access::to_string(scope));
            row.created = transaction.now();
            // Breaking the glass leaves nothing behind that lets anybody in for longer than a day.
            const auto user = transaction.find<ports::UserRow>(actor.user);
            const base::Duration longest = std::chrono::hours(24);
            row.expires = transaction.now() +
                          (user && user->break_glass ? std::min(token.lifetime, longest) : token.lifetime);
            shard::AuditEntry entry = entry_of(actor, "token.create", "token " + row.id.text());
            entry.after = json_of(row);
            transaction.audit(std::move(entry));
            transaction.put(row);
            return NewToken{.row = row, .secret = secret};
        },
        std::move(done));
}

void Tokens::revoke_kind(const access::Actor& actor, access::TokenId id, ports::TokenKind kind,
                         std::function<void(base::Status)> done) {
    writer_.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, id, kind](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::TokenRow>(id);
            if (!stored || stored->kind != kind) return base::not_found("there is no token " + id.text());
            if (kind == ports::TokenKind::enrolment)
                TRY(access::may(actor, access::Action::enrolment_edit, resource_of(actor, stored->group))
                        .status());
            if (kind == ports::TokenKind::api && stored->user != actor.user &&
                !access::may(actor, access::Action::user_edit).allowed)
                return base::not_found("there is no token " + id.text());
            if (stored->revoked) return {};
            shard::AuditEntry entry =
                entry_of(actor, kind == ports::TokenKind::api ? "token.revoke" : "enrolment.revoke",
                         "token " + id.text());
            entry.before = json_of(*stored);
            transaction.audit(std::move(entry));
            end_credential(transaction, *stored);
            return {};
        },
        std::move(done));
}

void Tokens::revoke(const access::Actor& actor, access::TokenId asker, access::TokenId id,
                    std::function<void(base::Status)> done) {
    if (actor.token && id != asker && !access::may(actor, access::Action::user_edit).allowed)
        return done(base::denied("a token ends itself and no other; sign in to end another"));
    revoke_kind(actor, id, ports::TokenKind::api, std::move(done));
}

base::Result<std::vector<ports::TokenRow>> Tokens::enrolments(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::enrolment_read).status());
    std::vector<ports::TokenRow> tokens;
    const base::TimePoint limit = clock_.now() - settings_.ended_tokens;
    for (const auto& token : control_.list<ports::TokenRow>(tenant_of(actor)))
        if (token->kind == ports::TokenKind::enrolment && token->expires > limit &&
            access::may(actor, access::Action::enrolment_read, resource_of(actor, token->group)).allowed)
            tokens.push_back(*token);
    return tokens;
}

void Tokens::create_enrolment(const access::Actor& actor, EnrolmentTokenNew token,
                              shard::Completion<NewToken> done) {
    // Asked with the group: a token for no group is for actors of the whole tenant.
    if (auto allowed = access::may(actor, access::Action::enrolment_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    if (auto visible = access::may(actor, access::Action::enrolment_edit, resource_of(actor, token.group));
        !visible.allowed)
        return done(
            token.group.is_zero()
                ? base::denied("you see only some groups of the fleet; name the group that the devices join")
                      .at("/group")
                : base::not_found("there is no group " + token.group.text()).at("/group"));
    if (auto label = check_label(token.label); !label.ok())
        return done(std::move(label).error().at("/label"));
    if (token.uses == 0 || token.uses > 1'000'000)
        return done(base::invalid("an enrolment token is for 1 to 1,000,000 devices").at("/uses"));
    if (token.lifetime <= base::Duration(0) || token.lifetime > std::chrono::hours(24 * 366))
        return done(base::invalid("an enrolment token lives for 1 to 8784 hours").at("/expires_in_hours"));
    writer_.submit<NewToken>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [this, actor, token,
         secret = new_secret(random_)](shard::Transaction& transaction) -> base::Result<NewToken> {
            if (!token.group.is_zero()) {
                const auto group = transaction.find<ports::GroupRow>(token.group);
                if (!group || group->deleted)
                    return base::not_found("there is no group " + token.group.text()).at("/group");
            }
            if (living(transaction, ports::TokenKind::enrolment, {}) >= settings_.enrolment_tokens)
                return base::conflict("there are " + std::to_string(settings_.enrolment_tokens) +
                                      " enrolment tokens already; revoke some first");
            ports::TokenRow row;
            row.id = access::TokenId(ids_.next());
            row.kind = ports::TokenKind::enrolment;
            row.secret = digest_of(secret);
            row.label = token.label;
            row.group = token.group;
            row.uses_left = token.uses;
            row.created = transaction.now();
            row.expires = transaction.now() + token.lifetime;
            shard::AuditEntry entry = entry_of(actor, "enrolment.create", "token " + row.id.text());
            entry.after = json_of(row);
            transaction.audit(std::move(entry));
            transaction.put(row);
            return NewToken{.row = row, .secret = secret};
        },
        std::move(done));
}

void Tokens::revoke_enrolment(const access::Actor& actor, access::TokenId id,
                              std::function<void(base::Status)> done) {
    if (auto allowed = access::may(actor, access::Action::enrolment_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    revoke_kind(actor, id, ports::TokenKind::enrolment, std::move(done));
}

base::Result<device::GroupId> redeem_enrolment(shard::Transaction& transaction, std::string_view secret) {
    const base::Digest256 digest = digest_of(secret);
    const auto stored = transaction.token_by_secret(digest);
    if (!stored || stored->kind != ports::TokenKind::enrolment || stored->secret != digest ||
        ends_before(*stored, transaction.now()) || stored->uses_left == 0)
        return base::unauthenticated("the enrolment token is unknown, used up, expired or revoked");
    ports::TokenRow row = *stored;
    --row.uses_left;
    const device::GroupId group = row.group;
    transaction.put(std::move(row));
    return group;
}

} // namespace oakum::governance
