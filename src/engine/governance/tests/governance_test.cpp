// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/audit_log.hpp>
#include <governance/idempotency.hpp>
#include <governance/secrets.hpp>

using namespace oakum;
using namespace oakum::governance;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
const Origin kHere{.address = "127.0.0.1", .loopback = true};

template <class T> ErrorKind kind_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

} // namespace

TEST_CASE("the first start makes an administrator whose link works once, here, for an hour") {
    test::World world;
    const auto start = [&] {
        return world.wait<std::string>(
            [&](auto done) { world.sessions.first_start(kTenant, "admin", done); });
    };
    const auto enter = [&](const std::string& link, const Origin& origin) {
        return world.wait<SignedIn>(
            [&](auto done) { world.sessions.sign_in_once(kTenant, link, origin, done); });
    };
    const std::string link = *start();
    CHECK(link.size() == 43);
    CHECK(kind_of(enter(link, {.address = "192.0.2.1", .loopback = false})) == ErrorKind::denied);
    CHECK(kind_of(enter("guess", kHere)) == ErrorKind::unauthenticated);
    const auto in = enter(link, kHere);
    REQUIRE(in.ok());
    CHECK(in->principal.actor.role == access::Role::administrator);
    CHECK_FALSE(in->principal.password_set);
    CHECK(kind_of(enter(link, kHere)) == ErrorKind::unauthenticated);

    // Until somebody who may administer has a password, each start gives a new link, and the older one is
    // void.
    const std::string second = *start();
    const std::string third = *start();
    CHECK(second != third);
    CHECK(kind_of(enter(second, kHere)) == ErrorKind::unauthenticated);
    world.executor.advance(hours(1) + seconds(1));
    CHECK(kind_of(enter(third, kHere)) == ErrorKind::unauthenticated);
    const auto again = enter(*start(), kHere);
    REQUIRE(again.ok());
    CHECK(world
              .wait_status([&](auto done) {
                  world.sessions.change_password(again->principal, "", "a good long password", kHere, done);
              })
              .ok());
    CHECK(start()->empty());
    CHECK(world.control.list<ports::UserRow>(kTenant).size() == 1);
}

TEST_CASE("no secret is stored, logged or audited") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::operator_).ok());
    const auto anna = world.sign_in("anna");
    REQUIRE(anna.ok());
    const auto token = world.wait<NewToken>([&](auto done) {
        world.tokens.create(anna->principal.actor,
                            {.label = "ci",
                             .scopes = access::TokenScopes::of(access::TokenScope::read),
                             .lifetime = hours(24)},
                            done);
    });
    REQUIRE(token.ok());
    for (const std::string& secret : {admin.secret, anna->secret, anna->principal.csrf, token->secret,
                                      std::string("a good long password")})
        for (const auto& [place, row] : world.journal.stored) {
            if (const auto* record = std::get_if<ports::AuditRow>(&row))
                CHECK((record->before + record->after + record->why + record->resource).find(secret) ==
                      std::string::npos);
            if (const auto* stored = std::get_if<ports::TokenRow>(&row)) {
                CHECK(stored->label != secret);
                CHECK(stored->secret.hex() != secret);
            }
        }
    REQUIRE_FALSE(world.sign_in("anna", "a secret that was mistyped").ok());
    REQUIRE_FALSE(world.log.lines.empty());
    for (const auto& line : world.log.lines)
        CHECK(line.find("a secret that was mistyped") == std::string::npos);
}

TEST_CASE("signing in needs the right password, and says not which part was wrong") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::viewer).ok());
    const auto wrong = world.sign_in("anna", "a wrong long password");
    const auto nobody = world.sign_in("nobody");
    CHECK(kind_of(wrong) == ErrorKind::unauthenticated);
    CHECK(wrong.error() == nobody.error());
    const int before = world.passwords.verified;
    REQUIRE_FALSE(world.sign_in("nobody either").ok());
    CHECK(world.passwords.verified == before + 1); // as much work as for somebody
    const auto anna = world.sign_in("anna");
    REQUIRE(anna.ok());
    CHECK(anna->principal.actor.name == "anna");
    CHECK(world.sessions.of_cookie(kTenant, anna->secret).ok());
    CHECK(kind_of(world.sessions.of_bearer(kTenant, anna->secret)) == ErrorKind::unauthenticated);
    CHECK(kind_of(world.sessions.of_cookie(device::TenantId(2), anna->secret)) == ErrorKind::unauthenticated);
    CHECK(kind_of(world.sign_in("admin", "")) == ErrorKind::unauthenticated); // has no password yet
}

