// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/network.hpp>

using namespace oakum;
using namespace oakum::governance;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
constexpr const char* kPassword = "a good long password";

template <class T> ErrorKind kind_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

// An administrator and two people.
struct House : test::World {
    SignedIn admin{first_administrator()};
    ports::UserRow anna{*add_user(admin.principal.actor, "anna", access::Role::viewer)};
    ports::UserRow bert{*add_user(admin.principal.actor, "bert", access::Role::operator_)};

    SignedIn enter(const std::string& name, Origin origin = {.address = "192.0.2.7"}) {
        return *wait<SignedIn>(
            [&](auto done) { sessions.sign_in(kTenant, {name, kPassword}, origin, done); });
    }
    bool alive(const SignedIn& in) {
        const bool cookie = sessions.of_cookie(kTenant, in.secret).ok();
        CHECK(sessions.alive(in.principal) == cookie);
        return cookie;
    }
    base::Status end(const Principal& who, access::TokenId session) {
        return wait_status([&](auto done) { open_sessions.end(who, session, done); });
    }
    base::Result<std::size_t> end_all(const Principal& who, std::optional<access::UserId> user = {}) {
        return wait<std::size_t>([&](auto done) { open_sessions.end_all(who, user, done); });
    }
    base::Result<ports::UserRow> patch(access::UserId user, UserPatch change) {
        return wait<ports::UserRow>(
            [&](auto done) { users.patch(admin.principal.actor, user, change, done); });
    }
    Principal token_of(const SignedIn& who, access::TokenScopes scopes) {
        const auto made = wait<NewToken>([&](auto done) {
            tokens.create(who.principal.actor, {.label = "ci", .scopes = scopes, .lifetime = hours(1)}, done);
        });
        return *sessions.of_bearer(kTenant, made->secret);
    }
};

UserPatch new_role(access::Role role) {
    UserPatch patch;
    patch.role = role;
    return patch;
}

} // namespace

TEST_CASE("people see their own open sessions with when, from where and with what") {
    House house;
    const SignedIn first =
        house.enter("anna", {.address = "192.0.2.7", .client = "Firefox\r\n\x1b[31m \xff"});
    house.executor.advance(seconds(60));
    const SignedIn second = house.enter("anna", {.address = "2001:db8::1", .client = std::string(5000, 'x')});
    REQUIRE(house.alive(second));
    house.enter("bert");
    const auto own = house.open_sessions.list(second.principal, {});
    REQUIRE(own.ok());
    REQUIRE(own->size() == 2);
    CHECK((*own)[0].here);
    CHECK((*own)[0].row.label == "2001:db8::1");
    CHECK((*own)[0].row.client == std::string(200, 'x'));
    CHECK((*own)[0].row.began == "password");
    CHECK((*own)[0].used == house.clock.now());
    CHECK_FALSE((*own)[1].here);
    CHECK((*own)[1].row.client == "Firefox[31m "); // nothing that steers a terminal
    CHECK((*own)[1].used == std::nullopt);
    CHECK((*own)[1].user == "anna");

    CHECK(kind_of(house.open_sessions.list(second.principal, house.bert.id)) == ErrorKind::not_found);
    CHECK(house.open_sessions.list(house.admin.principal, house.anna.id)->size() == 2);
    CHECK(kind_of(house.open_sessions.list(house.admin.principal, access::UserId(base::Id128{9, 9}))) ==
          ErrorKind::not_found);
}

TEST_CASE("people end their own sessions, administrators anybody's, and nobody else's existence is told") {
    House house;
    const SignedIn here = house.enter("anna"), there = house.enter("anna"), bert = house.enter("bert");
    CHECK(kind_of(base::Result<base::Nothing>(house.end(bert.principal, there.principal.token).error())) ==
          ErrorKind::not_found);
    CHECK(house.alive(there));
    CHECK(house.end(here.principal, there.principal.token).ok());
    CHECK_FALSE(house.alive(there));
    CHECK(house.alive(here));
    CHECK(house.end(here.principal, there.principal.token).ok()); // twice is once
    CHECK(house.audited("session.end") == 1);
    CHECK(house.end(house.admin.principal, here.principal.token).ok());
    CHECK_FALSE(house.alive(here));
    CHECK(house.alive(bert));
    // A token is not a session, whoever asks.
    const Principal token =
        house.token_of(bert, access::TokenScopes::of(access::TokenScope::read, access::TokenScope::operate));
    CHECK_FALSE(house.end(house.admin.principal, token.token).ok());
    CHECK(house.sessions.alive(token));
}

