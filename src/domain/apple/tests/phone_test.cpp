// SPDX-License-Identifier: Apache-2.0
#include <apple/queue.hpp>
#include <apple/replay.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::apple;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-22T16:03:00Z").value();

struct Fleet {
    Phone phone;
    int made = 0;
    base::TimePoint now = kNow;
    FreshUuid uuid = [this] { return "u" + std::to_string(++made); };

    Fleet() {
        phone.state = State::enrolled;
        phone.asked = kNow;
    }
    bool add(Kind kind, std::uint32_t priority = 1) { return enqueue(phone, kind, priority, uuid, now); }
    std::string says(Word word, const std::string& about = {}, const std::string& error = {}) {
        const Turn turn = take_turn(phone, word, about, error, now);
        return turn.send ? turn.send->uuid : "";
    }
};

} // namespace

TEST_CASE("commands go out by priority, then by age, one after the other") {
    Fleet fleet;
    fleet.add(Kind::security_info, 1);
    fleet.now += minutes(1);
    fleet.add(Kind::installed_applications, 1);
    fleet.add(Kind::device_information, 5);
    CHECK(fleet.says(Word::idle) == "u3");
    CHECK(fleet.says(Word::acknowledged, "u3") == "u1");
    CHECK(fleet.says(Word::error, "u1", "12021 Unknown command") == "u2");
    CHECK(fleet.says(Word::acknowledged, "u2").empty());
    REQUIRE(fleet.phone.ended.size() == 3);
    CHECK(fleet.phone.ended[0].words.empty());
    CHECK(fleet.phone.ended[1].words == "12021 Unknown command");
    CHECK(fleet.phone.queue.empty());
}

TEST_CASE("what a phone puts off is not offered again in this session, and is in the next") {
    Fleet fleet;
    fleet.add(Kind::device_information, 5);
    fleet.add(Kind::security_info, 1);
    CHECK(fleet.says(Word::idle) == "u1");
    CHECK(fleet.says(Word::not_now, "u1") == "u2");
    CHECK(fleet.says(Word::acknowledged, "u2").empty());
    CHECK(fleet.phone.queue.front().put_offs == 1);
    CHECK(fleet.says(Word::idle) == "u1");
    CHECK(fleet.says(Word::acknowledged, "u1").empty());
}

TEST_CASE("a command whose answer was lost is sent again under its own name, and not for ever") {
    Fleet fleet;
    fleet.add(Kind::device_information);
    for (unsigned i = 0; i < kMostTries; ++i)
        CHECK(fleet.says(Word::idle) == "u1");
    CHECK(fleet.says(Word::idle).empty());
    CHECK(fleet.phone.ended.back().words == "it was sent 10 times and never answered");
    fleet.add(Kind::security_info);
    fleet.now += hours(24 * 7);
    CHECK(fleet.says(Word::idle).empty());
    CHECK(fleet.phone.ended.back().words == "it waited for a week");
}

TEST_CASE("an answer to what was never sent, or was answered already, is no answer") {
    Fleet fleet;
    fleet.add(Kind::device_information);
    const Turn made_up = take_turn(fleet.phone, Word::acknowledged, "u1", "", kNow);
    CHECK_FALSE(made_up.answered);
    REQUIRE(made_up.send);
    const Turn real = take_turn(fleet.phone, Word::acknowledged, "u1", "", kNow);
    CHECK(real.answered);
    CHECK_FALSE(take_turn(fleet.phone, Word::acknowledged, "u1", "", kNow).answered);
    CHECK_FALSE(take_turn(fleet.phone, Word::acknowledged, "", "", kNow).answered);
}

TEST_CASE("the same question does not wait twice, and a queue is bounded") {
    Fleet fleet;
    CHECK(fleet.add(Kind::device_information, 1));
    CHECK(fleet.add(Kind::device_information, 7));
    CHECK(fleet.phone.queue.size() == 1);
    CHECK(fleet.phone.queue.front().priority == 7);
    while (fleet.phone.queue.size() < kMostWaiting) {
        fleet.phone.queue.push_back(fleet.phone.queue.front());
        fleet.phone.queue.back().kind = Kind::security_info;
    }
    CHECK_FALSE(fleet.add(Kind::installed_applications));
}

TEST_CASE("nothing is sent to a phone that did not say how it is reached, or that left") {
    Fleet fleet;
    fleet.add(Kind::device_information);
    fleet.phone.state = State::begun;
    CHECK(fleet.says(Word::idle).empty());
    fleet.phone.state = State::left;
    CHECK(fleet.says(Word::idle).empty());
}

TEST_CASE("a phone is asked for everything twice a day; a person's own is not asked for its apps") {
    Fleet fleet;
    CHECK_FALSE(is_due(fleet.phone, kNow + hours(11)));
    CHECK(is_due(fleet.phone, kNow + hours(12)));
    CHECK_FALSE(would_change(fleet.phone, Word::idle, kNow));
    CHECK(would_change(fleet.phone, Word::idle, kNow + hours(12)));
    ask_everything(fleet.phone, Declares::no, fleet.uuid, kNow);
    CHECK(fleet.phone.queue.size() == 3);
    // One that takes declarations comes for them too.
    ask_everything(fleet.phone, Declares::yes, fleet.uuid, kNow);
    CHECK(fleet.phone.queue.size() == 4);
    Fleet own;
    own.phone.personal = true;
    ask_everything(own.phone, Declares::no, own.uuid, kNow);
    CHECK(own.phone.queue.size() == 2);
}

TEST_CASE("a check-in counts once: its copy is the lost answer's right after it, and a replay later") {
    Phone phone;
    const auto first = base::sha256("first"), second = base::sha256("second"), third = base::sha256("third");
    CHECK(freshness(phone, first, kNow) == Freshness::fresh);
    note_check_in(phone, first, kNow, kNow);
    CHECK(freshness(phone, first, kNow) == Freshness::repeated);
    note_check_in(phone, second, kNow + minutes(10), kNow + minutes(10));
    CHECK(freshness(phone, first, kNow) == Freshness::seen_before);
    // One that we never saw, signed before.
    CHECK(freshness(phone, third, kNow + minutes(4)) == Freshness::older);
    CHECK(freshness(phone, third, kNow + minutes(6)) == Freshness::fresh);
    CHECK(freshness(phone, third, std::nullopt) == Freshness::fresh);
    for (int i = 0; i < 40; ++i)
        note_check_in(phone, base::sha256(std::to_string(i)), std::nullopt, kNow);
    CHECK(phone.signatures.size() == kRemembered);
}

TEST_CASE("a phone whose clock was ahead is not shut out when it is set right") {
    Phone phone;
    note_check_in(phone, base::sha256("a"), kNow + hours(48), kNow);
    CHECK(freshness(phone, base::sha256("b"), kNow + minutes(1)) == Freshness::fresh);
}

TEST_CASE("the forms of a UDID") {
    CHECK(is_udid("00008101-000A1B2C3D4E5F60"));
    CHECK(is_udid(std::string(40, 'a')));
    CHECK(is_udid("2F6E1B1C-8E6D-4D0B-9C3A-3F6A3D4E5F60"));
    CHECK_FALSE(is_udid("phone"));
    CHECK_FALSE(is_udid("%HardwareUUID%"));
    CHECK_FALSE(is_udid(std::string(40, 'x')));
}
