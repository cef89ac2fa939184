// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <access/break_glass.hpp>
#include <access/totp.hpp>
#include <doctest/doctest.h>
#include <governance/rules.hpp>

#include <set>

using namespace oakum;
using namespace oakum::governance;
using base::ErrorKind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const device::TenantId kTenant = device::kDefaultTenant;
constexpr const char* kPassword = "a good long password";
constexpr const char* kPlace = "192.0.2.7";

template <class T> ErrorKind kind_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

base::Bytes unbase32(std::string_view text) {
    base::Bytes bytes;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        held = (held << 5 | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26)) & 0xFFFFFU;
        bits += 5;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    }
    return bytes;
}

struct House : test::World {
    SignedIn admin{first_administrator()};
    ports::UserRow anna{*add_user(admin.principal.actor, "anna", access::Role::viewer)};
    base::Bytes secret;

    std::string code(int steps = 0) {
        return access::totp_code(secret, access::totp_step(clock.now()) + static_cast<std::uint64_t>(steps));
    }
    void next_step() { executor.advance(seconds(30)); }
    base::Result<SignedIn> enter(std::string code = {}) { return sign_in("anna", kPassword, kPlace, code); }
    TotpOffer begin(const Principal& who) {
        const auto offer = wait<TotpOffer>([&](auto done) { second_factor.begin(who, "Oakum", done); });
        REQUIRE(offer.ok());
        secret = unbase32(offer->secret);
        return *offer;
    }
    base::Result<std::vector<std::string>> confirm(const Principal& who, const std::string& typed) {
        return wait<std::vector<std::string>>([&](auto done) { second_factor.confirm(who, typed, done); });
    }
    // Anna with an authenticator, and her codes on paper.
    std::vector<std::string> enrol() {
        const SignedIn in = *enter();
        begin(in.principal);
        const auto codes = confirm(in.principal, code());
        REQUIRE(codes.ok());
        next_step();
        return *codes;
    }
    ports::UserRow row() { return *control.find<ports::UserRow>(kTenant, anna.id); }
    base::Status off(const Principal& who, const std::string& typed) {
        return wait_status([&](auto done) { second_factor.switch_off(who, typed, done); });
    }
    void require(bool all) {
        REQUIRE(wait<SignInRules>([&](auto done) {
                    set_sign_in_rules(writer, admin.principal.actor, {.second_factor = all}, done);
                }).ok());
    }
};

} // namespace

TEST_CASE("an authenticator counts only after one of its codes has proven it") {
    House house;
    const SignedIn here = *house.enter(), elsewhere = *house.enter();
    CHECK(kind_of(house.confirm(here.principal, "000000")) == ErrorKind::conflict); // nothing was begun
    const TotpOffer first = house.begin(here.principal);
    const std::string of_the_first = house.code();
    CHECK(first.uri.find("secret=" + first.secret) != std::string::npos);
    const TotpOffer offer = house.begin(here.principal);
    CHECK(offer.secret != first.secret);
    CHECK(house.enter().ok()); // not asked for yet
    const auto wrong = house.confirm(here.principal, of_the_first);
    CHECK(kind_of(wrong) == ErrorKind::unauthenticated);
    CHECK(wrong.error().where == "/code");
    CHECK_FALSE(house.row().totp_on);
    const std::string used = house.code();
    const auto codes = house.confirm(here.principal, used);
    REQUIRE(codes.ok());
    CHECK(std::set<std::string>(codes->begin(), codes->end()).size() == SecondFactor::kRecoveryCodes);
    CHECK(house.audited("user.second-factor.on") == 1);
    // What began without it ends, but for the session that set it up.
    CHECK(house.sessions.of_cookie(kTenant, here.secret).ok());
    CHECK_FALSE(house.sessions.of_cookie(kTenant, elsewhere.secret).ok());
    CHECK(kind_of(house.confirm(here.principal, house.code(1))) == ErrorKind::conflict);
    // The code that proved it does not sign in as well.
    CHECK(kind_of(house.enter(used)) == ErrorKind::unauthenticated);
}

TEST_CASE("signing in asks for a code once the password was right, and takes each code once") {
    House house;
    house.enrol();
    const auto asked = house.enter();
    CHECK(kind_of(asked) == ErrorKind::unauthenticated);
    CHECK(asked.error().where == "/code");
    // Without the right password nobody learns that there is one.
    const auto wrong = house.sign_in("anna", "a wrong long password", kPlace, house.code());
    CHECK(kind_of(wrong) == ErrorKind::unauthenticated);
    CHECK(wrong.error().where.empty());
    const std::string code = house.code();
    CHECK(house.enter(code)->principal.second_factor);
    CHECK(kind_of(house.enter(code)) == ErrorKind::unauthenticated);
    house.next_step();
    CHECK(house.enter(house.code()).ok());
    // One step of drift to either side; a clock further off is refused.
    house.executor.advance(minutes(2));
    CHECK(house.enter(house.code(-1)).ok());
    CHECK(house.enter(house.code(1)).ok());
    house.executor.advance(minutes(5));
    CHECK(kind_of(house.enter(house.code(-2))) == ErrorKind::unauthenticated);
    CHECK(kind_of(house.enter(house.code(2))) == ErrorKind::unauthenticated);
}