TEST_CASE("all other sessions end at one wish, and API tokens stay") {
    House house;
    const SignedIn one = house.enter("anna"), two = house.enter("anna"), here = house.enter("anna");
    const SignedIn bert = house.enter("bert");
    const Principal token = house.token_of(here, access::TokenScopes::of(access::TokenScope::read));
    CHECK(kind_of(house.end_all(here.principal, house.bert.id)) == ErrorKind::not_found);
    CHECK(house.end_all(here.principal).value() == 2);
    CHECK_FALSE(house.alive(one));
    CHECK_FALSE(house.alive(two));
    CHECK(house.alive(here));
    CHECK(house.alive(bert));
    CHECK(house.sessions.alive(token));
    CHECK(house.end_all(here.principal).value() == 0);
    CHECK(house.end_all(house.admin.principal, house.anna.id).value() == 1);
    CHECK_FALSE(house.alive(here));
}

TEST_CASE("a stolen token that may only read signs nobody out") {
    House house;
    const SignedIn anna = house.enter("anna"), bert = house.enter("bert");
    const Principal reads = house.token_of(anna, access::TokenScopes::of(access::TokenScope::read));
    CHECK(house.open_sessions.list(reads, {})->size() == 1);
    CHECK_FALSE(house.end(reads, anna.principal.token).ok());
    CHECK(kind_of(house.end_all(reads)) == ErrorKind::denied);
    const Principal operates = house.token_of(bert, access::TokenScopes::of(access::TokenScope::operate));
    CHECK(house.end(operates, bert.principal.token).ok());
    CHECK_FALSE(house.alive(bert));
}

TEST_CASE("a new role, a new scope and a password set by an administrator end the person's sessions") {
    House house;
    const Principal token =
        house.token_of(house.enter("anna"), access::TokenScopes::of(access::TokenScope::read));
    const auto ended_by = [&](UserPatch change) {
        const SignedIn in = house.enter("anna");
        REQUIRE(house.alive(in));
        REQUIRE(house.patch(house.anna.id, std::move(change)).ok());
        return !house.alive(in);
    };
    CHECK(ended_by(new_role(access::Role::approver)));
    CHECK_FALSE(ended_by(new_role(access::Role::approver))); // as it was
    UserPatch same_password;
    same_password.password = kPassword;
    CHECK(ended_by(same_password));
    house
        .wait_status([&](auto done) {
            house.writer.submit(
                shard::control_of(kTenant), shard::Priority::person,
                [](shard::Transaction& transaction) -> base::Status {
                    ports::GroupRow north;
                    north.id = device::GroupId(base::Id128{1, 1});
                    north.name = "north";
                    transaction.put(north);
                    return {};
                },
                done);
        })
        .value();
    UserPatch scope;
    scope.scope = std::vector{device::GroupId(base::Id128{1, 1})};
    CHECK(ended_by(scope));
    CHECK(house.sessions.of_cookie(kTenant, house.admin.secret).ok());
    CHECK_FALSE(house.sessions.alive(token)); // its rights are others now: a stream that it opened ends
}

TEST_CASE("signing in gives a new secret and ends the session that the browser held") {
    House house;
    const SignedIn before = house.enter("bert");
    const SignedIn after = house.enter("anna", {.address = "192.0.2.7", .previous = before.secret});
    CHECK(after.secret != before.secret);
    CHECK_FALSE(house.alive(before));
    CHECK(house.alive(after));
    // A secret that somebody else chose is never taken up.
    const std::string fixed(43, 'A');
    const SignedIn own = house.enter("anna", {.address = "192.0.2.7", .previous = fixed});
    CHECK(own.secret != fixed);
    CHECK_FALSE(house.sessions.of_cookie(kTenant, fixed).ok());
    // An API token in its place is not ended by it.
    const auto token = house.wait<NewToken>([&](auto done) {
        house.tokens.create(own.principal.actor,
                            {.label = "ci",
                             .scopes = access::TokenScopes::of(access::TokenScope::read),
                             .lifetime = hours(1)},
                            done);
    });
    house.enter("anna", {.address = "192.0.2.7", .previous = token->secret});
    CHECK(house.sessions.of_bearer(kTenant, token->secret).ok());
}