TEST_CASE("guessing is slowed, also for the right password, and another address is not locked out") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::viewer).ok());
    for (int i = 0; i < 5; ++i)
        CHECK(kind_of(world.sign_in("anna", "a wrong long password")) == ErrorKind::unauthenticated);
    const auto slowed = world.sign_in("anna");
    CHECK(kind_of(slowed) == ErrorKind::unavailable);
    CHECK(slowed.error().where == "retry-after 1");
    CHECK(world.sign_in("anna", "a good long password", "198.51.100.9").ok());
    world.executor.advance(seconds(2));
    CHECK(world.sign_in("anna").ok());
}

TEST_CASE("only so many passwords are checked at one time") {
    Settings settings;
    settings.password_checks = 2;
    test::World world(settings);
    int busy = 0;
    for (int i = 0; i < 5; ++i)
        world.sessions.sign_in(kTenant, {"user" + std::to_string(i), "a good long password"},
                               {.address = "192.0.2." + std::to_string(i), .loopback = false},
                               [&](base::Result<SignedIn> result) {
                                   busy += result.error().kind == ErrorKind::unavailable ? 1 : 0;
                               });
    CHECK(busy == 3);
    world.settle();
    CHECK(busy == 3);
}

TEST_CASE("a session ends when idle, when old, when signed out and when its user is disabled") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const auto user = world.add_user(admin.principal.actor, "anna", access::Role::viewer);
    const auto alive = [&](const SignedIn& in) { return world.sessions.of_cookie(kTenant, in.secret).ok(); };

    const SignedIn idle = *world.sign_in("anna");
    CHECK(alive(idle));
    world.executor.advance(hours(1));
    CHECK(alive(idle));
    world.executor.advance(hours(2) + seconds(1));
    CHECK_FALSE(alive(idle));
    CHECK_FALSE(world.sessions.alive(idle.principal));

    const SignedIn old = *world.sign_in("anna");
    for (int i = 0; i < 11; ++i) {
        CHECK(alive(old));
        world.executor.advance(hours(1));
    }
    CHECK(alive(old));
    world.executor.advance(hours(1));
    CHECK_FALSE(alive(old));

    const SignedIn left = *world.sign_in("anna");
    CHECK(world.wait_status([&](auto done) { world.sessions.sign_out(left.principal, done); }).ok());
    CHECK_FALSE(alive(left));

    const SignedIn disabled = *world.sign_in("anna");
    const auto patched = world.wait<ports::UserRow>([&](auto done) {
        world.users.patch(admin.principal.actor, user->id,
                          {.role = {}, .scope = {}, .disabled = true, .password = {}}, done);
    });
    REQUIRE(patched.ok());
    CHECK_FALSE(alive(disabled));
    CHECK_FALSE(world.sign_in("anna").ok());
}

TEST_CASE("a change of role ends sessions, and counts for tokens at the next request") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const auto user = world.add_user(admin.principal.actor, "anna", access::Role::administrator);
    const SignedIn anna = *world.sign_in("anna");
    const auto token = world.wait<NewToken>([&](auto done) {
        world.tokens.create(anna.principal.actor,
                            {.label = "ci",
                             .scopes = access::TokenScopes::of(access::TokenScope::administer),
                             .lifetime = hours(1)},
                            done);
    });
    REQUIRE(world
                .wait<ports::UserRow>([&](auto done) {
                    world.users.patch(
                        admin.principal.actor, user->id,
                        {.role = access::Role::viewer, .scope = {}, .disabled = {}, .password = {}}, done);
                })
                .ok());
    CHECK_FALSE(world.sessions.of_cookie(kTenant, anna.secret).ok());
    CHECK_FALSE(world.sessions.alive(anna.principal));
    CHECK(world.sign_in("anna")->principal.actor.role == access::Role::viewer);
    CHECK(world.sessions.of_bearer(kTenant, token->secret)->actor.role == access::Role::viewer);
}

