// SPDX-License-Identifier: Apache-2.0
#include <backup/record.hpp>
#include <doctest/doctest.h>

using namespace oakum;
using backup::Attempt;
using backup::Record;

namespace {

base::TimePoint at(int hours) {
    return base::from_unix_ms(1'760'000'000'000) + std::chrono::hours(hours);
}
Attempt& ended(Record& record, const std::string& file, int hour, const std::string& failure = "") {
    Attempt& attempt = record.at(file, at(hour));
    attempt.ended = at(hour);
    attempt.failure = failure;
    if (failure.empty()) attempt.verified = at(hour);
    return attempt;
}

} // namespace

TEST_CASE("a record is read as it was written") {
    Record record;
    ended(record, "mine.oakum", 1).remark = "1 artifact in it is damaged";
    ended(record, "auto-1.oakum", 3, "no room\n\"at all\"");
    record.at("auto-2.oakum", at(2)).with_files = false; // under way
    const auto read = Record::parse(record.text());
    REQUIRE(read.ok());
    CHECK(*read == record);
    CHECK(read->attempts().front().file == "auto-1.oakum");
}

TEST_CASE("what is no record is said to be none") {
    for (const char* text :
         {"", "{}", "[]", R"({"backups":[{}]})", R"({"backups":[{"file":1}]})", "\x00\xff"}) {
        CAPTURE(text);
        const auto read = Record::parse(text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == base::ErrorKind::corrupt);
    }
}

TEST_CASE(
    "at a start, what was under way has failed, what is gone is forgotten, what was brought is unverified") {
    Record record;
    ended(record, "gone.oakum", 1);
    ended(record, "kept.oakum", 2);
    ended(record, "failed.oakum", 3, "no room");
    record.at("auto-1.oakum", at(4));
    record.settle({{"kept.oakum", 70, at(2)}, {"brought.oakum", 50, at(0)}}, at(5));
    REQUIRE(record.attempts().size() == 4);
    CHECK(record.find("gone.oakum") == nullptr);
    CHECK(record.find("auto-1.oakum")->failure == "the server ended before this backup did");
    CHECK(record.find("auto-1.oakum")->ended == at(5));
    CHECK(record.find("failed.oakum")->failure == "no room");
    const Attempt* brought = record.find("brought.oakum");
    REQUIRE(brought != nullptr);
    CHECK(brought->bytes == 50);
    CHECK(brought->ended == at(0));
    CHECK_FALSE(brought->verified);
    CHECK(record.newest_verified()->file == "kept.oakum");
    CHECK(record.newest_failed()->file == "auto-1.oakum");
}

TEST_CASE("one that failed when it was read again is no longer a backup that was verified") {
    Record record;
    ended(record, "a.oakum", 1);
    ended(record, "b.oakum", 2);
    CHECK(record.newest_verified()->file == "b.oakum");
    CHECK(record.newest_failed() == nullptr);
    record.at("b.oakum", at(2)).failure = "damaged";
    CHECK(record.newest_verified()->file == "a.oakum");
    CHECK(record.newest_failed()->file == "b.oakum");
}

TEST_CASE("a record is bounded") {
    Record record;
    for (int i = 0; i < 600; ++i)
        ended(record, "f" + std::to_string(i), i);
    CHECK(record.attempts().size() == Record::kMost);
    CHECK(record.attempts().front().file == "f599");
    CHECK(record.find("f0") == nullptr);
}

TEST_CASE("weeks of failures do not push out what was verified before them") {
    Record record;
    ended(record, "good", 0);
    for (int i = 1; i < 600; ++i)
        ended(record, "auto-" + std::to_string(i), i, "no room");
    CHECK(record.attempts().size() == Record::kMost);
    CHECK(record.newest_verified()->file == "good");
    CHECK(record.newest_failed()->file == "auto-599");
}

TEST_CASE("the server's own backups are named after their time") {
    CHECK(backup::own_name(base::parse_time("2026-11-26T03:30:05Z").value()) ==
          "auto-20261126T033005Z.oakum");
}
