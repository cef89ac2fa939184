// SPDX-License-Identifier: Apache-2.0
#include <governance/sessions.hpp>

#include "codes.hpp"
#include "rows.hpp"

#include <access/break_glass.hpp>
#include <governance/network.hpp>
#include <governance/password_rules.hpp>
#include <governance/rules.hpp>
#include <governance/secrets.hpp>

#include <algorithm>
#include <array>

namespace oakum::governance {
namespace {

base::Error wrong_credentials() {
    return base::unauthenticated("user or password is wrong");
}
// What attempts with a one-time link are counted under; no user's name has a space.
constexpr const char* kLink = "one-time link";

constexpr const char* kBreakGlass = "break-glass";

// What a person is asked for beside a password.
void describe(Principal& principal, const ports::UserRow& user, bool factor_required) {
    principal.password_set = !user.password_hash.empty();
    principal.local = user.identity.empty();
    principal.second_factor = user.totp_on;
    principal.recovery_left = user.recovery.size();
    principal.second_factor_due =
        principal.session && factor_required && principal.local && !user.break_glass && !user.totp_on;
}

// Kept for a list that people read; the header may hold anything.
std::string client_of(std::string_view text) {
    std::string client;
    for (const char c : text.substr(0, 200))
        if (c >= 0x20 && c < 0x7F) client.push_back(c);
    return client;
}

base::Error no_session() {
    return base::unauthenticated("sign in first");
}

access::Actor actor_of(device::TenantId tenant, const ports::UserRow& user) {
    access::Actor actor;
    actor.tenant = tenant.get();
    actor.user = user.id;
    actor.name = user.name;
    actor.role = user.role;
    for (const device::GroupId& group : user.scope)
        actor.scope.push_back(group.get());
    return actor;
}

} // namespace

Sessions::Sessions(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock,
                   ports::Random& random, shard::Ids& ids, ports::Passwords& passwords, ports::Sealer& sealer,
                   ports::Executor& slow, base::LogSink& log, Settings settings)
    : writer_(writer), control_(control), clock_(clock), random_(random), ids_(ids), passwords_(passwords),
      sealer_(sealer), slow_(slow), log_(log), settings_(settings),
      by_user_and_address_({.free = 5, .longest = std::chrono::minutes(15), .capacity = 8192}),
      by_address_({.free = 30, .longest = std::chrono::minutes(15), .capacity = 8192}),
      // Somebody else's guesses may slow a person down, and never lock them out.
      by_user_({.free = 100, .longest = std::chrono::seconds(30), .capacity = 8192}),
      // Only who knows the password gets here. At 288 guesses a day, three codes of a million being right, a
      // code is found in years.
      by_code_({.free = 10, .longest = std::chrono::minutes(5), .capacity = 8192}) {}

shard::Held<ports::UserRow> Sessions::user_named(device::TenantId tenant, std::string_view name) const {
    for (const auto& user : control_.list<ports::UserRow>(tenant))
        if (user->name == name) return user;
    return nullptr;
}

// From where this person signed in within the last week. Guesses from elsewhere do not slow them there.
bool Sessions::known_place(device::TenantId tenant, const std::string& user,
                           const std::string& network) const {
    const auto row = user_named(tenant, user);
    if (!row) return false;
    return std::ranges::any_of(control_.list<ports::TokenRow>(tenant), [&](const auto& token) {
        return token->kind == ports::TokenKind::session && token->user == row->id &&
               network_of(token->label) == network;
    });
}

std::optional<base::Error> Sessions::throttled(device::TenantId tenant, const std::string& user,
                                               const Origin& origin) {
    const base::Duration now = clock_.steady();
    const std::string network = network_of(origin.address);
    const std::string pair = user + "\n" + network;
    // Who has to wait is counted nowhere: neither can they push others' counts out of the memory, nor do
    // their own grow.
    std::optional<base::Duration> wait = by_address_.wait(network, now);
    if (!wait) wait = by_user_and_address_.wait(pair, now);
    if (!wait) wait = by_address_.attempt(network, now);
    if (!wait) wait = by_user_and_address_.attempt(pair, now);
    if (wait) return too_many_attempts(*wait);
    wait = by_user_.attempt(user, now);
    if (!wait || known_place(tenant, user, network)) return std::nullopt;
    return too_many_attempts(*wait);
}

void Sessions::let_in(const std::string& user, const Origin& origin) {
    const std::string network = network_of(origin.address);
    by_user_and_address_.succeeded(user + "\n" + network);
    by_address_.succeeded(network);
    by_user_.succeeded(user);
}

bool Sessions::enter_slow() {
    base::Lock lock(mutex_);
    if (checking_ >= settings_.password_checks) return false;
    ++checking_;
    return true;
}

void Sessions::leave_slow() {
    base::Lock lock(mutex_);
    --checking_;
}

struct Sessions::Attempt {
    device::TenantId tenant;
    Credentials credentials;
    Origin origin;
};

void Sessions::sign_in(device::TenantId tenant, Credentials credentials, Origin origin,
                       shard::Completion<SignedIn> done) {
    if (credentials.user.size() > 128 || credentials.password.size() > 1024 || credentials.code.size() > 64)
        return done(wrong_credentials());
    if (auto error = throttled(tenant, credentials.user, origin)) return done(std::move(*error));
    if (!enter_slow())
        return done(base::unavailable("too many people sign in at this moment").at("retry-after 1"));
    slow_.post([this, attempt = Attempt{tenant, std::move(credentials), std::move(origin)},
                done = std::move(done)]() mutable {
        const auto row = user_named(attempt.tenant, attempt.credentials.user);
        std::string stored = row ? row->password_hash : std::string();
        const bool may_enter = row && !row->disabled && !stored.empty();
        if (!may_enter) {
            // As slow as for a user that exists, so that time tells nobody which names do.
            base::Lock lock(mutex_);
            stored = decoy_;
        }
        if (stored.empty()) {
            auto made = passwords_.hash(new_secret(random_));
            stored = made.ok() ? *made : std::string();
            base::Lock lock(mutex_);
            decoy_ = stored;
        }
        const auto verified = passwords_.verify(attempt.credentials.password, stored);
        leave_slow();
        if (!verified.ok() && verified.error().kind != base::ErrorKind::corrupt)
            return done(verified.error());
        if (!may_enter || !verified.ok() || !*verified) {
            log_.write(base::LogLevel::warning, "sign-in",
                       "refused for user \"" + attempt.credentials.user + "\" from " +
                           attempt.origin.address);
            return done(wrong_credentials());
        }
        enter(attempt, row->id, stored, std::move(done));
    });
}

// The password was right. What was counted against the attempt is forgiven once it is through.
void Sessions::enter(const Attempt& attempt, access::UserId user, const std::string& hash,
                     shard::Completion<SignedIn> done) {
    const std::string key = user.text();
    const bool guessed = !attempt.credentials.code.empty();
    if (guessed)
        if (const auto wait = by_code_.attempt(key, clock_.steady())) return done(too_many_attempts(*wait));
    writer_.submit<SignedIn>(
        shard::control_of(attempt.tenant), shard::Priority::person,
        [this, user, hash, secret = new_secret(random_), code = attempt.credentials.code,
         origin = attempt.origin](shard::Transaction& transaction) -> base::Result<SignedIn> {
            const auto stored = transaction.find<ports::UserRow>(user);
            if (!stored || stored->disabled || stored->password_hash != hash) return wrong_credentials();
            if (!stored->totp_on)
                return open(transaction, *stored, secret, origin,
                            stored->break_glass ? kBreakGlass : "password");
            if (code.empty())
                return base::unauthenticated("enter a code of your authenticator, or a recovery code")
                    .at("/code");
            ports::UserRow row = *stored;
            TRY(use_code(row, code, transaction.now(), sealer_));
            const bool on_paper = row.recovery.size() != stored->recovery.size();
            transaction.put(row);
            return open(transaction, row, secret, origin,
                        on_paper ? "password and recovery code" : "password and code");
        },
        [this, key, guessed, name = attempt.credentials.user, origin = attempt.origin,
         done = std::move(done)](base::Result<SignedIn> result) {
            if (result.ok()) {
                let_in(name, origin);
                if (guessed) by_code_.succeeded(key);
            } else if (guessed && result.error().where == "/code") {
                log_.write(base::LogLevel::warning, "sign-in",
                           "right password and wrong code for user \"" + name + "\" from " + origin.address);
            }
            done(std::move(result));
        });
}

void Sessions::enter_as(device::TenantId tenant, Who who, Origin origin, std::string began,
                        shard::Completion<SignedIn> done) {
    writer_.submit<SignedIn>(
        shard::control_of(tenant), shard::Priority::person,
        [this, who = std::move(who), origin = std::move(origin), began = std::move(began),
         secret = new_secret(random_)](shard::Transaction& transaction) -> base::Result<SignedIn> {
            TRY_VALUE(const ports::UserRow user, who(transaction));
            return open(transaction, user, secret, origin, began);
        },
        std::move(done));
}

void Sessions::sign_in_once(device::TenantId tenant, std::string token, Origin origin,
                            shard::Completion<SignedIn> done) {
    if (!origin.loopback) return done(base::denied("a one-time link works on the server itself only"));
    if (auto error = throttled(tenant, kLink, origin)) return done(std::move(*error));
    writer_.submit<SignedIn>(
        shard::control_of(tenant), shard::Priority::person,
        [this, secret = new_secret(random_), digest = digest_of(token),
         origin](shard::Transaction& transaction) -> base::Result<SignedIn> {
            const auto found = transaction.token_by_secret(digest);
            // A user's newer link took this one's row: what counts is the row as it is now.
            const auto link = found ? transaction.find<ports::TokenRow>(found->id) : nullptr;
            if (!link || link->kind != ports::TokenKind::sign_in || link->secret != digest ||
                ends_before(*link, transaction.now()) || link->uses_left == 0)
                return base::unauthenticated("this link was used already, or is older than an hour; "
                                             "restart the server or ask an administrator for a new one");
            const auto user = transaction.find<ports::UserRow>(link->user);
            if (!user || user->disabled)
                return base::unauthenticated("the user of this link may not sign in");
            ports::TokenRow used = *link;
            used.uses_left = 0;
            used.revoked = true;
            transaction.put(std::move(used));
            let_in(kLink, origin);
            return open(transaction, *user, secret, origin, "one-time link");
        },
        std::move(done));
}

// A row of a session that is over is taken up again, so that their number stays bounded.
base::Result<SignedIn> Sessions::open(shard::Transaction& transaction, const ports::UserRow& user,
                                      const std::string& secret, const Origin& origin,
                                      std::string why) const {
    const base::TimePoint now = transaction.now();
    // The browser's session before this one, whoever's it was.
    if (!origin.previous.empty()) {
        const base::Digest256 digest = digest_of(origin.previous);
        const auto before = transaction.token_by_secret(digest);
        if (before && before->kind == ports::TokenKind::session && before->secret == digest &&
            !ends_before(*before, now))
            end_credential(transaction, *before);
    }
    std::vector<shard::Held<ports::TokenRow>> own;
    for (const auto& token : transaction.list<ports::TokenRow>())
        if (token->kind == ports::TokenKind::session && token->user == user.id) own.push_back(token);
    ports::TokenRow session;
    session.id = access::TokenId(ids_.next());
    const auto over = std::ranges::find_if(own, [&](const auto& token) { return ends_before(*token, now); });
    if (over != own.end()) {
        session.id = (*over)->id;
    } else if (own.size() >= settings_.sessions_per_user) {
        const auto oldest =
            std::ranges::min_element(own, {}, [](const auto& token) { return token->created; });
        session.id = (*oldest)->id;
    }
    session.kind = ports::TokenKind::session;
    session.secret = digest_of(secret);
    session.csrf = digest_of(csrf_of(secret));
    session.user = user.id;
    session.label = origin.address;
    session.client = client_of(origin.client);
    session.began = why;
    session.created = now;
    session.expires = now + settings_.session_absolute;

    SignedIn signed_in{.secret = secret, .principal = {}};
    Principal& principal = signed_in.principal;
    principal.actor = actor_of(transaction.tenant(), user);
    principal.token = session.id;
    principal.session = true;
    principal.expires = session.expires;
    principal.credential = session.secret;
    principal.csrf = csrf_of(secret);
    describe(principal, user, second_factor_required(transaction.document(kSignInRules)));
    shard::AuditEntry entry = entry_of(
        principal.actor, user.break_glass ? "break-glass.use" : "session.create", "user " + user.id.text());
    entry.why = "signed in by " + why + " from " + origin.address;
    if (user.break_glass) {
        transaction.change(kBreakGlass, user.id.text());
        transaction.put(ports::DocumentRow{
            access::kBreakGlassUse, access::used_again(transaction.document(access::kBreakGlassUse), now)});
    }
    transaction.audit(std::move(entry));
    transaction.change("session", session.id.text());
    transaction.put(std::move(session));
    return signed_in;
}

void Sessions::sign_out(const Principal& principal, std::function<void(base::Status)> done) {
    writer_.submit(
        shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
        [principal](shard::Transaction& transaction) -> base::Status {
            const auto session = transaction.find<ports::TokenRow>(principal.token);
            if (!session || session->kind != ports::TokenKind::session)
                return base::denied("a token is not signed out; revoke it");
            end_credential(transaction, *session);
            transaction.audit(
                entry_of(principal.actor, "session.end", "user " + principal.actor.user.text()));
            return {};
        },
        std::move(done));
}

void Sessions::change_password(const Principal& principal, std::string current, std::string next,
                               Origin origin, std::function<void(base::Status)> done) {
    if (!principal.session) return done(base::denied("a password is changed by the person, not by a token"));
    if (!principal.local)
        return done(base::denied("this account signs in at the identity provider, and has no password here"));
    if (auto rules = check_password(next, principal.actor.name); !rules.ok())
        return done(std::move(rules).error().at("/new"));
    if (auto error = throttled(tenant_of(principal.actor), principal.actor.name, origin))
        return done(std::move(*error));
    if (!enter_slow())
        return done(base::unavailable("too many people sign in at this moment").at("retry-after 1"));
    slow_.post([this, principal, origin = std::move(origin), current = std::move(current),
                next = std::move(next), done = std::move(done)]() mutable {
        const auto row = control_.find<ports::UserRow>(tenant_of(principal.actor), principal.actor.user);
        std::string before = row ? row->password_hash : std::string();
        auto verified = before.empty() ? base::Result<bool>(true) : passwords_.verify(current, before);
        auto made =
            verified.ok() && *verified ? passwords_.hash(next) : base::Result<std::string>(std::string());
        leave_slow();
        if (!row || !verified.ok() || !*verified)
            return done(base::unauthenticated("the current password is wrong").at("/current"));
        if (!made.ok()) return done(std::move(made).error());
        let_in(principal.actor.name, origin);
        writer_.submit(
            shard::control_of(tenant_of(principal.actor)), shard::Priority::person,
            [principal, before, hash = *made](shard::Transaction& transaction) -> base::Status {
                const auto user = transaction.find<ports::UserRow>(principal.actor.user);
                if (!user || user->disabled || user->password_hash != before)
                    return base::conflict("the password was changed meanwhile");
                if (user->break_glass) return base::denied("its password is made anew by an administrator");
                ports::UserRow changed = *user;
                changed.password_hash = hash;
                end_credentials(transaction, user->id, ApiTokens::stay, principal.token);
                transaction.put(std::move(changed));
                transaction.audit(entry_of(principal.actor, "user.password", "user " + user->id.text()));
                return {};
            },
            std::move(done));
    });
}

base::Result<Principal> Sessions::principal_of(device::TenantId tenant, const ports::TokenRow& token) const {
    const auto user = control_.find<ports::UserRow>(tenant, token.user);
    if (!user || user->disabled) return no_session();
    Principal principal;
    principal.actor = actor_of(tenant, *user);
    principal.token = token.id;
    principal.credential = token.secret;
    principal.expires = token.expires;
    principal.session = token.kind == ports::TokenKind::session;
    describe(principal, *user, second_factor_required(control_.document(tenant, kSignInRules)));
    return principal;
}

void Sessions::touch(const base::Digest256& session) {
    base::Lock lock(mutex_);
    if (used_.size() > settings_.users * settings_.sessions_per_user)
        used_.clear(); // everyone's idle time begins anew; the absolute end stands in the row
    used_[session] = clock_.steady();
}

std::optional<base::TimePoint> Sessions::last_used(const ports::TokenRow& session) {
    base::Lock lock(mutex_);
    const auto found = used_.find(session.secret);
    if (found == used_.end()) return std::nullopt;
    return clock_.now() - (clock_.steady() - found->second);
}

bool Sessions::idle(const base::Digest256& session, base::Duration now) {
    base::Lock lock(mutex_);
    const auto found = used_.find(session);
    return found != used_.end() && now - found->second > settings_.session_idle;
}

base::Result<Principal> Sessions::of_cookie(device::TenantId tenant, std::string_view secret) {
    const base::Digest256 digest = digest_of(secret);
    const auto token = control_.token_by_secret(tenant, digest);
    if (!token || token->kind != ports::TokenKind::session || ends_before(*token, clock_.now()))
        return no_session();
    const auto newest = control_.find<ports::TokenRow>(tenant, token->id);
    if (!newest || newest->secret != digest) return no_session();
    if (idle(digest, clock_.steady()))
        return base::unauthenticated("the session was idle for too long; sign in again");
    TRY_VALUE(Principal principal, principal_of(tenant, *token));
    touch(digest);
    principal.csrf = csrf_of(secret);
    return principal;
}

base::Result<Principal> Sessions::of_bearer(device::TenantId tenant, std::string_view secret) const {
    const base::Digest256 digest = digest_of(secret);
    const auto token = control_.token_by_secret(tenant, digest);
    if (!token || token->kind != ports::TokenKind::api || token->secret != digest ||
        ends_before(*token, clock_.now()))
        return base::unauthenticated("the token is unknown, revoked or expired");
    TRY_VALUE(Principal principal, principal_of(tenant, *token));
    access::TokenScopes scopes;
    for (const std::string& name : token->scopes)
        if (const auto scope = access::parse_token_scope(name); scope.ok()) scopes.add(*scope);
    principal.actor.token = scopes;
    principal.actor.token_label = token->label;
    return principal;
}

bool Sessions::alive(const Principal& principal) {
    const device::TenantId tenant = tenant_of(principal.actor);
    const auto token = control_.find<ports::TokenRow>(tenant, principal.token);
    if (!token || token->secret != principal.credential || token->user != principal.actor.user ||
        ends_before(*token, clock_.now()) || (principal.session && idle(token->secret, clock_.steady())))
        return false;
    const auto now = principal_of(tenant, *token);
    return now.ok() && now->actor.role == principal.actor.role && now->actor.scope == principal.actor.scope &&
           !(now->second_factor_due && !principal.second_factor_due);
}

std::string Sessions::put_link(shard::Transaction& transaction, const ports::UserRow& user,
                               const std::string& actor, const std::string& secret) const {
    ports::TokenRow link;
    link.id = access::TokenId(ids_.next());
    for (const auto& token : transaction.list<ports::TokenRow>())
        if (token->kind == ports::TokenKind::sign_in && token->user == user.id)
            link.id = token->id; // one link a user: the newest
    link.kind = ports::TokenKind::sign_in;
    link.secret = digest_of(secret);
    link.label = "one-time link";
    link.user = user.id;
    link.uses_left = 1;
    link.created = transaction.now();
    link.expires = transaction.now() + settings_.sign_in_link;
    transaction.put(std::move(link));
    transaction.audit({.actor = actor,
                       .action = "session.link",
                       .resource = "user " + user.id.text(),
                       .before = {},
                       .after = {},
                       .why = "a one-time sign-in link for " + user.name});
    return secret;
}

void Sessions::issue_link(device::TenantId tenant, std::string user, std::string actor,
                          shard::Completion<std::string> done) {
    writer_.submit<std::string>(
        shard::control_of(tenant), shard::Priority::person,
        [this, user = std::move(user), actor = std::move(actor),
         secret = new_secret(random_)](shard::Transaction& transaction) -> base::Result<std::string> {
            const auto row = governance::user_named(transaction, user);
            if (!row || row->disabled)
                return base::not_found("there is no user \"" + user + "\" that may sign in");
            return put_link(transaction, *row, actor, secret);
        },
        std::move(done));
}

void Sessions::first_start(device::TenantId tenant, std::string administrator,
                           shard::Completion<std::string> done) {
    writer_.submit<std::string>(
        shard::control_of(tenant), shard::Priority::person,
        [this, administrator = std::move(administrator),
         secret = new_secret(random_)](shard::Transaction& transaction) -> base::Result<std::string> {
            TRY(check_user_name(administrator));
            const auto users = transaction.list<ports::UserRow>();
            shard::Held<ports::UserRow> waiting;
            for (const auto& user : users) {
                if (user->disabled || user->role != access::Role::administrator || !user->scope.empty())
                    continue;
                if (!user->password_hash.empty()) return std::string();
                waiting = user;
            }
            if (waiting) return put_link(transaction, *waiting, "oakumd", secret);
            if (!users.empty()) return std::string();
            ports::UserRow first;
            first.id = access::UserId(ids_.next());
            first.name = administrator;
            first.role = access::Role::administrator;
            first.created = transaction.now();
            transaction.audit({.actor = "oakumd",
                               .action = "user.create",
                               .resource = "user " + first.id.text(),
                               .before = {},
                               .after = json_of(first),
                               .why = "first start on an empty store"});
            transaction.put(first);
            return put_link(transaction, first, "oakumd", secret);
        },
        std::move(done));
}

} // namespace oakum::governance