TEST_CASE("a user holds so many sessions at most, and the oldest gives way") {
    Settings settings;
    settings.sessions_per_user = 3;
    test::World world(settings);
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::viewer).ok());
    std::vector<SignedIn> sessions;
    for (int i = 0; i < 5; ++i) {
        sessions.push_back(*world.sign_in("anna"));
        world.executor.advance(seconds(1));
    }
    std::vector<bool> alive;
    for (const SignedIn& in : sessions)
        alive.push_back(world.sessions.of_cookie(kTenant, in.secret).ok());
    CHECK(alive == std::vector<bool>{false, false, true, true, true});
    std::size_t rows = 0;
    for (const auto& token : world.control.list<ports::TokenRow>(kTenant))
        rows += token->kind == ports::TokenKind::session && token->user == sessions[0].principal.actor.user
                    ? 1
                    : 0;
    CHECK(rows == 3);
}

TEST_CASE("a new password ends the other sessions and needs the old one") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::viewer).ok());
    const SignedIn here = *world.sign_in("anna");
    const SignedIn elsewhere = *world.sign_in("anna");
    const auto change = [&](const std::string& current, const std::string& next) {
        return world.wait_status(
            [&](auto done) { world.sessions.change_password(here.principal, current, next, kHere, done); });
    };
    CHECK(kind_of(change("a wrong long password", "another good password")) == ErrorKind::unauthenticated);
    CHECK(change("a wrong long password", "another good password").error().where == "/current");
    CHECK(kind_of(change("a good long password", "short")) == ErrorKind::invalid);
    CHECK(change("a good long password", "another good password").ok());
    CHECK(world.sessions.of_cookie(kTenant, here.secret).ok());
    CHECK_FALSE(world.sessions.of_cookie(kTenant, elsewhere.secret).ok());
    CHECK_FALSE(world.sign_in("anna").ok());
    CHECK(world.sign_in("anna", "another good password").ok());
}

TEST_CASE("users are made by administrators, once a name, with scopes that exist") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const access::Actor& actor = admin.principal.actor;
    REQUIRE(world.add_user(actor, "anna", access::Role::operator_).ok());
    CHECK(kind_of(world.add_user(actor, "anna", access::Role::viewer)) == ErrorKind::conflict);
    CHECK(kind_of(world.add_user(actor, "an na", access::Role::viewer)) == ErrorKind::invalid);
    const auto nowhere =
        world.add_user(actor, "bert", access::Role::viewer, {device::GroupId(base::Id128{1, 1})});
    CHECK(kind_of(nowhere) == ErrorKind::not_found);
    CHECK(nowhere.error().where == "/scope/0");
    const SignedIn anna = *world.sign_in("anna");
    CHECK(kind_of(world.add_user(anna.principal.actor, "carl", access::Role::viewer)) == ErrorKind::denied);
    CHECK(kind_of(world.users.list(anna.principal.actor)) == ErrorKind::denied);
    CHECK(world.users.list(actor)->size() == 2);
}

TEST_CASE("the last administrator of the whole fleet stays one") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const access::Actor& actor = admin.principal.actor;
    const auto patch = [&](UserPatch change) {
        return world.wait<ports::UserRow>(
            [&](auto done) { world.users.patch(actor, actor.user, change, done); });
    };
    CHECK(kind_of(patch({.role = access::Role::viewer, .scope = {}, .disabled = {}, .password = {}})) ==
          ErrorKind::conflict);
    CHECK(kind_of(patch({.role = {}, .scope = {}, .disabled = true, .password = {}})) == ErrorKind::conflict);
    REQUIRE(world.add_user(actor, "anna", access::Role::administrator).ok());
    CHECK(patch({.role = access::Role::viewer, .scope = {}, .disabled = {}, .password = {}}).ok());
}

