// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <governance/throttle.hpp>
#include <ports/passwords.hpp>
#include <ports/sealer.hpp>
#include <shard/writer.hpp>

#include <map>
#include <optional>
#include <string>

namespace oakum::governance {

// Who a credential stands for, now.
struct Principal {
    access::Actor actor;
    access::TokenId token;
    bool session = false;
    base::TimePoint expires{};
    base::Digest256 credential; // of the secret: a row may be taken up again for another session
    std::string csrf;           // of a session
    bool password_set = false;
    bool local = true; // the account is of here, and not the identity provider's
    bool second_factor = false;
    bool second_factor_due = false; // a session that may do nothing but set one up
    std::size_t recovery_left = 0;
};

struct SignedIn {
    std::string secret; // for the cookie; told once
    Principal principal;
};

struct Credentials {
    std::string user, password;
    std::string code = {}; // of the authenticator, or one on paper; asked for when the password was right
};

// Where a sign-in comes from.
struct Origin {
    std::string address;
    bool loopback = false;
    std::string client = {}; // what the browser or program calls itself
    std::string previous =
        {}; // the secret of the session that the browser still holds: it ends with the new one
};

// Sign-in by password or one-time link, and what a cookie or a bearer token stands for. Credentials are
// looked up anew for each request, so that a revocation, a change of role and a disabled user count at once.
// Callable from any thread; borrows everything for its lifetime.
class Sessions {
  public:
    // `slow` runs password hashing: neither the writer's nor the connections' thread.
    Sessions(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock, ports::Random& random,
             shard::Ids& ids, ports::Passwords& passwords, ports::Sealer& sealer, ports::Executor& slow,
             base::LogSink& log, Settings settings = {});

    // Errors: unauthenticated (without saying what was wrong; at "/code": the password was right and a code
    // is missing or wrong), unavailable (with `where` "retry-after N": too many attempts, or too many under
    // way).
    void sign_in(device::TenantId tenant, Credentials credentials, Origin origin,
                 shard::Completion<SignedIn> done);
    // Signs in whoever `who` names inside the transaction, without a password. Errors: those of `who`.
    using Who = std::function<base::Result<ports::UserRow>(shard::Transaction&)>;
    void enter_as(device::TenantId tenant, Who who, Origin origin, std::string began,
                  shard::Completion<SignedIn> done);
    // Errors: denied (not from this machine), unauthenticated (unknown, used or expired).
    void sign_in_once(device::TenantId tenant, std::string token, Origin origin,
                      shard::Completion<SignedIn> done);
    void sign_out(const Principal& principal, std::function<void(base::Status)> done);
    // Ends the user's other sessions. Errors: invalid (the rules), unauthenticated (the current one is
    // wrong), denied (a token).
    void change_password(const Principal& principal, std::string current, std::string next, Origin origin,
                         std::function<void(base::Status)> done);

    // Errors: unauthenticated.
    base::Result<Principal> of_cookie(device::TenantId tenant, std::string_view secret);
    base::Result<Principal> of_bearer(device::TenantId tenant, std::string_view secret) const;

    // Whether it still stands for somebody, without counting as use.
    bool alive(const Principal& principal);
    // When a session was last used; nothing when that was before this process began.
    std::optional<base::TimePoint> last_used(const ports::TokenRow& session);
    bool over_by_idling(const ports::TokenRow& session) { return idle(session.secret, clock_.steady()); }

    // Guesses at codes, by user: shared with whatever else asks for one.
    Throttle& code_guesses() { return by_code_; }

    // A sign-in link's token for a user, by name. Errors: not_found.
    void issue_link(device::TenantId tenant, std::string user, std::string actor,
                    shard::Completion<std::string> done);
    // At an empty store: makes the administrator. While nobody who may administer has a password: a new
    // link's token; empty otherwise.
    void first_start(device::TenantId tenant, std::string administrator, shard::Completion<std::string> done);

  private:
    struct Attempt;
    shard::Held<ports::UserRow> user_named(device::TenantId tenant, std::string_view name) const;
    void enter(const Attempt& attempt, access::UserId user, const std::string& hash,
               shard::Completion<SignedIn> done);
    base::Result<Principal> principal_of(device::TenantId tenant, const ports::TokenRow& token) const;
    base::Result<SignedIn> open(shard::Transaction& transaction, const ports::UserRow& user,
                                const std::string& secret, const Origin& origin, std::string why) const;
    std::string put_link(shard::Transaction& transaction, const ports::UserRow& user,
                         const std::string& actor, const std::string& secret) const;
    std::optional<base::Error> throttled(device::TenantId tenant, const std::string& user,
                                         const Origin& origin);
    void let_in(const std::string& user, const Origin& origin);
    bool known_place(device::TenantId tenant, const std::string& user, const std::string& network) const;
    bool enter_slow();
    void leave_slow();
    void touch(const base::Digest256& session);
    bool idle(const base::Digest256& session, base::Duration now);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Clock& clock_;
    ports::Random& random_;
    shard::Ids& ids_;
    ports::Passwords& passwords_;
    ports::Sealer& sealer_;
    ports::Executor& slow_;
    base::LogSink& log_;
    const Settings settings_;
    Throttle by_user_and_address_, by_address_, by_user_, by_code_;
    base::Mutex mutex_;
    std::size_t checking_ GUARDED_BY(mutex_) = 0;
    std::string decoy_ GUARDED_BY(mutex_); // hash that an unknown user's password is compared with
    // Last use, monotonic. After a restart a session's idle time begins anew.
    std::map<base::Digest256, base::Duration> used_ GUARDED_BY(mutex_);
};

} // namespace oakum::governance