TEST_CASE("each code on paper lets in once, however it is typed") {
    House house;
    const std::vector<std::string> codes = house.enrol();
    CHECK(house.enter(codes[0])->principal.recovery_left == SecondFactor::kRecoveryCodes - 1);
    CHECK(kind_of(house.enter(codes[0])) == ErrorKind::unauthenticated);
    std::string shouted = codes[1];
    for (char& c : shouted)
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c == '-' ? ' ' : c);
    const SignedIn in = *house.enter(shouted);
    CHECK(kind_of(house.enter("abcd-efgh-ijkl-mnop")) == ErrorKind::unauthenticated);

    const auto fresh = house.wait<std::vector<std::string>>(
        [&](auto done) { house.second_factor.renew_recovery(in.principal, house.code(), done); });
    REQUIRE(fresh.ok());
    CHECK(kind_of(house.enter(codes[2])) == ErrorKind::unauthenticated);
    CHECK(house.enter((*fresh)[0]).ok());
    // Neither the secret nor a code stands anywhere in the clear, but for what is sealed.
    for (const auto& [place, row] : house.journal.stored) {
        const auto* record = std::get_if<ports::AuditRow>(&row);
        for (const std::string& code : codes)
            if (record) CHECK((record->before + record->after + record->why).find(code) == std::string::npos);
        if (const auto* user = std::get_if<ports::UserRow>(&row))
            for (const std::string& kept : user->recovery)
                CHECK(kept.size() == 64);
    }
}

TEST_CASE("guesses at a code are bounded, from wherever they come, and the person gets in again") {
    House house;
    house.enrol();
    const auto guess = [&](int i) {
        return house.sign_in("anna", kPassword, "198.51.100." + std::to_string(i), "000000");
    };
    for (int i = 0; i < 10; ++i)
        CHECK(kind_of(guess(i)) == ErrorKind::unauthenticated);
    std::size_t tried = 0;
    for (int minute = 0; minute < 24 * 60; ++minute) {
        house.executor.advance(minutes(1));
        const auto result = guess(10 + minute % 200);
        tried += result.error().kind == ErrorKind::unauthenticated ? 1 : 0;
    }
    CHECK(tried <= 300);
    CHECK(tried > 0);
    house.executor.advance(minutes(5));
    CHECK(house.enter(house.code()).ok());
}

TEST_CASE("switching it off needs a code, and a session") {
    House house;
    const auto codes = house.enrol();
    const SignedIn in = *house.enter(house.code());
    CHECK_FALSE(house.off(in.principal, "000000").ok());
    CHECK(house.row().totp_on);
    Principal token = in.principal;
    token.session = false;
    CHECK(house.off(token, codes[0]).error().kind == ErrorKind::denied);
    CHECK(house.off(in.principal, codes[0]).ok());
    CHECK(house.row().totp.empty());
    CHECK(house.row().recovery.empty());
    CHECK(house.enter().ok());
    CHECK(house.audited("user.second-factor.off") == 1);
}

TEST_CASE("when it is required, whoever has none sets one up before anything else") {
    House house;
    const SignedIn before = *house.enter();
    CHECK_FALSE(house.sessions.of_cookie(kTenant, before.secret)->second_factor_due);
    CHECK(house.sessions.alive(before.principal));
    house.require(true);
    CHECK_FALSE(house.sessions.alive(before.principal)); // an event stream that it opened ends
    CHECK(house.sessions.of_cookie(kTenant, before.secret)->second_factor_due);
    const SignedIn in = *house.enter();
    CHECK(in.principal.second_factor_due);
    house.begin(in.principal);
    const auto codes = house.confirm(in.principal, house.code());
    REQUIRE(codes.ok());
    CHECK_FALSE(house.sessions.of_cookie(kTenant, in.secret)->second_factor_due);
    CHECK(house.off(in.principal, (*codes)[0]).error().kind == ErrorKind::denied);
    CHECK(house.row().totp_on);
    house.require(false);
    CHECK(house.off(in.principal, (*codes)[0]).ok()); // the refusal took no code
    CHECK(house.audited("setting.sign-in-rules") == 2);
    CHECK(kind_of(sign_in_rules(in.principal.actor, house.control)) == ErrorKind::denied);
    CHECK_FALSE(sign_in_rules(house.admin.principal.actor, house.control)->second_factor);
}