TEST_CASE("an API token may what its scopes and its user's role allow, until it is revoked or expires") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::viewer).ok());
    const SignedIn anna = *world.sign_in("anna");
    const auto make = [&](const access::Actor& actor, access::TokenScopes scopes) {
        return world.wait<NewToken>([&](auto done) {
            world.tokens.create(actor, {.label = "ci", .scopes = scopes, .lifetime = hours(24)}, done);
        });
    };
    const auto all = access::TokenScopes::of(access::TokenScope::read, access::TokenScope::operate,
                                             access::TokenScope::approve, access::TokenScope::administer);
    const auto token = make(anna.principal.actor, all);
    REQUIRE(token.ok());
    const auto principal = world.sessions.of_bearer(kTenant, token->secret);
    REQUIRE(principal.ok());
    CHECK(principal->actor.text() == "token ci of anna");
    CHECK(access::may(principal->actor, access::Action::device_read).allowed);
    CHECK_FALSE(access::may(principal->actor, access::Action::user_edit).allowed);
    CHECK(kind_of(make(principal->actor, all)) == ErrorKind::denied);
    CHECK(kind_of(world.sessions.of_cookie(kTenant, token->secret)) == ErrorKind::unauthenticated);
    CHECK(kind_of(world.sessions.of_bearer(device::TenantId(2), token->secret)) ==
          ErrorKind::unauthenticated);

    const auto revoke = [&](const Principal& asker, access::TokenId id) {
        return world.wait_status([&](auto done) { world.tokens.revoke(asker.actor, asker.token, id, done); });
    };
    REQUIRE(world.add_user(admin.principal.actor, "bert", access::Role::operator_).ok());
    const SignedIn bert = *world.sign_in("bert");
    CHECK(kind_of(revoke(bert.principal, token->row.id)) == ErrorKind::not_found);
    CHECK(world.tokens.list(bert.principal.actor)->empty());
    CHECK(world.tokens.list(admin.principal.actor)->size() == 1);
    CHECK(revoke(anna.principal, token->row.id).ok());
    CHECK_FALSE(world.sessions.of_bearer(kTenant, token->secret).ok());

    const auto short_lived = make(anna.principal.actor, all);
    world.executor.advance(hours(24));
    CHECK_FALSE(world.sessions.of_bearer(kTenant, short_lived->secret).ok());
    CHECK(world.tokens.list(anna.principal.actor)->size() == 2); // who looks sees what ended lately
    world.executor.advance(hours(24 * 30));
    CHECK(world.tokens.list(anna.principal.actor)->empty());
}

TEST_CASE("a token ends itself, and another one only with the rights to edit users") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    REQUIRE(world.add_user(admin.principal.actor, "anna", access::Role::operator_).ok());
    const SignedIn anna = *world.sign_in("anna");
    const auto all = access::TokenScopes::of(access::TokenScope::read, access::TokenScope::operate,
                                             access::TokenScope::approve, access::TokenScope::administer);
    const auto principal_of_new = [&](const access::Actor& actor) {
        const auto made = world.wait<NewToken>([&](auto done) {
            world.tokens.create(actor, {.label = "ci", .scopes = all, .lifetime = hours(24)}, done);
        });
        return std::pair(*world.sessions.of_bearer(kTenant, made->secret), made->secret);
    };
    const auto revoke = [&](const Principal& asker, access::TokenId id) {
        return world.wait_status([&](auto done) { world.tokens.revoke(asker.actor, asker.token, id, done); });
    };
    const auto ends = [&](const std::string& secret) {
        return !world.sessions.of_bearer(kTenant, secret).ok();
    };
    const auto [own, own_secret] = principal_of_new(anna.principal.actor);
    const auto [other, other_secret] = principal_of_new(anna.principal.actor);
    const auto [admins, admins_secret] = principal_of_new(admin.principal.actor);
    CHECK(kind_of(revoke(own, other.token)) == ErrorKind::denied);
    CHECK_FALSE(ends(other_secret));
    CHECK(revoke(own, own.token).ok());
    CHECK(ends(own_secret));
    CHECK(revoke(admins, other.token).ok());
    CHECK(ends(other_secret));
}

