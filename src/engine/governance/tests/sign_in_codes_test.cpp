// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/sign_in_codes.hpp>

using namespace oakum;
using namespace oakum::governance;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct House : test::World {
    SignInCodes codes{writer, control, tokens, clock, random};
    Principal admin = first_administrator().principal;

    CodeBegun begin(std::string address = "192.0.2.9") {
        auto begun = codes.begin(device::kDefaultTenant, {.address = std::move(address)}, "oakum on build-7");
        REQUIRE_MESSAGE(begun.ok(), begun.error().text());
        return *begun;
    }
    CodePolled poll(const CodeBegun& begun) {
        return *wait<CodePolled>([&](auto done) { codes.poll(begun.secret, done); });
    }
    base::Status decide(const Principal& who, const std::string& code, SignInCodes::Answer answer) {
        return wait_status([&](auto done) { codes.decide(who, code, answer, done); });
    }
};

} // namespace

TEST_CASE("a person who is signed in lets a program in, which gets a token of theirs once") {
    House house;
    const CodeBegun begun = house.begin();
    CHECK(begun.code.size() == 9);
    CHECK(house.poll(begun).state == CodeState::waiting);
    const auto asked = house.codes.look(house.admin, begun.code);
    REQUIRE(asked.ok());
    CHECK(asked->client == "oakum on build-7");
    CHECK(asked->address == "192.0.2.9");
    CHECK(asked->until - asked->at == SignInCodes::kLives);
    CHECK(house.audited("token.create") == 0);
    std::string typed = begun.code; // as somebody types it
    typed.erase(4, 1);
    for (char& c : typed)
        c = static_cast<char>(c - 'A' + 'a');
    REQUIRE(house.decide(house.admin, " " + typed, SignInCodes::Answer::grant).ok());
    CHECK(house.audited("sign-in-code.grant") == 1);
    house.clock.steady_ += seconds(6);
    const CodePolled polled = house.poll(begun);
    CHECK(polled.state == CodeState::granted);
    CHECK(polled.name == "admin");
    REQUIRE(polled.token);
    CHECK(polled.token->row.user == house.admin.actor.user);
    CHECK(polled.token->row.label == "oakum on build-7");
    CHECK(polled.token->row.scopes.size() == 4);
    CHECK(house.poll(begun).state == CodeState::over); // it was told once
    CHECK_FALSE(house.codes.look(house.admin, begun.code).ok());
}

TEST_CASE("what is refused, not known, or older than ten minutes gets nothing") {
    House house;
    const CodeBegun refused = house.begin();
    REQUIRE(house.decide(house.admin, refused.code, SignInCodes::Answer::refuse).ok());
    CHECK(house.poll(refused).state == CodeState::refused);
    CHECK(house.poll(refused).state == CodeState::over);
    const CodeBegun late = house.begin();
    house.clock.steady_ += SignInCodes::kLives;
    CHECK(house.poll(late).state == CodeState::over);
    CHECK(house.decide(house.admin, late.code, SignInCodes::Answer::grant).error().kind ==
          base::ErrorKind::not_found);
    CHECK(house.poll({"guessed", "", {}, {}}).state == CodeState::over);
    CHECK(house.audited("token.create") == 0);
}

TEST_CASE("who asks too often is told to slow down, and waits longer each time") {
    House house;
    const CodeBegun begun = house.begin();
    CHECK(house.poll(begun).interval == seconds(5));
    const CodePolled soon = house.poll(begun);
    CHECK(soon.state == CodeState::slow_down);
    CHECK(soon.interval == seconds(10));
    house.clock.steady_ += seconds(7);
    CHECK(house.poll(begun).state == CodeState::slow_down);
    house.clock.steady_ += seconds(16);
    CHECK(house.poll(begun).state == CodeState::waiting);
}

TEST_CASE("codes are not guessed: five wrong ones, then one waits; and no more wait than there is room for") {
    House house;
    const CodeBegun begun = house.begin();
    for (int i = 0; i < 5; ++i)
        CHECK(house.codes.look(house.admin, "BBBB-BBBB").error().kind == base::ErrorKind::not_found);
    CHECK(house.codes.look(house.admin, begun.code).error().kind == base::ErrorKind::unavailable);
    house.clock.steady_ += minutes(1);
    CHECK(house.codes.look(house.admin, begun.code).ok());
    for (std::size_t i = 1; i < SignInCodes::kMostOfPlace; ++i)
        house.begin();
    CHECK(house.codes.begin(device::kDefaultTenant, {.address = "192.0.2.9"}, "x").error().kind ==
          base::ErrorKind::unavailable);
    house.begin("198.51.100.1"); // somebody else's place
}

TEST_CASE("a token lets nobody in, and neither does somebody who was disabled meanwhile") {
    House house;
    const CodeBegun begun = house.begin();
    Principal token = house.admin;
    token.session = false;
    CHECK(house.decide(token, begun.code, SignInCodes::Answer::grant).error().kind ==
          base::ErrorKind::denied);
    REQUIRE(house.add_user(house.admin.actor, "otto", access::Role::operator_).ok());
    const Principal otto = house.sign_in("otto")->principal;
    REQUIRE(house.decide(otto, begun.code, SignInCodes::Answer::grant).ok());
    UserPatch patch;
    patch.disabled = true;
    REQUIRE(house
                .wait<ports::UserRow>(
                    [&](auto done) { house.users.patch(house.admin.actor, otto.actor.user, patch, done); })
                .ok());
    CHECK(house.poll(begun).state == CodeState::refused);
    CHECK(house.audited("token.create") == 0);
}

TEST_CASE("a code is eight letters, however it is typed") {
    CHECK(code_core("bcdf ghjk") == "BCDFGHJK");
    CHECK(code_core("BCDF-GHJK") == "BCDFGHJK");
    for (const char* odd : {"", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-EFGH", "BCDF-GHJ1"})
        CHECK_FALSE(code_core(odd));
}
