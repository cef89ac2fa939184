// SPDX-License-Identifier: Apache-2.0
#include <governance/open_sessions.hpp>

#include "rows.hpp"

#include <algorithm>

namespace oakum::governance {
namespace {

base::Error no_such_session(const std::string& what) {
    return base::not_found("there is no session " + what);
}

// Whoever has no right to somebody's sessions does not learn whether there are any.
base::Status may_see(const Principal& principal, access::UserId user) {
    if (user == principal.actor.user || access::may(principal.actor, access::Action::user_read).allowed)
        return {};
    return base::not_found("there is no user " + user.text());
}

base::Status may_end(const Principal& principal) {
    // A stolen token that only reads does not sign its owner out.
    if (principal.actor.token && *principal.actor.token == access::TokenScopes::of(access::TokenScope::read))
        return base::denied(
            "ending a session needs a token that may more than read, or a person who signed in");
    return {};
}

} // namespace

base::Result<std::vector<OpenSession>> OpenSessions::list(const Principal& principal,
                                                          std::optional<access::UserId> user) const {
    const access::UserId whose = user.value_or(principal.actor.user);
    TRY(may_see(principal, whose));
    const auto row = control_.find<ports::UserRow>(tenant_of(principal.actor), whose);
    if (!row) return base::not_found("there is no user " + whose.text());
    std::vector<OpenSession> sessions;
    const base::TimePoint now = clock_.now();
    for (const auto& token : control_.list<ports::TokenRow>(tenant_of(principal.actor)))
        if (token->kind == ports::TokenKind::session && token->user == whose && !ends_before(*token, now) &&
            !sessions_.over_by_idling(*token))
            sessions.push_back({.row = *token,
                                .user = row->name,
                                .used = sessions_.last_used(*token),
                                .here = token->secret == principal.credential});
    std::ranges::sort(sessions, std::greater{}, [](const OpenSession& each) { return each.row.created; });
    return sessions;
}

void OpenSessions::end(const Principal& principal, access::TokenId session,
                       std::function<void(base::Status)> done) {
    if (auto allowed = may_end(principal); !allowed.ok()) return done(std::move(allowed));
    writer_.submit(
        shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
        [principal, session](shard::Transaction& transaction) -> base::Status {
            const auto stored = transaction.find<ports::TokenRow>(session);
            if (!stored || stored->kind != ports::TokenKind::session) return no_such_session(session.text());
            if (stored->user != principal.actor.user &&
                !access::may(principal.actor, access::Action::user_edit).allowed)
                return no_such_session(session.text());
            if (ends_before(*stored, transaction.now())) return {};
            end_credential(transaction, *stored);
            shard::AuditEntry entry = entry_of(principal.actor, "session.end", "user " + stored->user.text());
            entry.why =
                "the session from " + stored->label + " that began " + base::to_iso8601(stored->created);
            transaction.audit(std::move(entry));
            return {};
        },
        std::move(done));
}

void OpenSessions::end_all(const Principal& principal, std::optional<access::UserId> user,
                           shard::Completion<std::size_t> done) {
    const access::UserId whose = user.value_or(principal.actor.user);
    if (auto allowed = may_end(principal); !allowed.ok()) return done(std::move(allowed).error());
    if (auto visible = may_see(principal, whose); !visible.ok()) return done(std::move(visible).error());
    if (whose != principal.actor.user)
        if (auto allowed = access::may(principal.actor, access::Action::user_edit).status(); !allowed.ok())
            return done(std::move(allowed).error());
    writer_.submit<std::size_t>(
        shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
        [principal, whose](shard::Transaction& transaction) -> base::Result<std::size_t> {
            const auto row = transaction.find<ports::UserRow>(whose);
            if (!row) return base::not_found("there is no user " + whose.text());
            const std::size_t ended = end_credentials(transaction, whose, ApiTokens::stay, principal.token);
            if (ended == 0) return ended;
            shard::AuditEntry entry = entry_of(principal.actor, "session.end", "user " + whose.text());
            entry.why = "all sessions of " + row->name +
                        (whose == principal.actor.user && principal.session ? " but the one that asked" : "");
            transaction.audit(std::move(entry));
            return ended;
        },
        std::move(done));
}

} // namespace oakum::governance
