// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <access/may.hpp>
#include <governance/settings.hpp>
#include <governance/throttle.hpp>
#include <ports/passwords.hpp>
#include <shard/writer.hpp>

#include <string>
#include <unordered_map>

namespace oakum::governance {

// Who a credential stands for, now.
struct Principal {
    access::Actor actor;
    access::TokenId token;
    bool session = false;
    base::TimePoint expires{};
    std::string csrf; // of a session
    bool password_set = false;
};

struct SignedIn {
    std::string secret; // for the cookie; told once
    Principal principal;
};

// Where a sign-in comes from.
struct Origin {
    std::string address;
    bool loopback = false;
};

// Sign-in by password or one-time link, and what a cookie or a bearer token stands for. Credentials are
// looked up anew for each request, so that a revocation, a change of role and a disabled user count at once.
// Callable from any thread; borrows everything for its lifetime.
class Sessions {
  public:
    // `slow` runs password hashing: neither the writer's nor the connections' thread.
    Sessions(shard::Writer& writer, shard::ControlTables& control, ports::Clock& clock, ports::Random& random,
             shard::Ids& ids, ports::Passwords& passwords, ports::Executor& slow, base::LogSink& log,
             Settings settings = {});

    // Errors: unauthenticated (without saying what was wrong), unavailable (with `where` "retry-after N": too
    // many attempts, or too many under way).
    void sign_in(device::TenantId tenant, std::string user, std::string password, Origin origin,
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

    // A sign-in link's token for a user, by name. Errors: not_found.
    void issue_link(device::TenantId tenant, std::string user, std::string actor,
                    shard::Completion<std::string> done);
    // At an empty store: makes the administrator. While nobody who may administer has a password: a new
    // link's token; empty otherwise.
    void first_start(device::TenantId tenant, std::string administrator, shard::Completion<std::string> done);

  private:
    struct Attempt;
    shard::Held<ports::UserRow> user_named(device::TenantId tenant, std::string_view name) const;
    base::Result<Principal> principal_of(device::TenantId tenant, const ports::TokenRow& token) const;
    base::Result<SignedIn> open(shard::Transaction& transaction, const ports::UserRow& user,
                                const std::string& secret, const Origin& origin, std::string why) const;
    std::string put_link(shard::Transaction& transaction, const ports::UserRow& user,
                         const std::string& actor, const std::string& secret) const;
    std::optional<base::Error> throttled(const std::string& user, const Origin& origin);
    bool enter_slow();
    void leave_slow();
    void touch(access::TokenId session);
    bool idle(access::TokenId session, base::Duration now);

    shard::Writer& writer_;
    shard::ControlTables& control_;
    ports::Clock& clock_;
    ports::Random& random_;
    shard::Ids& ids_;
    ports::Passwords& passwords_;
    ports::Executor& slow_;
    base::LogSink& log_;
    const Settings settings_;
    Throttle by_user_and_address_, by_address_, by_user_;
    base::Mutex mutex_;
    std::size_t checking_ GUARDED_BY(mutex_) = 0;
    std::string decoy_ GUARDED_BY(mutex_); // hash that an unknown user's password is compared with
    // Last use, monotonic. After a restart a session's idle time begins anew.
    std::unordered_map<access::TokenId, base::Duration> used_ GUARDED_BY(mutex_);
};

} // namespace oakum::governance