TEST_CASE("enrolment tokens are counted, scoped and revoked") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const auto make = [&](const access::Actor& actor, device::GroupId group, std::uint32_t uses) {
        return world.wait<NewToken>([&](auto done) {
            world.tokens.create_enrolment(
                actor, {.label = "plant 3", .group = group, .uses = uses, .lifetime = hours(1)}, done);
        });
    };
    const auto redeem = [&](const std::string& secret) {
        return world.wait<device::GroupId>([&](auto done) {
            world.writer.submit<device::GroupId>(
                shard::control_of(kTenant), shard::Priority::person,
                [secret](shard::Transaction& transaction) { return redeem_enrolment(transaction, secret); },
                done);
        });
    };
    const auto token = make(admin.principal.actor, {}, 2);
    REQUIRE(token.ok());
    CHECK(redeem(token->secret).ok());
    CHECK(redeem(token->secret).ok());
    CHECK(kind_of(redeem(token->secret)) == ErrorKind::unauthenticated);
    CHECK(kind_of(redeem("guess")) == ErrorKind::unauthenticated);
    CHECK(kind_of(redeem(admin.secret)) == ErrorKind::unauthenticated); // a session is no enrolment token
    const auto revoked = make(admin.principal.actor, {}, 2);
    CHECK(world
              .wait_status([&](auto done) {
                  world.tokens.revoke_enrolment(admin.principal.actor, revoked->row.id, done);
              })
              .ok());
    CHECK_FALSE(redeem(revoked->secret).ok());
    const auto late = make(admin.principal.actor, {}, 2);
    world.executor.advance(hours(1));
    CHECK_FALSE(redeem(late->secret).ok());

    const device::GroupId north(base::Id128{1, 1}), south(base::Id128{1, 2});
    world
        .wait_status([&](auto done) {
            world.writer.submit(
                shard::control_of(kTenant), shard::Priority::person,
                [&](shard::Transaction& transaction) -> base::Status {
                    for (const device::GroupId& id : {north, south}) {
                        ports::GroupRow group;
                        group.id = id;
                        group.name = id.text();
                        transaction.put(group);
                    }
                    return {};
                },
                done);
        })
        .value();
    REQUIRE(world.add_user(admin.principal.actor, "nora", access::Role::operator_, {north}).ok());
    const SignedIn nora = *world.sign_in("nora");
    CHECK(kind_of(make(nora.principal.actor, south, 1)) == ErrorKind::not_found);
    CHECK(kind_of(make(nora.principal.actor, {}, 1)) == ErrorKind::denied);
    CHECK(make(nora.principal.actor, north, 1).ok());
    CHECK(make(admin.principal.actor, south, 1).ok());
    CHECK(world.tokens.enrolments(nora.principal.actor)->size() == 1);
}

TEST_CASE("each change writes one audit record, and the log verifies") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const auto user = world.add_user(admin.principal.actor, "anna", access::Role::operator_);
    world.sign_in("anna").value();
    CHECK(world.audited("user.create") == 2);
    CHECK(world.audited("session.create") == 2);
    AuditLog log(world.history, world.control, world.executor);
    const auto verify = [&] {
        return *world.wait<AuditVerification>([&](auto done) { log.verify(admin.principal.actor, done); });
    };
    CHECK(verify().ok);
    CHECK(verify().records == world.records());

    SUBCASE("a changed record is found and named") {
        std::uint64_t number = 0;
        for (auto& [place, row] : world.journal.stored)
            if (auto* record = std::get_if<ports::AuditRow>(&row);
                record && record->action == "user.create" && number == 0) {
                record->after = R"({"name":"mallory"})";
                number = record->number;
            }
        CHECK_FALSE(verify().ok);
        CHECK(verify().first_bad == number);
    }
    SUBCASE("a cut end is found, since the server knows what it wrote") {
        const std::uint64_t before = world.records();
        for (auto at = world.journal.stored.rbegin(); at != world.journal.stored.rend(); ++at)
            if (std::holds_alternative<ports::AuditRow>(at->second)) {
                world.journal.stored.erase(std::next(at).base());
                break;
            }
        CHECK_FALSE(verify().ok);
        CHECK(verify().first_bad == before);
    }
    SUBCASE("somebody who sees only some groups does not read it") {
        access::Actor scoped = admin.principal.actor;
        scoped.scope = {base::Id128{1, 1}};
        const auto refused = world.wait<AuditVerification>([&](auto done) { log.verify(scoped, done); });
        CHECK(kind_of(refused) == ErrorKind::denied);
    }
}