TEST_CASE("an administrator resets it for who lost it, with a reason in the log") {
    House house;
    house.enrol();
    const SignedIn in = *house.enter(house.code());
    const auto reset = [&](const access::Actor& actor) {
        return house.wait<ports::UserRow>(
            [&](auto done) { house.second_factor.reset(actor, house.anna.id, "lost the phone", done); });
    };
    CHECK(kind_of(reset(in.principal.actor)) == ErrorKind::denied);
    REQUIRE(reset(house.admin.principal.actor).ok());
    CHECK_FALSE(house.sessions.of_cookie(kTenant, in.secret).ok());
    CHECK(house.enter().ok());
    CHECK(house.audited("user.second-factor.reset") == 1);
}

TEST_CASE("a secret that no longer opens lets nobody in by it, and the codes on paper still do") {
    House house;
    const auto codes = house.enrol();
    house
        .wait_status([&](auto done) {
            house.writer.submit(
                shard::control_of(kTenant), shard::Priority::person,
                [&](shard::Transaction& transaction) -> base::Status {
                    ports::UserRow row = *transaction.find<ports::UserRow>(house.anna.id);
                    row.totp = "totp of somebody else:00";
                    transaction.put(row);
                    return {};
                },
                done);
        })
        .value();
    CHECK(kind_of(house.enter(house.code())) == ErrorKind::corrupt);
    CHECK(house.enter(codes[0]).ok());
}

TEST_CASE("the break-glass account is one, held to no rule of sign-in, and its use is loud") {
    House house;
    house.require(true);
    const auto make = [&](const access::Actor& actor, bool renew) {
        return house.wait<BreakGlass>(
            [&](auto done) { house.users.make_break_glass(actor, "break-glass", renew, done); });
    };
    CHECK(kind_of(make(house.enter()->principal.actor, false)) == ErrorKind::denied);
    const auto made = make(house.admin.principal.actor, false);
    REQUIRE(made.ok());
    CHECK(made->password.size() == 43);
    CHECK(kind_of(make(house.admin.principal.actor, false)) == ErrorKind::conflict);
    auto in = house.sign_in("break-glass", made->password);
    REQUIRE(in.ok());
    CHECK_FALSE(in->principal.second_factor_due);
    CHECK(in->principal.actor.role == access::Role::administrator);
    CHECK(house.audited("break-glass.use") == 1);
    const auto changes = house.writer.feed().read(kTenant, 0, 1000);
    REQUIRE(changes);
    CHECK(std::ranges::count_if(*changes, [](const auto& change) { return change.kind == "break-glass"; }) ==
          1);
    // That the envelope is open is known until there is another, whoever signs out.
    const auto use = [&] {
        return access::break_glass_use(house.control.document(kTenant, access::kBreakGlassUse));
    };
    REQUIRE(use());
    CHECK(use()->times == 1);
    CHECK(use()->last == house.clock.now());
    house.wait_status([&](auto done) { house.sessions.sign_out(in->principal, done); }).value();
    CHECK(use()->times == 1);
    in = house.sign_in("break-glass", made->password);
    REQUIRE(in.ok());
    CHECK(use()->times == 2);
    // Nobody puts an authenticator before what lies in the envelope.
    CHECK(kind_of(house.wait<TotpOffer>([&](auto done) {
              house.second_factor.begin(in->principal, "Oakum", done);
          })) == ErrorKind::denied);
    // Nobody chooses its password, and it leaves no token behind for longer than a day.
    UserPatch chosen;
    chosen.password = "a password somebody chose";
    CHECK(kind_of(house.wait<ports::UserRow>([&](auto done) {
              house.users.patch(house.admin.principal.actor, made->row.id, chosen, done);
          })) == ErrorKind::conflict);
    CHECK(house
              .wait_status([&](auto done) {
                  house.sessions.change_password(in->principal, made->password, "another good password",
                                                 {.address = kPlace}, done);
              })
              .error()
              .kind == ErrorKind::denied);
    const auto token = house.wait<NewToken>([&](auto done) {
        house.tokens.create(in->principal.actor,
                            {.label = "x",
                             .scopes = access::TokenScopes::of(access::TokenScope::read),
                             .lifetime = hours(24 * 30)},
                            done);
    });
    CHECK(token->row.expires == house.clock.now() + hours(24));
    // A new password ends everything that the old one began.
    const auto renewed = make(house.admin.principal.actor, true);
    REQUIRE(renewed.ok());
    CHECK_FALSE(use());
    CHECK(renewed->row.id == made->row.id);
    CHECK_FALSE(house.sign_in("break-glass", made->password).ok());
    CHECK_FALSE(house.sessions.of_cookie(kTenant, in->secret).ok());
    CHECK_FALSE(house.sessions.of_bearer(kTenant, token->secret).ok());
    CHECK(house.sign_in("break-glass", renewed->password).ok());
}