TEST_CASE("a session whose row is taken up again stays ended, and the new one is not idle from the start") {
    House house;
    const SignedIn old = house.enter("anna");
    REQUIRE(house.alive(old));
    house.executor.advance(hours(13)); // past its absolute end
    CHECK_FALSE(house.alive(old));
    const SignedIn next = house.enter("anna");
    CHECK(next.principal.token == old.principal.token);
    CHECK(house.alive(next));
    CHECK_FALSE(house.sessions.alive(old.principal));
    CHECK_FALSE(house.sessions.of_cookie(kTenant, old.secret).ok());
}

TEST_CASE("sessions that were idle for too long are not listed as open") {
    House house;
    const SignedIn idle = house.enter("anna");
    REQUIRE(house.alive(idle));
    house.executor.advance(hours(2) + seconds(1));
    const SignedIn here = house.enter("anna");
    CHECK(house.open_sessions.list(here.principal, {})->size() == 1);
}

TEST_CASE("two people who edit one user: the second is refused, and both may try again") {
    House house;
    UserPatch first = new_role(access::Role::operator_), second = new_role(access::Role::approver);
    first.expected = second.expected = tag_of(house.anna);
    REQUIRE(house.patch(house.anna.id, first).ok());
    const auto late = house.patch(house.anna.id, second);
    CHECK(kind_of(late) == ErrorKind::conflict);
    CHECK(late.error().where == "If-Match");
    second.expected = tag_of(*house.control.find<ports::UserRow>(kTenant, house.anna.id));
    CHECK(house.patch(house.anna.id, second).ok());
}

TEST_CASE("guesses from everywhere do not lock a person out where they signed in before") {
    House house;
    house.enter("anna", {.address = "192.0.2.7"});
    const auto guess = [&](int from) {
        const std::string address = "198.51." + std::to_string(from / 250) + "." + std::to_string(from % 250);
        return house.sign_in("anna", "a wrong long password", address);
    };
    for (int i = 0; i < 100; ++i)
        CHECK(kind_of(guess(i)) == ErrorKind::unauthenticated);
    // The attacker keeps at it for an hour, each guess as soon as it is let through.
    for (int i = 100; i < 220; ++i) {
        CHECK(kind_of(guess(i)) == ErrorKind::unavailable);
        house.executor.advance(seconds(31));
        CHECK(kind_of(guess(i)) == ErrorKind::unauthenticated);
    }
    CHECK(kind_of(house.sign_in("anna", kPassword, "203.0.113.5")) == ErrorKind::unavailable);
    CHECK(house.sign_in("anna", kPassword, "192.0.2.7").ok());
}

TEST_CASE("an address that has to wait pushes nobody's count out of the memory") {
    House house;
    for (int i = 0; i < 30; ++i)
        (void)house.sign_in("nobody" + std::to_string(i), "a wrong long password", "198.51.100.9");
    const int checked = house.passwords.verified;
    for (int i = 0; i < 50; ++i)
        CHECK(kind_of(house.sign_in("other" + std::to_string(i), "a wrong long password", "198.51.100.9")) ==
              ErrorKind::unavailable);
    CHECK(house.passwords.verified == checked);
    // None of those names was counted: the first guess of each is free elsewhere.
    CHECK(kind_of(house.sign_in("other1", "a wrong long password", "203.0.113.1")) ==
          ErrorKind::unauthenticated);
}

TEST_CASE("one IPv6 network is one place") {
    CHECK(network_of("192.0.2.7") == "192.0.2.7");
    CHECK(network_of("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(network_of("2001:db8:1:2::9") == network_of("2001:0db8:0001:0002:ffff::1"));
    CHECK(network_of("2001:db8:1:3::9") != network_of("2001:db8:1:2::9"));
    CHECK(network_of("::1") == "0:0:0:0::/64");
    CHECK(network_of("2001:db8::1") == "2001:db8:0:0::/64");
    CHECK(network_of("fe80::1%eth0") == network_of("fe80::2%eth0"));
    CHECK(network_of("nonsense") == "nonsense");
    CHECK(network_of(":::::::::::") == network_of(":::::::::::")); // no crash on what is no address
    House house;
    for (int i = 0; i < 5; ++i)
        CHECK(kind_of(house.sign_in("anna", "a wrong long password",
                                    "2001:db8:1:2::" + std::to_string(i + 1))) == ErrorKind::unauthenticated);
    CHECK(kind_of(house.sign_in("anna", kPassword, "2001:db8:1:2::abcd")) == ErrorKind::unavailable);
    CHECK(house.sign_in("anna", kPassword, "2001:db8:1:3::1").ok());
}