TEST_CASE("the log is searched by words, newest first, and goes on where it stopped") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    for (const char* name : {"anna", "bert", "anna-maria"})
        REQUIRE(world.add_user(admin.principal.actor, name, access::Role::operator_).ok());
    AuditLog log(world.history, world.control, world.executor);
    const auto search = [&](std::string text, std::optional<std::uint64_t> before, std::size_t limit) {
        return *world.wait<AuditFound>(
            [&](auto done) { log.search(admin.principal.actor, {std::move(text), before, limit}, done); });
    };
    const AuditFound all = search("", {}, 1000);
    CHECK(all.rows.size() == world.records());
    CHECK(all.rows.front().number == world.records());
    CHECK(all.rows.back().number == 1);
    CHECK_FALSE(all.next);

    const AuditFound annas = search("ANNA user.create", {}, 1000);
    REQUIRE(annas.rows.size() == 2);
    CHECK(annas.rows[0].number > annas.rows[1].number);
    const AuditFound first = search("anna user.create", {}, 1);
    REQUIRE(first.rows.size() == 1);
    CHECK(first.rows[0].number == annas.rows[0].number);
    REQUIRE(first.next);
    const AuditFound second = search("anna user.create", first.next, 1);
    REQUIRE(second.rows.size() == 1);
    CHECK(second.rows[0].number == annas.rows[1].number);

    CHECK(search("nobody did this", {}, 10).rows.empty());
    CHECK(search("", 1, 10).rows.empty());
    access::Actor scoped = admin.principal.actor;
    scoped.scope = {base::Id128{1, 1}};
    const auto refused = world.wait<AuditFound>([&](auto done) { log.search(scoped, {}, done); });
    CHECK(kind_of(refused) == ErrorKind::denied);
}

TEST_CASE("a repeated key gets the first answer, and never another request's") {
    test::World world;
    const SignedIn admin = world.first_administrator();
    const access::Actor& actor = admin.principal.actor;
    Idempotency keys(world.writer, world.control, world.clock);
    const base::Digest256 request = base::sha256("a"), other = base::sha256("b");
    REQUIRE(keys.begin(actor, "k", request).ok());
    CHECK(kind_of(keys.begin(actor, "k", request)) == ErrorKind::conflict); // still under way
    keys.finish(actor, "k", request, {.status = 201, .body = "made"}, [] {});
    world.settle();
    const auto again = keys.begin(actor, "k", request);
    REQUIRE(again.ok());
    REQUIRE(again->has_value());
    CHECK((*again)->body == "made");
    CHECK(kind_of(keys.begin(actor, "k", other)) == ErrorKind::conflict);
    access::Actor somebody = actor;
    somebody.user = access::UserId(base::Id128{9, 9});
    CHECK_FALSE(keys.begin(somebody, "k", other)->has_value());
    for (const std::string& bad :
         {std::string(), std::string("a b"), std::string("a\n"), std::string(129, 'k')})
        CHECK(kind_of(keys.begin(actor, bad, request)) == ErrorKind::invalid);
    world.executor.advance(hours(25));
    CHECK_FALSE(keys.begin(actor, "k", other)->has_value());
}
